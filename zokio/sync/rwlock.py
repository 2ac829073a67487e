"""RwLock: many read at a time, or one writes.

It is a semaphore of `readers_max` permits, of which a reader takes one and a writer all.

Fairness: first come, first served, so a writer that waits holds back the readers that came after
it, and is overtaken by nobody; nor are readers by the writers behind them.
Cancel safety: a cancelled request holds nothing, and those behind it are let in as if it had never
come. It cannot be closed. A writer that asks for what it holds gets an error. A reader that asks
again is not told: while a writer waits between the two, that is a deadlock. A task that dies in
`async with` has given it back.
Memory: one object for each task that waits. Tasks of several runtimes and threads may share it.
"""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Final

from zokio.core.suspend import AT_ONCE
from zokio.errors import UsageError
from zokio.sync.owner import NO_TASK, me, name_of
from zokio.sync.semaphore import Semaphore

READERS_MAX: Final = 1 << 30


class RwLock:
    """`async with lock.read():` and `async with lock.write():`.

    Args:
        readers_max: how many may read at a time.

    Raises:
        UsageError: less than one reader.
    """

    __slots__ = ("__weakref__", "_readers_max", "_semaphore", "_writer")

    def __init__(self, *, readers_max: int = READERS_MAX) -> None:
        if readers_max < 1:
            raise UsageError(f"RwLock(readers_max={readers_max}): let one reader in at least")
        self._readers_max = readers_max
        self._semaphore = Semaphore(readers_max, permits_max=readers_max)
        self._writer: object = None

    def read(self) -> RwSide:
        """What to hold while one reads."""
        return RwSide(self, 1)

    def write(self) -> RwSide:
        """What to hold while one writes."""
        return RwSide(self, self._readers_max)

    def is_written(self) -> bool:
        """Whether somebody writes."""
        return self._writer is not None

    def __repr__(self) -> str:
        readers = self._readers_max - self._semaphore.available
        state = f"written by {name_of(self._writer)}" if self.is_written() else f"{readers} reading"
        return f"<RwLock, {state}, {self._semaphore.waiting} waiting>"


class RwSide:
    """One side of a lock, made by `read()` or `write()`; it is kept as often as one likes."""

    __slots__ = ("_lock", "_permits", "_writes")

    def __init__(self, lock: RwLock, permits: int) -> None:
        self._lock = lock
        self._permits = permits
        self._writes = permits == lock._readers_max

    async def acquire(self) -> None:
        """Take it; wait for one's turn. Does not suspend when it is free.

        Raises:
            UsageError: the task writes already.
        """
        self._check()
        await self._lock._semaphore.acquire(self._permits)
        self._taken()

    def try_acquire(self) -> bool:
        """Take it if it is free and nobody waits; whether it did."""
        taken = self._lock._semaphore.try_acquire(self._permits)
        if taken:
            self._taken()
        return taken

    def release(self) -> None:
        """Give it back.

        Raises:
            UsageError: nobody reads, or the calling task is not the one that writes.
        """
        lock = self._lock
        if lock._writer is not (me() if self._writes else None):
            raise UsageError(f"release by {name_of(me())} of {lock!r}; release what you hold")
        lock._writer = None
        lock._semaphore.release(self._permits)

    async def __aenter__(self) -> None:
        await self.acquire()

    def __aexit__(self, *_: object) -> Awaitable[None]:
        self.release()
        return AT_ONCE

    def _taken(self) -> None:
        if self._writes:
            self._lock._writer = me()

    def _check(self) -> None:
        writer = self._lock._writer
        if writer is not None and writer is me() and writer is not NO_TASK:
            raise UsageError(
                f"{name_of(writer)} asks for a RwLock that it writes, and would wait for itself "
                "for ever; release it first"
            )
