"""Waker and Context: how a future asks to be polled again.

A waker is idempotent, thread-safe and never blocks. Waking twice polls once; waking during a poll
polls once more; waking after completion does nothing; a waker outlives its task harmlessly.
Tasks are wakers; whoever polls futures by hand writes a waker of its own.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable


@runtime_checkable
class Waker(Protocol):
    """Something that can be told to poll its future again."""

    def wake(self) -> None:
        """Have the future polled again, soon. Callable from any thread, any number of times."""
        ...

    def will_wake(self, other: Waker, /) -> bool:
        """Whether waking `other` would do the same as waking this one."""
        ...


class Context:
    """What a future is polled with: the waker of whoever polls it."""

    __slots__ = ("waker",)

    def __init__(self, waker: Waker) -> None:
        self.waker = waker
