"""The two ways in which a coroutine hands the thread back to the scheduler.

`yield WAIT` says: pending, somebody holds my waker. `yield AGAIN` says: I woke myself, put me at
the end of the queue. Nothing else may be yielded to zokio: what other runtimes yield (asyncio's
`sleep(0)` a plain None) is answered with an error inside the coroutine, and not with silence.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from enum import Enum
from types import coroutine
from typing import Final, Literal, cast


class Signal(Enum):
    """What a coroutine tells the scheduler by yielding it."""

    WAIT = "wait"
    AGAIN = "again"


WAIT: Final[Literal[Signal.WAIT]] = Signal.WAIT
AGAIN: Final[Literal[Signal.AGAIN]] = Signal.AGAIN


@coroutine
def yield_now() -> Generator[Signal, None, None]:
    """Let every other ready task run once, then go on.

    It is a suspension point: in a cancelled scope it raises `Cancelled`.
    """
    yield AGAIN


class _Suspension:
    """Awaiting it yields once. An iterator over a tuple is a sixth of a suspended generator."""

    __slots__ = ()

    def __await__(self) -> Generator[Signal, None, None]:
        # An iterator is all that `await` needs; typing asks for a generator.
        return cast("Generator[Signal, None, None]", iter(_ONE_WAIT))


_ONE_WAIT = (WAIT,)
_SUSPENSION = _Suspension()


def suspend() -> Awaitable[None]:
    """Wait until the task is woken. It may be woken for no reason: check and suspend again."""
    return _SUSPENSION


@coroutine
def _at_once() -> Generator[Signal, None, None]:
    yield from ()


AT_ONCE: Final[Awaitable[None]] = _at_once()
"""Awaiting it does not suspend: a generator that has ended, which answers for ever that it has.

For a method that had nothing to wait for: a plain function that returns this saves the coroutine,
and Python calls nothing in order to await it.
"""
next(cast("Generator[Signal, None, None]", AT_ONCE), None)
