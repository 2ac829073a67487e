"""Mutex: a lock that one task holds at a time.

Fairness: first come, first served; a lock that is let go of belongs to the first who waits at once.
Cancel safety: a cancelled `lock` does not hold it: it leaves the queue, or hands the lock on.
It cannot be closed. A task that locks what it holds gets an error instead of a deadlock, and so
does who unlocks what it does not hold. An owner that dies in `async with` has unlocked it; one that
ends without `unlock` leaves it locked, and who asks for it afterwards gets an error.
Memory: one object for each task that waits. Tasks of several runtimes and threads may share it.
"""

from __future__ import annotations

from collections.abc import Awaitable

from zokio.core.current import CURRENT
from zokio.core.suspend import AT_ONCE
from zokio.core.task import Task
from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import UsageError
from zokio.sync.owner import NO_TASK, me, name_of


class _Turn(Waiter[None]):
    """Who waits, for this owner."""

    __slots__ = ("owner",)

    owner: object


class Mutex:
    """`async with mutex:`; or `await mutex.lock()` and `mutex.unlock()`, by the same task."""

    __slots__ = ("__weakref__", "_owner", "_queue")

    def __init__(self) -> None:
        self._owner: object = None
        self._queue: WaitQueue[_Turn] = WaitQueue()

    def __aenter__(self) -> Awaitable[None]:
        polling = CURRENT.queue  # as `me`, in line
        mine = NO_TASK if polling is None else polling.task or NO_TASK
        queue = self._queue
        with queue.lock:
            if self._owner is None and queue.first is None:
                self._owner = mine
                return AT_ONCE
        return self._stand(mine)

    def __aexit__(self, *_: object) -> Awaitable[None]:
        self.unlock()
        return AT_ONCE

    async def lock(self) -> None:
        """Take the lock; wait for one's turn. Does not suspend when it is free.

        Raises:
            UsageError: the task holds it already, or who held it has ended without unlocking.
        """
        await self.__aenter__()

    def try_lock(self) -> bool:
        """Take the lock if it is free and nobody waits; whether it did."""
        mine = me()
        queue = self._queue
        with queue.lock:
            if self._owner is None and queue.first is None:
                self._owner = mine
                return True
            return False

    def unlock(self) -> None:
        """Let go of it: the first who waits has it now.

        Raises:
            UsageError: the calling task does not hold it.
        """
        polling = CURRENT.queue  # as `me`, in line
        mine = NO_TASK if polling is None else polling.task or NO_TASK
        queue = self._queue
        with queue.lock:
            if self._owner is not mine:
                raise UsageError(
                    f"unlock by {name_of(mine)}, but {self!r}; only its owner unlocks it"
                )
            self._owner = None
            if queue.first is None:
                return
            granted = self._settle()
        wake_all(granted)

    def is_locked(self) -> bool:
        """Whether somebody holds it."""
        return self._owner is not None

    def is_mine(self) -> bool:
        """Whether the calling task holds it."""
        return self._owner is me()

    def _stand(self, mine: object) -> Waiter[None]:
        """Stand in the queue."""
        turn = _Turn(self._queue, self._on_leave)
        turn.owner = mine
        self._check(mine)
        with self._queue.lock:
            self._queue.append(turn)
            if self._owner is not None:  # as it was when this came here, nearly always
                return turn
            granted = self._settle()
        wake_all(granted)
        return turn

    def _settle(self) -> list[_Turn]:
        """Give the lock, if it is free, to the first who waits; whom to wake. Under the lock."""
        while self._owner is None and (first := self._queue.first) is not None:
            if first.grant(None):
                self._owner = first.owner
                return [first]
        return []

    def _on_leave(self, turn: _Turn, granted: bool) -> list[_Turn]:
        if granted:
            self._owner = None
        return self._settle()

    def _check(self, mine: object) -> None:
        """That waiting makes sense."""
        owner = self._owner
        if owner is mine and mine is not NO_TASK:
            raise UsageError(
                f"{name_of(mine)} locks a Mutex that it holds, and would wait for itself for ever; "
                "unlock it first, or pass on that it is locked"
            )
        if isinstance(owner, Task) and owner.outcome is not None:
            raise UsageError(
                f"{name_of(owner)} has ended and never unlocked this Mutex; use `async with mutex:`"
            )

    def __repr__(self) -> str:
        owner = self._owner
        state = "unlocked" if owner is None else f"locked by {name_of(owner)}"
        return f"<Mutex, {state}, {self._queue.length} waiting>"
