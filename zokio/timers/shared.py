"""Timers that several workers share: the queue of `queue.py` under the structure lock.

Guarantees: what `TimerQueue` does; a timer that is to come before all others calls `is_first`, so
that whoever waits for the next one is told to wait less. Actions are called under the lock.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

from zokio.timers.queue import Timer, TimerQueue


class SharedTimers:
    """See the head of this file. The lock is re-entrant."""

    def __init__(self, lock: AbstractContextManager[bool], is_first: Callable[[], None]) -> None:
        self._lock = lock
        self._is_first = is_first
        self._timers = TimerQueue()
        self.heap = self._timers.heap

    @property
    def fired(self) -> int:
        """How many timers have fired so far."""
        return self._timers.fired

    def __len__(self) -> int:
        return len(self._timers)

    def insert(self, deadline_ns: int, action: Callable[[], None]) -> Timer:
        """See `TimerQueue.insert`."""
        with self._lock:
            timer = self._timers.insert(deadline_ns, action)
            is_first = self.heap[0][2] is timer
        if is_first:
            self._is_first()
        return timer

    def cancel(self, timer: Timer) -> None:
        """See `TimerQueue.cancel`."""
        with self._lock:
            self._timers.cancel(timer)

    def next_deadline_ns(self) -> int | None:
        """See `TimerQueue.next_deadline_ns`."""
        with self._lock:
            return self._timers.next_deadline_ns()

    def expire(self, now_ns: int) -> int:
        """See `TimerQueue.expire`."""
        with self._lock:
            return self._timers.expire(now_ns)

    def clear(self) -> None:
        """See `TimerQueue.clear`."""
        with self._lock:
            self._timers.clear()

    def check_invariants(self) -> None:
        """See `TimerQueue.check_invariants`."""
        with self._lock:
            self._timers.check_invariants()
