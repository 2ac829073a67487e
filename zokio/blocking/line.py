"""The line of calls that wait for a thread: a queue with so many places, and those outside of it.

Guarantees: first come, first served; whoever is outside comes in as soon as there is a place. It
knows no lock: the pool holds its own.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from zokio.blocking.call import OUTSIDE, QUEUED, Call

AnyCall = Call[Any]  # Any: calls of every type stand in one line


class Line:
    """`queue_max` places in the queue; no limit outside."""

    __slots__ = ("outside", "queue", "queue_max")

    def __init__(self, queue_max: int) -> None:
        self.queue_max = queue_max
        # Ordered dictionaries, so that who leaves from the middle costs no walk along the line.
        self.queue: OrderedDict[AnyCall, None] = OrderedDict()
        self.outside: OrderedDict[AnyCall, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self.queue) + len(self.outside)

    def put(self, call: AnyCall) -> None:
        """Stand at the end."""
        call.state = OUTSIDE
        self.outside[call] = None
        self._admit()

    def put_first(self, call: AnyCall) -> None:
        """Stand at the front again: its thread was not to be had. It may be one too many."""
        call.state = QUEUED
        self.queue[call] = None
        self.queue.move_to_end(call, last=False)

    def next(self) -> AnyCall:
        """Take the first call out of the queue; the place is that of the first one outside."""
        call, _ = self.queue.popitem(last=False)
        self._admit()
        return call

    def remove(self, call: AnyCall) -> None:
        """Let a call go from where it stands."""
        if call.state is QUEUED:
            del self.queue[call]
            self._admit()
        else:
            del self.outside[call]

    def clear(self) -> list[AnyCall]:
        """Send everybody home; who that was, in order."""
        everybody = [*self.queue, *self.outside]
        self.queue.clear()
        self.outside.clear()
        return everybody

    def check_invariants(self) -> None:
        """Assert what must hold of the line; for tests."""
        assert all(call.state is QUEUED for call in self.queue), "not QUEUED, and in the queue"
        assert all(call.state is OUTSIDE for call in self.outside), "not OUTSIDE, and there"
        full = len(self.queue) >= self.queue_max
        assert full or not self.outside, "a call is outside although there is room"

    def _admit(self) -> None:
        while self.outside and len(self.queue) < self.queue_max:
            call, _ = self.outside.popitem(last=False)
            call.state = QUEUED
            self.queue[call] = None
