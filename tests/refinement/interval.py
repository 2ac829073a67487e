"""The machine of interval on the real one, in virtual time: a unit is what a tick may be late."""

from __future__ import annotations

from collections.abc import Callable

from spec.interval import ASLEEP, AWAY, DUE, IntervalMachine, State, Tick
from tests.helpers.stage import Caller, Stage
from tests.helpers.virtual_time import VirtualReactor
from zokio.env.clock import SECOND_NS
from zokio.time.interval import LATE_NS, POLICIES, interval

UNIT = LATE_NS / SECOND_NS
"""In seconds."""


class IntervalAdapter:
    """See the head of this file."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], machine: IntervalMachine
    ) -> None:
        assert machine.grace == 1, "see the head of this file"
        self._make_reactor = make_reactor
        self._period = machine.period
        (self._policy,) = (each for each in POLICIES if each == machine.policy)

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.stage.call(self.make_interval)
        self.caller = Caller(self.stage, self.take)
        self.origin = 0
        self.given: list[Tick] = []

    def make_interval(self) -> None:
        self.interval = interval(self._period * UNIT, self._policy)

    async def take(self) -> None:
        due = await self.interval.tick()
        self.given.append(Tick(round(due / UNIT), self.now()))

    # Actions

    def tick(self) -> None:
        self.caller.begin()

    def poll(self) -> None:
        self.caller.poll()

    def cancel(self) -> None:
        self.caller.cancel()

    def wake_for_no_reason(self) -> None:
        self.stage.wake(self.caller.task)

    def reset(self, delay: int) -> None:
        self.origin = self.now() + delay
        self.given.clear()
        self.stage.call(lambda: self.set_anew(delay))

    def set_anew(self, delay: int) -> None:
        """By whichever of the three methods says it."""
        if delay == 0:
            self.interval.reset_immediately()
        elif delay == self._period:
            self.interval.reset()
        else:
            self.interval.reset_after(delay * UNIT)

    def advance(self) -> None:
        self.stage.reactor.clock.advance(LATE_NS)

    def expire(self) -> None:
        self.stage.take_in()

    # What the runtime's state means

    def now(self) -> int:
        return self.stage.reactor.now_ns() // LATE_NS

    def abstraction(self) -> State:
        next, rest = divmod(self.interval._next_ns, LATE_NS)
        assert rest == 0, "the next tick is due in the middle of a unit"
        return State(
            now=self.now(),
            next=next,
            origin=self.origin,
            given=tuple(self.given),
            at=self.place(),
            cancelling=self.caller.is_cancelling(),
            owed=self.caller.is_owed(),
        )

    def place(self) -> str:
        if self.caller.scope is None:
            return AWAY
        return ASLEEP if len(self.stage.runtime.timers) else DUE

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        assert len(self.stage.runtime.timers) == (self.place() == ASLEEP), "a timer was left"

    def stop(self) -> None:
        self.stage.stop()
