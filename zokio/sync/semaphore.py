"""Semaphore: a number of permits, and tasks that wait for some of them.

Fairness: first come, first served. Who asks for many holds back those behind it that ask for few,
and nobody takes a permit past somebody who waits, `try_acquire` included.
Cancel safety: a cancelled `acquire` has no permits: it leaves the queue, or what it had been
granted goes on to the next. Nothing is lost.
Closed: who waits and who asks afterwards gets ClosedError; permits that are out stay valid.
An owner that dies without releasing has taken its permits along: prefer `async with`.
Memory: one object for each task that waits. Tasks of several runtimes and threads may share it.
"""

from __future__ import annotations

from collections.abc import Awaitable

from zokio.core.suspend import AT_ONCE
from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import ClosedError, UsageError

CLOSED_TEXT = "the semaphore was closed; nobody gets permits of it any more"


class _Acquisition(Waiter[None]):
    """Who waits for `permits`."""

    __slots__ = ("permits",)

    permits: int


class Semaphore:
    """`async with semaphore:` holds one permit; `acquire` and `release` take any number.

    Args:
        permits: how many there are at first, 0 or more.
        permits_max: how many there may ever be; a release beyond it is an error. None: any number.

    Raises:
        UsageError: the numbers are negative, or more than `permits_max`.
    """

    __slots__ = ("__weakref__", "_closed", "_free", "_permits_max", "_queue")

    def __init__(self, permits: int, *, permits_max: int | None = None) -> None:
        if permits < 0 or (permits_max is not None and permits > permits_max):
            raise UsageError(
                f"Semaphore({permits}, permits_max={permits_max}): give a number of permits which "
                "is 0 or more, and not more than permits_max"
            )
        self._free = permits
        self._permits_max = permits_max
        self._closed = False
        self._queue: WaitQueue[_Acquisition] = WaitQueue()

    async def acquire(self, permits: int = 1) -> None:
        """Take permits, all of them at once; wait until it is one's turn and there are enough.

        Does not suspend when they are free and nobody waits.

        Raises:
            ClosedError: the semaphore is closed, or was while this waited.
            UsageError: less than 1, or more than there may ever be.
        """
        queue = self._queue
        with queue.lock:
            if 0 < permits <= self._free and queue.first is None and not self._closed:
                self._free -= permits
                return
        await self._stand(permits)

    def try_acquire(self, permits: int = 1) -> bool:
        """Take permits if they are free and nobody waits; whether it did.

        Raises:
            ClosedError: the semaphore is closed.
            UsageError: as `acquire`.
        """
        self._check(permits)
        queue = self._queue
        with queue.lock:
            if self._closed:
                raise ClosedError(CLOSED_TEXT)
            if permits <= self._free and queue.first is None:
                self._free -= permits
                return True
            return False

    def release(self, permits: int = 1) -> None:
        """Give permits back, or make new ones. Also when it is closed.

        Raises:
            UsageError: less than 1, or there would be more than `permits_max`.
        """
        self._check(permits)
        queue = self._queue
        with queue.lock:
            if self._permits_max is not None and self._free + permits > self._permits_max:
                raise UsageError(
                    f"release({permits}): {self._free} of {self._permits_max} permits are free; "
                    "release what was acquired, and once"
                )
            self._free += permits
            if queue.first is None:
                return
            granted = self._settle()
        wake_all(granted)

    def close(self) -> None:
        """Give no more permits: whoever waits, and whoever asks from now on, gets ClosedError."""
        with self._queue.lock:
            self._closed = True
            refused = self._settle()
        wake_all(refused)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def available(self) -> int:
        """How many permits are free."""
        return self._free

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return self._queue.length

    def __aenter__(self) -> Awaitable[None]:
        queue = self._queue
        with queue.lock:
            if self._free > 0 and queue.first is None and not self._closed:
                self._free -= 1
                return AT_ONCE
        return self._stand(1)

    def __aexit__(self, *_: object) -> Awaitable[None]:
        self.release()
        return AT_ONCE

    def _stand(self, permits: int) -> Waiter[None]:
        """Stand in the queue."""
        self._check(permits)
        acquisition = _Acquisition(self._queue, self._on_leave)
        acquisition.permits = permits
        with self._queue.lock:
            if self._closed:
                raise ClosedError(CLOSED_TEXT)
            self._queue.append(acquisition)
            granted = self._settle()
        wake_all(granted)
        return acquisition

    def _settle(self) -> list[_Acquisition]:
        """Give what is free to the first who wait; whom to wake. Under the lock."""
        queue = self._queue
        if self._closed:
            return queue.refuse_all(CLOSED_TEXT)
        granted: list[_Acquisition] = []
        while (first := queue.first) is not None and first.permits <= self._free:
            if first.grant(None):
                self._free -= first.permits
                granted.append(first)
        return granted

    def _on_leave(self, acquisition: _Acquisition, granted: bool) -> list[_Acquisition]:
        if granted:
            self._free += acquisition.permits
        return self._settle()

    def _check(self, permits: int) -> None:
        if permits < 1 or (self._permits_max is not None and permits > self._permits_max):
            at_most = "" if self._permits_max is None else f" and {self._permits_max} at the most"
            raise UsageError(f"{permits} permits: ask for 1 or more{at_most}")

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{self._free} free, {self.waiting} waiting"
        return f"<Semaphore, {state}>"
