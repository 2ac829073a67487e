"""Interval: ticks at a steady period, and where the next one is placed when one was missed.

Modelled: a clock of whole units; a task that waits for the next tick, is polled late or in time,
is woken for no reason, and is cancelled wherever it is suspended; the interval set anew between two
ticks. A tick that is taken up to `grace` units late was not missed.

Left out: the timers' own steps (`timers.py`). One task at a time uses an interval.

Variables:
    now         the clock
    next        when the next tick is due
    origin      when the first tick is due, since the interval was made or set anew
    given       the ticks that were given since then: when each was due, and when it was taken
    at          the task is away, asleep, or due (the tick's time has come, and it was not yet
                polled)
    cancelling  its wait was cancelled
    owed        it is owed a poll
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, sometimes

AWAY, ASLEEP, DUE = "away", "asleep", "due"
BURST, DELAY, SKIP = "burst", "delay", "skip"


class Tick(NamedTuple):
    """A tick that was given."""

    due: int
    taken: int


class State(NamedTuple):
    """The variables; see the head of this file."""

    now: int
    next: int
    origin: int
    given: tuple[Tick, ...]
    at: str
    cancelling: bool
    owed: bool


class IntervalMachine(Machine[State]):
    """What the three policies have in common."""

    policy: str = BURST
    period: int = 3
    grace: int = 1
    horizon: int = 7

    def initial(self) -> Iterable[State]:
        return [State(0, 0, 0, (), AWAY, cancelling=False, owed=False)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"delay": sorted({0, 1, self.period})}

    def is_missed(self, tick: Tick) -> bool:
        """Whether it was taken too late."""
        return tick.taken > tick.due + self.grace

    def placed(self, tick: Tick) -> int:
        """When the tick after this one is due."""
        if self.policy == BURST or not self.is_missed(tick):
            return tick.due + self.period
        if self.policy == DELAY:
            return tick.taken + self.period
        left_out = (tick.taken - tick.due) // self.period
        return tick.due + (left_out + 1) * self.period

    # The task

    @action(writes=("at", "owed"), fair=False)
    def tick(self, state: State) -> State:
        """The task is polled, and waits; for a tick that is due already it lets others run once."""
        is_due = state.next <= state.now
        return state._replace(at=DUE if is_due else ASLEEP, owed=is_due)

    @tick.guard
    def can_tick(self, state: State) -> bool:
        return state.at == AWAY

    @action(writes=("next", "given", "at", "cancelling", "owed"))
    def poll(self, state: State) -> State:
        """It hears of its cancellation, takes the tick, or was woken for no reason."""
        if state.cancelling:
            return state._replace(at=AWAY, cancelling=False)  # it stays owed: a level
        state = state._replace(owed=False)
        if state.at != DUE:
            return state
        tick = Tick(state.next, state.now)
        return state._replace(next=self.placed(tick), given=(*state.given, tick), at=AWAY)

    @poll.guard
    def can_poll(self, state: State) -> bool:
        return state.owed

    @action(writes=("cancelling", "owed"), fair=False)
    def cancel(self, state: State) -> State:
        return state._replace(cancelling=True, owed=True)

    @cancel.guard
    def can_cancel(self, state: State) -> bool:
        return state.at != AWAY and not state.cancelling

    @action(writes=("owed",), fair=False)
    def wake_for_no_reason(self, state: State) -> State:
        return state._replace(owed=True)

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: State) -> bool:
        return state.at == ASLEEP and not state.owed

    @action(writes=("next", "origin", "given"), fair=False)
    def reset(self, state: State, delay: int) -> State:
        """The next tick is due after so much; a new beat begins with it."""
        start = state.now + delay
        return state._replace(next=start, origin=start, given=())

    @reset.guard
    def can_reset(self, state: State, delay: int) -> bool:
        return state.at == AWAY

    # Time

    @action(writes=("now",))
    def advance(self, state: State) -> State:
        return state._replace(now=state.now + 1)

    @advance.guard
    def can_advance(self, state: State) -> bool:
        return state.now < self.horizon

    @action(writes=("at", "owed"))
    def expire(self, state: State) -> State:
        """The timer of the task fires."""
        return state._replace(at=DUE, owed=True)

    @expire.guard
    def can_expire(self, state: State) -> bool:
        return state.at == ASLEEP and state.next <= state.now

    # Safety

    @always
    def never_early(self, state: State) -> bool:
        return all(tick.due <= tick.taken for tick in state.given)

    @always
    def ticks_come_in_order(self, state: State) -> bool:
        dues = [*(tick.due for tick in state.given), state.next]
        return dues[0] == state.origin and all(a < b for a, b in pairwise(dues))

    @always
    def a_wait_that_was_cancelled_has_lost_no_tick(self, state: State) -> bool:
        """The next tick is placed by those that were given, whatever was cancelled in between."""
        return state.next == (self.placed(state.given[-1]) if state.given else state.origin)

    @always
    def who_is_due_is_owed_a_poll(self, state: State) -> bool:
        return state.owed or (state.at != DUE and not state.cancelling)

    # Progress

    def waits(self, state: State) -> bool:
        """Whether the task waits for a tick that is due before time ends."""
        return state.at != AWAY and state.next <= self.horizon

    @eventually(after="waits")
    def every_wait_ends(self, state: State) -> bool:
        return state.at == AWAY

    # Reachability

    @sometimes
    def a_wait_is_cancelled_for_a_tick_that_is_due(self, state: State) -> bool:
        return state.at == DUE and state.cancelling

    @sometimes
    def a_tick_is_late_and_not_missed(self, state: State) -> bool:
        return any(tick.due < tick.taken and not self.is_missed(tick) for tick in state.given)

    # Canaries

    @always(canary="never_early")
    def always_in_time(self, state: State) -> bool:
        return all(tick.due == tick.taken for tick in state.given)

    @always(canary="ticks_come_in_order")
    def one_tick_at_most_is_given(self, state: State) -> bool:
        return len(state.given) <= 1

    @always(canary="a_wait_that_was_cancelled_has_lost_no_tick")
    def every_tick_is_one_period_after_the_last(self, state: State) -> bool:
        return not state.given or state.next == state.given[-1].taken + self.period

    @always(canary="who_is_due_is_owed_a_poll")
    def who_is_due_was_polled(self, state: State) -> bool:
        return state.at != DUE

    def is_asleep(self, state: State) -> bool:
        """Whether the task waits, perhaps for a tick after the end of time."""
        return state.at == ASLEEP

    @eventually(after="is_asleep", canary="every_wait_ends")
    def every_sleep_ends(self, state: State) -> bool:
        return state.at == AWAY


class Burst(IntervalMachine):
    """Missed ticks are made up for, at once."""

    policy: str = BURST

    @always
    def no_tick_is_left_out(self, state: State) -> bool:
        return all(
            tick.due == state.origin + number * self.period
            for number, tick in enumerate(state.given)
        )

    @sometimes
    def a_missed_tick_is_made_up_for(self, state: State) -> bool:
        return any(a.taken == b.taken for a, b in pairwise(state.given))

    @always(canary="no_tick_is_left_out")
    def no_tick_is_missed(self, state: State) -> bool:
        return not any(self.is_missed(tick) for tick in state.given)


class Delay(IntervalMachine):
    """A missed tick begins a new beat."""

    policy: str = DELAY

    @always
    def two_ticks_are_a_period_apart_but_for_the_grace(self, state: State) -> bool:
        nearest = self.period - self.grace
        return all(b.taken - a.taken >= nearest for a, b in pairwise(state.given))

    @sometimes
    def the_beat_is_another_one(self, state: State) -> bool:
        return any((tick.due - state.origin) % self.period for tick in state.given)

    @always(canary="two_ticks_are_a_period_apart_but_for_the_grace")
    def two_ticks_are_a_period_apart(self, state: State) -> bool:
        return all(b.taken - a.taken >= self.period for a, b in pairwise(state.given))


class Skip(IntervalMachine):
    """Missed ticks are left out, and the beat is kept."""

    policy: str = SKIP

    @always
    def the_beat_is_kept(self, state: State) -> bool:
        return all((tick.due - state.origin) % self.period == 0 for tick in state.given)

    @always
    def what_was_missed_is_not_made_up_for(self, state: State) -> bool:
        """And the next one is not left out."""
        pairs = pairwise((*state.given, Tick(state.next, state.now)))
        missed = [(a, b) for a, b in pairs if self.is_missed(a)]
        return all(a.taken < b.due <= a.taken + self.period for a, b in missed)

    @sometimes
    def a_tick_is_left_out(self, state: State) -> bool:
        return any(b.due > a.due + self.period for a, b in pairwise(state.given))

    @always(canary="the_beat_is_kept")
    def the_beat_is_that_of_the_clock(self, state: State) -> bool:
        return all(tick.due % self.period == 0 for tick in state.given)

    @always(canary="what_was_missed_is_not_made_up_for")
    def a_tick_after_a_missed_one_is_a_period_later(self, state: State) -> bool:
        pairs = pairwise((*state.given, Tick(state.next, state.now)))
        return all(b.due >= a.taken + self.period for a, b in pairs if self.is_missed(a))


CONFIGURATIONS = (Burst(horizon=7), Delay(horizon=7), Skip(horizon=7))
