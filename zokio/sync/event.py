"""Event: a flag that tasks wait for.

Whoever waits when it is set goes on, also if it is cleared before that task is polled.
Fairness: all are woken, in the order of coming. Cancel safety: nothing is lost. It cannot be closed
and has no owner. Memory: one object for each task that waits. Any thread may set and clear it.
"""

from __future__ import annotations

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all


class Event:
    """`await event.wait()`, and somewhere else `event.set()`."""

    __slots__ = ("__weakref__", "_flag", "_queue")

    def __init__(self) -> None:
        self._flag = False
        self._queue: WaitQueue[Waiter[None]] = WaitQueue()

    def is_set(self) -> bool:
        """Whether the flag is up."""
        return self._flag

    def set(self) -> None:
        """Raise the flag: everybody who waits goes on, and who comes does not wait."""
        with self._queue.lock:
            self._flag = True
            told = self._queue.grant_all(None)
        wake_all(told)

    def clear(self) -> None:
        """Lower the flag: who comes from now on waits."""
        with self._queue.lock:
            self._flag = False

    async def wait(self) -> None:
        """Wait until the flag is up; does not suspend if it is."""
        if self._flag:
            return
        queue = self._queue
        waiter: Waiter[None] = Waiter(queue)
        with queue.lock:
            queue.append(waiter)
            if self.is_set():  # between the look and the queue
                waiter.grant(None)
        await waiter

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return self._queue.length

    def __repr__(self) -> str:
        return f"<Event, {'set' if self._flag else 'not set'}, {self.waiting} waiting>"
