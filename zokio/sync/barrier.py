"""Barrier: tasks wait for each other until there are enough, then all go on; again and again.

Fairness: in the order of coming; who comes when enough are there belongs to the next round.
Cancel safety: a task that is cancelled before its round is full is as if it had never come: the
others wait for one more, and nothing is broken. Afterwards its round is not touched by it.
Closed: whoever waits and whoever comes gets ClosedError. It has no owner, and does not know when a
party dies that has not come: close it then.
Memory: one object for each task that waits, fewer than `parties`. Any number of threads.
"""

from __future__ import annotations

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import UsageError

CLOSED_TEXT = "the barrier was closed; nobody gets past it any more"


class Barrier:
    """`await barrier.wait()` returns when `parties` tasks have come.

    Args:
        parties: 1 or more.

    Raises:
        UsageError: fewer.
    """

    __slots__ = ("__weakref__", "_closed", "_queue", "parties")

    def __init__(self, parties: int) -> None:
        if parties < 1:
            raise UsageError(f"Barrier({parties}): give a number of tasks that is 1 or more")
        self.parties = parties
        self._closed = False
        self._queue: WaitQueue[Waiter[int]] = WaitQueue()

    async def wait(self) -> int:
        """Wait for the others. The last to come does not suspend.

        Returns:
            The place in the order of coming: 0 for the first, `parties` - 1 for the last.

        Raises:
            ClosedError: the barrier is closed, or was while this waited.
        """
        waiter = Waiter[int](self._queue)
        with self._queue.lock:
            self._queue.append(waiter)
            told = self._settle()
        wake_all(each for each in told if each is not waiter)
        return await waiter

    def close(self) -> None:
        """Let nobody past any more: whoever waits, or comes from now on, gets ClosedError."""
        with self._queue.lock:
            self._closed = True
            refused = self._settle()
        wake_all(refused)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    @property
    def waiting(self) -> int:
        """How many have come in this round."""
        return self._queue.length

    def _settle(self) -> list[Waiter[int]]:
        """Let a full round go on; whom to wake. Under the lock."""
        if self._closed:
            return self._queue.refuse_all(CLOSED_TEXT)
        told: list[Waiter[int]] = []
        if self._queue.length >= self.parties:
            while len(told) < self.parties and (first := self._queue.first) is not None:
                if first.grant(len(told)):
                    told.append(first)
        return told

    def __repr__(self) -> str:
        state = "closed" if self._closed else f"{self.waiting} of {self.parties} waiting"
        return f"<Barrier, {state}>"
