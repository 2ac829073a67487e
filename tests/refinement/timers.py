"""The timer machine on the real runtime, twice: as bare timers, and as tasks that sleep.

`TimersAdapter` inserts into `Runtime.timers` and fires through `Runtime.turn`. Its heap is worn
from the start: it holds as many cancelled entries as it may, so the next cancellation builds it
anew, also one from inside a firing timer.

`SleepersAdapter` makes each timer a task in `sleep_until`: cancelling is aborting, firing is the
task going on. A unit of the model is a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

from spec.timers import CANCEL_ALL, INSERT_DUE, NOTHING, State, Timer
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.join import JoinHandle
from zokio.env.clock import SECOND_NS
from zokio.errors import AbortedError
from zokio.runtime.runtime import Runtime
from zokio.time.sleep import sleep_until
from zokio.timers.deadline import NEVER_NS
from zokio.timers.queue import CANCELLED, PENDING, SHELLS_MIN
from zokio.timers.queue import Timer as RealTimer


def in_units(instant_ns: int) -> int | None:
    """An instant of the runtime as the model says it."""
    return None if instant_ns == NEVER_NS else instant_ns // SECOND_NS


def in_ns(deadline: int | None) -> int:
    """A deadline of the model as the runtime says it."""
    return NEVER_NS if deadline is None else deadline * SECOND_NS


class TimersAdapter:
    """Bare timers; `timers_max` is the model's bound."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], timers_max: int) -> None:
        self._make_reactor = make_reactor
        self._timers_max = timers_max

    def start(self, state: State) -> None:
        self.reactor = self._make_reactor()
        self.runtime = Runtime(reactor=self.reactor)
        self.timers: list[RealTimer] = []
        self.said: list[tuple[str, int]] = []  # what it does, and how many had fired by then
        self.fired: list[tuple[int, int]] = []
        worn = [self.runtime.timers.insert(NEVER_NS, self.fail) for _ in range(SHELLS_MIN)]
        for timer in worn:
            self.runtime.timers.cancel(timer)

    def fail(self) -> None:
        """What a timer does that must not fire."""
        raise AssertionError("a cancelled timer fired")

    def insert(self, deadline: int | None, then: str) -> None:
        fire = partial(self.fire, len(self.timers), then)
        self.said.append((then, len(self.fired)))
        self.timers.append(self.runtime.timers.insert(in_ns(deadline), fire))

    def fire(self, timer: int, then: str) -> None:
        """A timer fires: note it, and do what it was inserted to do."""
        now_ns = self.reactor.now_ns()
        self.fired.append((timer, now_ns // SECOND_NS))
        if then == CANCEL_ALL:
            for each in self.timers:
                self.runtime.timers.cancel(each)
        elif then == INSERT_DUE and len(self.timers) < self._timers_max:
            self.insert(now_ns // SECOND_NS, NOTHING)

    def cancel(self, timer: int) -> None:
        self.runtime.timers.cancel(self.timers[timer])

    def advance(self) -> None:
        self.reactor.clock.advance(SECOND_NS)

    def expire(self) -> None:
        assert not self.runtime.step(), "a task was polled where there is none"

    def park(self) -> None:
        with self.runtime.entered():
            self.runtime.turn(may_wait=True)

    def abstraction(self) -> State:
        states = [(number, timer.state) for number, timer in enumerate(self.timers)]
        return State(
            now=self.reactor.now_ns() // SECOND_NS,
            timers=tuple(
                Timer(in_units(timer.deadline_ns), *said)
                for timer, said in zip(self.timers, self.said, strict=True)
            ),
            pending=tuple(number for number, state in states if state is PENDING),
            fired=tuple(self.fired),
            cancelled=tuple(number for number, state in states if state is CANCELLED),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        pending = sum(timer.state is PENDING for timer in self.timers)
        assert len(self.runtime.timers) == pending, "pending timers are counted wrong"
        assert self.runtime.metrics().timers_fired == len(self.fired)

    def stop(self) -> None:
        self.runtime.shutdown(0)


class SleepersAdapter:
    """Tasks that sleep until the deadline; it must be one to come when the task begins."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor]) -> None:
        self._make_reactor = make_reactor

    def start(self, state: State) -> None:
        self.reactor = self._make_reactor()
        self.runtime = Runtime(reactor=self.reactor)
        self.sleepers: list[JoinHandle[None]] = []
        self.timers: list[Timer] = []
        self.fired: list[tuple[int, int]] = []

    async def sleep(self, number: int, deadline: int | None) -> None:
        await sleep_until(math.inf if deadline is None else deadline)
        self.fired.append((number, self.reactor.now_ns() // SECOND_NS))

    def insert(self, deadline: int | None, then: str) -> None:
        self.timers.append(Timer(deadline, then, len(self.fired)))
        self.sleepers.append(self.runtime.spawn(self.sleep(len(self.sleepers), deadline)))
        self.poll_all()

    def cancel(self, timer: int) -> None:
        self.sleepers[timer].abort()
        self.poll_all()

    def advance(self) -> None:
        self.reactor.clock.advance(SECOND_NS)

    def expire(self) -> None:
        self.turn_and_poll(may_wait=False)

    def park(self) -> None:
        self.turn_and_poll(may_wait=True)

    def turn_and_poll(self, *, may_wait: bool) -> None:
        """A visit to the timers, then everything that it woke."""
        with self.runtime.entered():
            self.runtime.turn(may_wait)
        self.poll_all()

    def poll_all(self) -> None:
        """Poll what is ready, without a visit to the timers."""
        with self.runtime.entered():
            self.runtime.scheduler.poll_ready(len(self.runtime.queue.ready))

    def abstraction(self) -> State:
        return State(
            now=self.reactor.now_ns() // SECOND_NS,
            timers=tuple(self.timers),
            pending=tuple(
                number for number, each in enumerate(self.sleepers) if not each.is_finished()
            ),
            fired=tuple(self.fired),
            cancelled=tuple(
                number for number, each in enumerate(self.sleepers) if was_aborted(each)
            ),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        assert len(self.runtime.timers) == len(self.runtime.tasks), "a sleeper left its timer"

    def stop(self) -> None:
        self.runtime.shutdown(0)


def was_aborted(handle: JoinHandle[None]) -> bool:
    """Whether the task has ended by its cancellation."""
    if not handle.is_finished():
        return False
    try:
        handle.result()
    except AbortedError:
        return True
    return False
