"""What the ends of a broadcast channel share: the newest values, and who waits for the next one.

Values are numbered in the order of sending. Each receiver knows the number that it wants next, so
that nothing has to be kept for each of them, and a lag can be counted. Each change is one step of
`spec/broadcast.py`, under the lock; the counts are right whenever something is called.
"""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from zokio.core.wait_queue import Waiter, WaitQueue
from zokio.env.threads import RLock

T = TypeVar("T")


class Ring(Generic[T]):
    """What the ends share: the kept values, numbered from 0. Who calls a method holds the lock."""

    __slots__ = ("capacity", "kept", "lock", "receivers", "senders", "sent", "waiting")

    def __init__(self, capacity: int) -> None:
        self.lock = RLock()
        self.capacity = capacity
        self.kept: deque[T] = deque()
        """The newest values; the last one has the number `sent` - 1."""
        self.sent = 0
        """How many values were sent."""
        self.senders = 1
        self.receivers = 0
        self.waiting: WaitQueue[Waiter[None]] = WaitQueue(self.lock)

    def push(self, value: T) -> tuple[T | None, list[Waiter[None]]]:
        """Keep a value: what it overwrites, and who waited for it."""
        self.sent += 1
        self.kept.append(value)
        old = None
        while len(self.kept) > self.capacity:
            old = self.kept.popleft()
        return old, self.waiting.grant_all(None)

    def check_invariants(self) -> None:
        """Assert what the counts and the queue must agree on."""
        with self.lock:
            self.waiting.check_invariants()
            assert len(self.kept) <= min(self.capacity, self.sent), "more is kept than may be"
            assert self.receivers or not self.kept, "values are kept for nobody"
            assert self.senders or not self.waiting.length, "somebody waits for no sender"
