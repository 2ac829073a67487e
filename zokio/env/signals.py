"""Signals of the operating system, for as long as a block lasts.

Python calls a handler between two byte codes of the main thread: it may do what another thread may
do, such as to cancel a token or to send by a channel, and should print nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

Handler = Callable[[], object]


@contextmanager
def handled(handlers: Mapping[int, Handler | None]) -> Iterator[None]:
    """Call a function at each signal, or ignore it (None); afterwards all is as before.

    Raises:
        ValueError: this is not the main thread, or there is no such signal.
    """
    before = {}
    try:
        for number, handler in handlers.items():
            before[number] = signal.signal(number, _as_handler(handler))
        yield
    finally:
        for number, earlier in before.items():
            # None: it was none of Python's, and cannot be put back.
            signal.signal(number, signal.SIG_DFL if earlier is None else earlier)


def _as_handler(handler: Handler | None) -> Callable[[int, object], object] | signal.Handlers:
    return signal.SIG_IGN if handler is None else lambda number, frame: handler()
