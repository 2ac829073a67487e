"""The timer queue: a binary heap of deadlines, cancelled entries cleaned up lazily.

         insert --> PENDING --expire--> FIRED
                       |
                       +----cancel----> CANCELLED

Guarantees: a timer fires once at the most, never before its deadline, in the order of deadlines
and, among equal ones, of creation; a cancelled timer never fires. Inserting costs O(log n),
cancelling O(1) amortised: a cancelled entry stays in the heap as an empty shell until it reaches
the top, or until shells are more than half of it and the heap is built anew.

It neither waits nor reads a clock: it is told what time it is.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from heapq import heapify, heappop, heappush
from typing import Final

from zokio.timers.deadline import is_due, precedes

SHELLS_MIN: Final = 64
"""Below this many cancelled entries a heap is not worth building anew."""


class TimerState(Enum):
    """Where a timer stands."""

    PENDING = "pending"
    FIRED = "fired"
    CANCELLED = "cancelled"


PENDING: Final = TimerState.PENDING
FIRED: Final = TimerState.FIRED
CANCELLED: Final = TimerState.CANCELLED


def _nothing() -> None:
    """What a timer that was cancelled would do."""


class Timer:
    """One deadline and what to do then."""

    __slots__ = ("action", "deadline_ns", "state")

    def __init__(self, deadline_ns: int, action: Callable[[], None]) -> None:
        self.deadline_ns = deadline_ns
        self.action = action
        self.state = PENDING


class TimerQueue:
    """The timers of one thread."""

    __slots__ = ("_numbers", "_shells", "fired", "heap")

    def __init__(self) -> None:
        self.heap: list[tuple[int, int, Timer]] = []
        """Deadline, number of creation, timer; pending ones and shells."""
        self._numbers = 0
        self._shells = 0
        self.fired = 0
        """How many timers have fired so far."""

    def __len__(self) -> int:
        """How many timers are pending."""
        return len(self.heap) - self._shells

    def insert(self, deadline_ns: int, action: Callable[[], None]) -> Timer:
        """A new timer that calls `action` once `deadline_ns` has come."""
        timer = Timer(deadline_ns, action)
        self._numbers += 1
        heappush(self.heap, (deadline_ns, self._numbers, timer))  # spec: insert
        return timer

    def cancel(self, timer: Timer) -> None:
        """The timer will not fire. Nothing if it has fired or is cancelled already."""
        if timer.state is PENDING:  # spec: cancel
            timer.state = CANCELLED
            timer.action = _nothing  # let go of what it held
            self._shells += 1
            if self._shells > SHELLS_MIN and self._shells * 2 > len(self.heap):
                self._clean()

    def next_deadline_ns(self) -> int | None:
        """The earliest pending deadline."""
        heap = self.heap
        while heap:
            deadline_ns, _, timer = heap[0]
            if timer.state is PENDING:
                return deadline_ns
            heappop(heap)
            self._shells -= 1
        return None

    def expire(self, now_ns: int) -> int:
        """Fire every timer whose deadline has come; how many fired."""
        heap = self.heap  # spec: tell
        fired = 0
        while heap and is_due(heap[0][0], now_ns):
            timer = heappop(heap)[2]
            if timer.state is PENDING:
                timer.state = FIRED  # spec: fire_first
                action, timer.action = timer.action, _nothing
                fired += 1
                action()
            else:
                self._shells -= 1
        self.fired += fired  # spec: end_expire
        return fired

    def clear(self) -> None:
        """Cancel everything."""
        for _, _, timer in self.heap:
            if timer.state is PENDING:
                timer.state = CANCELLED  # spec: cancel
                timer.action = _nothing
        self.heap.clear()
        self._shells = 0

    def _clean(self) -> None:
        # In place: `expire` may be going through it.
        self.heap[:] = [entry for entry in self.heap if entry[2].state is PENDING]
        heapify(self.heap)
        self._shells = 0

    def check_invariants(self) -> None:
        """Assert that the heap is one, and that the shells are counted right."""
        heap = self.heap
        for child in range(1, len(heap)):
            above, below = heap[(child - 1) // 2], heap[child]
            assert precedes(above[0], above[1], below[0], below[1]), "the heap is out of order"
        shells = sum(1 for entry in heap if entry[2].state is not PENDING)
        assert shells == self._shells, f"{shells} shells in the heap, {self._shells} counted"
        assert all(entry[2].state is not FIRED for entry in heap), "a fired timer is in the heap"
