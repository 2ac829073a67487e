"""Notify: wakes one task, or all, and remembers one notification if nobody waits.

Fairness: `notify_one` wakes who came first.
Cancel safety: what `notify_one` gave to a task that is then cancelled goes to the next who waits,
or is kept. Nothing is lost. What `notify_all` gave concerns that task alone.
Any number of `notify_one` while nobody waits are one notification. It cannot be closed and has no
owner. Memory: one object for each task that waits. Any thread may notify.
"""

from __future__ import annotations

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all


class Notify:
    """`await notify.notified()`, and somewhere else `notify.notify_one()`."""

    __slots__ = ("__weakref__", "_queue", "_stored")

    def __init__(self) -> None:
        self._queue: WaitQueue[Waiter[bool]] = WaitQueue()
        self._stored = False

    async def notified(self) -> None:
        """Wait for a notification; take the one that is kept, without suspending."""
        queue = self._queue
        with queue.lock:
            if self._stored:
                self._stored = False
                return
        waiter = Waiter[bool](queue, self._on_leave)
        with queue.lock:
            queue.append(waiter)
            told = self._settle()
        wake_all(told)
        await waiter

    def notify_one(self) -> None:
        """Wake the first who waits; if nobody does, the next who asks does not wait."""
        with self._queue.lock:
            self._stored = True
            told = self._settle()
        wake_all(told)

    def notify_all(self) -> None:
        """Wake everybody who waits now. Nothing is kept for who comes later."""
        with self._queue.lock:
            told = self._queue.grant_all(False)
        wake_all(told)

    @property
    def waiting(self) -> int:
        """How many tasks wait."""
        return self._queue.length

    def _settle(self) -> list[Waiter[bool]]:
        """Give what is kept to the first who waits; whom to wake. Under the lock."""
        while self._stored and (first := self._queue.first) is not None:
            if first.grant(True):
                self._stored = False
                return [first]
        return []

    def _on_leave(self, waiter: Waiter[bool], granted: bool) -> list[Waiter[bool]]:
        if granted and waiter.value:  # by notify_one
            self._stored = True
        return self._settle()

    def __repr__(self) -> str:
        kept = "a notification kept" if self._stored else "nothing kept"
        return f"<Notify, {kept}, {self.waiting} waiting>"
