"""Condition: a mutex, and tasks that wait under it for something to become true.

Fairness: `notify` wakes who came first; they take the mutex again in that order.
Cancel safety: `wait` holds the mutex again whenever it ends, also by a cancellation, for which it
waits behind a shield. What `notify` gave to a task that is then cancelled goes to the next who
waits. Nothing is lost; look at the condition again after `wait`, or use `wait_for`.
It cannot be closed. Its owner is the mutex's: see there.
Memory: one object for each task that waits. Tasks of several runtimes and threads may share it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from zokio.core.suspend import AT_ONCE
from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import UsageError
from zokio.runtime.scope import CancelScope
from zokio.sync.mutex import Mutex
from zokio.sync.owner import me, name_of

T = TypeVar("T")

ONE: Final = True
ALL: Final = False


class Condition:
    """`async with condition:`, and inside `await condition.wait()` or `condition.notify()`.

    Args:
        mutex: to share with others; None: one of its own.
    """

    __slots__ = ("__weakref__", "_queue", "mutex")

    def __init__(self, mutex: Mutex | None = None) -> None:
        self.mutex = Mutex() if mutex is None else mutex
        self._queue: WaitQueue[Waiter[bool]] = WaitQueue()

    def __aenter__(self) -> Awaitable[None]:
        return self.mutex.__aenter__()

    def __aexit__(self, kind: type[BaseException] | None, *_: object) -> Awaitable[None]:
        # Who is dropped while it waits cannot wait for the mutex, and does not hold it.
        if kind is not GeneratorExit or self.mutex.is_mine():
            self.mutex.unlock()
        return AT_ONCE

    async def wait(self) -> None:
        """Let go of the mutex, wait for a notification, and take the mutex again.

        Raises:
            UsageError: the calling task does not hold the mutex.
        """
        self._check("wait")
        waiter = Waiter[bool](self._queue, self._on_leave)
        with self._queue.lock:
            self._queue.append(waiter)
        self.mutex.unlock()
        how = ALL
        try:
            how = await waiter
            await self.mutex.lock()
        except GeneratorExit:
            self.mutex.try_lock()
            raise
        except BaseException:
            if how is ONE:  # it was notified, and will not look
                self._notify(1)
            with CancelScope(shield=True):
                await self.mutex.lock()
            raise

    async def wait_for(self, predicate: Callable[[], T]) -> T:
        """Wait until `predicate()` is true, which is asked at first and after each notification.

        Returns:
            What it returned.

        Raises:
            UsageError: the calling task does not hold the mutex.
        """
        self._check("wait")
        while not (result := predicate()):
            await self.wait()
        return result

    def notify(self, count: int = 1) -> None:
        """Wake the first `count` who wait, or fewer if there are fewer.

        Raises:
            UsageError: the calling task does not hold the mutex.
        """
        self._check("notify")
        self._notify(count)

    def notify_all(self) -> None:
        """Wake everybody who waits.

        Raises:
            UsageError: the calling task does not hold the mutex.
        """
        self._check("notify")
        with self._queue.lock:
            told = self._queue.grant_all(ALL)
        wake_all(told)

    @property
    def waiting(self) -> int:
        """How many wait for a notification."""
        return self._queue.length

    def _notify(self, count: int) -> None:
        with self._queue.lock:
            told = self._grant(count)
        wake_all(told)

    def _grant(self, count: int) -> list[Waiter[bool]]:
        """Notify the first who wait; whom to wake. Under the lock."""
        told: list[Waiter[bool]] = []
        while len(told) < count and (first := self._queue.first) is not None:
            if first.grant(ONE):
                told.append(first)
        return told

    def _on_leave(self, waiter: Waiter[bool], granted: bool) -> list[Waiter[bool]]:
        return self._grant(1) if granted and waiter.value is ONE else []

    def _check(self, what: str) -> None:
        if not self.mutex.is_mine():
            raise UsageError(
                f"{what} by {name_of(me())}, which does not hold the mutex: {self.mutex!r}; do it "
                "inside of `async with condition:`"
            )

    def __repr__(self) -> str:
        return f"<Condition, {self.waiting} waiting, {self.mutex!r}>"
