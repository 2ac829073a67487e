"""The reactors by name: those that this platform has, and one that it has not."""

from __future__ import annotations

import selectors

SELECTORS = {
    "epoll": "EpollSelector",
    "kqueue": "KqueueSelector",
    "poll": "PollSelector",
    "select": "SelectSelector",
}

REAL = [
    "auto",
    "portable",
    *(name for name, selector in SELECTORS.items() if hasattr(selectors, selector)),
]
"""They wait for descriptors and for the machine's clock."""

ABSENT = next(name for name in SELECTORS if name not in REAL)
"""No platform has both epoll and kqueue."""
