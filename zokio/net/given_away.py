"""GivenAway: stands where a socket was that this stream, or this half of one, has no more.

Every call of it says that the descriptor is closed, so that streams need not ask before each
operation whether they still have their socket.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from typing import NoReturn


class GivenAway:
    """Keeps the contract of a socket that was closed. `close` is what its maker says."""

    def __init__(self, reason: str, close: Callable[[], None] = lambda: None) -> None:
        self.reason = reason
        self.close = close

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        return _refuse


def _refuse(*_: object) -> NoReturn:
    raise OSError(errno.EBADF, os.strerror(errno.EBADF))
