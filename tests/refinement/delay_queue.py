"""The machine of DelayQueue on the real runtime: real timers in virtual time, and consumers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from heapq import merge
from operator import attrgetter
from typing import Any

from spec.delay_queue_steps import (
    AWAY,
    EXPIRED,
    GIVEN,
    GRANTED,
    PENDING,
    REFUSED,
    REMOVED,
    TOLD,
    WAITING,
    State,
)
from tests.helpers.stage import Caller, Stage
from tests.helpers.virtual_time import VirtualReactor
from zokio.core import wait_queue
from zokio.core.wait_queue import Waiter, WaiterState
from zokio.env.clock import SECOND_NS
from zokio.errors import ClosedError
from zokio.time.delay_queue import DelayKey, DelayQueue

WORDS: dict[WaiterState, str] = {
    wait_queue.WAITING: WAITING,
    wait_queue.GRANTED: TOLD,
    wait_queue.CLOSED: REFUSED,
}


class DelayQueueAdapter:
    """See the head of this file. A unit of the model is a second, and a value is its number."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], consumers: int) -> None:
        self._make_reactor = make_reactor
        self._consumers = consumers

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.stage.call(self.make_queue)
        self.keys: list[DelayKey] = []
        self.deadlines: list[int] = []
        self.given: list[int] = []
        self.ended = [False] * self._consumers
        numbers = range(self._consumers)
        self.consumers = [Caller(self.stage, self.consume(number)) for number in numbers]
        # Any: what it is granted is an entry, which is the queue's own.
        self.waiters: list[Waiter[Any] | None] = [None] * self._consumers

    def make_queue(self) -> None:
        self.queue: DelayQueue[int] = DelayQueue()

    def consume(self, consumer: int) -> Callable[[], Awaitable[None]]:
        async def call() -> None:
            try:
                self.given.append(await self.queue.next_expired())
            except ClosedError:
                self.ended[consumer] = True

        return call

    # Actions

    def insert(self, delay: int) -> None:
        value = len(self.keys)
        self.deadlines.append(self.now() + delay)
        self.stage.call(lambda: self.keys.append(self.queue.insert(value, delay)))

    def reset(self, value: int, delay: int) -> None:
        self.deadlines[value] = self.now() + delay
        self.stage.call(lambda: self.queue.reset(self.keys[value], delay))

    def remove(self, value: int) -> None:
        def remove() -> None:
            assert self.queue.remove(self.keys[value]) == value

        self.stage.call(remove)

    def close(self) -> None:
        self.queue.close()

    def advance(self) -> None:
        self.stage.reactor.clock.advance(SECOND_NS)

    def expire(self) -> None:
        self.stage.take_in()

    def ask(self, consumer: int) -> None:
        self.consumers[consumer].begin()
        self.waiters[consumer] = self.queue._consumers.last

    def poll_consumer(self, consumer: int) -> None:
        self.consumers[consumer].poll()

    def cancel(self, consumer: int) -> None:
        self.consumers[consumer].cancel()

    # What the runtime's state means

    def now(self) -> int:
        return self.stage.reactor.now_ns() // SECOND_NS

    def abstraction(self) -> State:
        numbers = range(self._consumers)
        return State(
            now=self.now(),
            deadlines=tuple(self.deadlines),
            at=tuple(self.place_of(value) for value in range(len(self.keys))),
            pending=tuple(self.pending()),
            expired=tuple(self.expired()),
            given=tuple(self.given),
            closed=self.queue._is_closed,
            consumers=tuple(self.state_of(number) for number in numbers),
            line=tuple(self.line()),
            granted=tuple(self.granted_to(number) for number in numbers),
            cancelling=tuple(consumer.is_cancelling() for consumer in self.consumers),
            owed=tuple(consumer.is_owed() for consumer in self.consumers),
            ended=tuple(self.ended),
        )

    def place_of(self, value: int) -> str:
        entry = self.queue._entries.get(self.keys[value])
        if entry is None:
            return GIVEN if value in self.given else REMOVED
        if entry.is_granted:
            return GRANTED
        return EXPIRED if entry.key in self.queue._expired else PENDING

    def pending(self) -> list[int]:
        """The values whose timers run, in the order in which those were inserted."""
        entries = {entry.timer: entry.value for entry in self.queue._entries.values()}
        timers = sorted(self.stage.runtime.timers.heap, key=lambda each: each[1])
        values = [entries[timer] for _, _, timer in timers if timer in entries]
        return [value for value in values if self.place_of(value) == PENDING]

    def expired(self) -> Iterator[int]:
        """Those that are free as they stand, and those that are granted, by when they expired."""
        granted = [each for each in self.queue._entries.values() if each.is_granted]
        by_place = attrgetter("place")
        free = self.queue._expired.values()
        return (each.value for each in merge(free, sorted(granted, key=by_place), key=by_place))

    def state_of(self, consumer: int) -> str:
        waiter = self.waiters[consumer]
        if self.consumers[consumer].scope is None:
            return AWAY
        assert waiter is not None
        return WORDS[waiter.state]

    def granted_to(self, consumer: int) -> int | None:
        waiter = self.waiters[consumer]
        if waiter is None or self.state_of(consumer) != TOLD:
            return None
        number: int = waiter.value.value
        return number

    def line(self) -> list[int]:
        """The consumers that stand in the queue."""
        found, waiter = [], self.queue._consumers.first
        while waiter is not None:
            found.append(self.waiters.index(waiter))
            waiter = waiter.next
        return found

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        self.queue.check_invariants()
        places = [self.place_of(value) for value in range(len(self.keys))]
        assert len(self.stage.runtime.timers) == places.count(PENDING), "a timer was left"
        assert len(self.queue) == len(places) - places.count(GIVEN) - places.count(REMOVED)
        for value, place in enumerate(places):
            if place in (GIVEN, GRANTED, REMOVED):
                self.stage.call(partial(self.assert_gone, value))

    def assert_gone(self, value: int) -> None:
        for refuse in (self.queue.remove, lambda key: self.queue.reset(key, 1)):
            try:
                refuse(self.keys[value])
            except KeyError:
                continue
            raise AssertionError(f"value {value} is still there")

    def stop(self) -> None:
        self.stage.stop()
