"""Timers: deadlines, the passing of time, and what fires when.

Modelled: a clock that goes on by whole units; timers that are inserted with a deadline (past, to
come, or never), cancelled, and fired by `expire`, which fires everything that is due; `park`, which
lets the clock go on to the next deadline and expires; and what a timer does when it fires: nothing,
cancel all timers (itself among them), or insert one that is due at once. `expire` is one action:
one thread does it, and only the fired timers themselves act in between.

Left out: the heap and its lazy cleaning, other threads (they inject, see the scheduler), and how
long a unit is.

Variables:
    now        the clock
    timers     every timer ever inserted, in the order of creation: its deadline (None: never),
               what it does, and how many timers had fired before it came
    pending    timers that may still fire, in the order of creation
    fired      which timer fired, and at what time, in the order of firing
    cancelled  timers that were cancelled before they fired, in the order of creation

Facts: a timer that was inserted is pending, fired or cancelled, and only one of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, drop, eventually, sometimes

NOTHING = "nothing"
CANCEL_ALL = "cancel_all"
INSERT_DUE = "insert_due"


class Timer(NamedTuple):
    """What was said when the timer was inserted, and what had fired by then."""

    deadline: int | None
    then: str
    fired_before: int


class State(NamedTuple):
    """See the head of this file."""

    now: int
    timers: tuple[Timer, ...]
    pending: tuple[int, ...]
    fired: tuple[tuple[int, int], ...]
    cancelled: tuple[int, ...]


class TimersMachine(Machine[State]):
    """See the head of this file. `past`: whether a timer may come when its deadline has."""

    timers: int = 3
    horizon: int = 2
    thens: tuple[str, ...] = (NOTHING,)
    past: bool = True

    def initial(self) -> Iterable[State]:
        return [State(now=0, timers=(), pending=(), fired=(), cancelled=())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "timer": range(self.timers),
            "deadline": (*range(self.horizon + 1), None),
            "then": self.thens,
        }

    @action(writes=("timers", "pending"), reads=("timers", "pending", "fired", "now"), fair=False)
    def insert(self, state: State, deadline: int | None, then: str) -> State:
        timer = Timer(deadline, then, len(state.fired))
        return state._replace(
            timers=(*state.timers, timer), pending=(*state.pending, len(state.timers))
        )

    @insert.guard
    def can_insert(self, state: State, deadline: int | None, then: str) -> bool:
        in_time = self.past or deadline is None or deadline > state.now
        return len(state.timers) < self.timers and in_time

    @action(writes=("pending", "cancelled"), reads=("timers", "pending", "cancelled"), fair=False)
    def cancel(self, state: State, timer: int) -> State:
        """Cancelling a timer that has fired, or was cancelled before, changes nothing."""
        if timer not in state.pending:
            return state
        return state._replace(
            pending=drop(state.pending, timer),
            cancelled=tuple(sorted((*state.cancelled, timer))),
        )

    @cancel.guard
    def can_cancel(self, state: State, timer: int) -> bool:
        return timer < len(state.timers)

    @action(writes=("now",), reads=("now",))
    def advance(self, state: State) -> State:
        """Time passes while the thread is busy with other things."""
        return state._replace(now=state.now + 1)

    @advance.guard
    def can_advance(self, state: State) -> bool:
        return state.now < self.horizon

    @action(
        writes=("timers", "pending", "fired", "cancelled"),
        reads=("now", "timers", "pending", "fired", "cancelled"),
    )
    def expire(self, state: State) -> State:
        """Fire what is due; with nothing due it fires nothing."""
        while (timer := self.first_due(state)) is not None:
            state = self.fire(state, timer)
        return state

    @action(
        writes=("now", "timers", "pending", "fired", "cancelled"),
        reads=("now", "timers", "pending", "fired", "cancelled"),
        fair=False,
    )
    def park(self, state: State) -> State:
        """Nothing is to be done before the next deadline: sleep until then, and expire."""
        deadlines = self.deadlines_to_come(state)
        return self.expire(state._replace(now=max(state.now, min(deadlines))))

    @park.guard
    def can_park(self, state: State) -> bool:
        return bool(self.deadlines_to_come(state))

    def fire(self, state: State, timer: int) -> State:
        """Fire one timer and do what it does."""
        state = state._replace(
            pending=drop(state.pending, timer), fired=(*state.fired, (timer, state.now))
        )
        then = state.timers[timer].then
        if then == CANCEL_ALL:
            return state._replace(
                pending=(), cancelled=tuple(sorted((*state.cancelled, *state.pending)))
            )
        if then == INSERT_DUE and len(state.timers) < self.timers:
            return self.insert(state, state.now, NOTHING)
        return state

    def precedence(self, state: State, timer: int) -> tuple[int, int]:
        """By deadline, then by creation. Only of a timer whose deadline comes."""
        deadline = state.timers[timer].deadline
        return (self.horizon + 1 if deadline is None else deadline, timer)

    def is_due(self, state: State, timer: int) -> bool:
        """Whether the timer is pending and its deadline has come."""
        if timer not in state.pending:
            return False
        deadline = state.timers[timer].deadline
        return deadline is not None and deadline <= state.now

    def first_due(self, state: State) -> int | None:
        """The timer to fire next, if one is due."""
        due = [timer for timer in state.pending if self.is_due(state, timer)]
        return min(due, key=lambda timer: self.precedence(state, timer), default=None)

    def deadlines_to_come(self, state: State) -> list[int]:
        """The deadlines of the pending timers that have one."""
        found = (state.timers[timer].deadline for timer in state.pending)
        return [deadline for deadline in found if deadline is not None]

    def has_deadline(self, state: State, timer: int) -> bool:
        """Whether the timer is pending, with a deadline that comes."""
        return timer in state.pending and state.timers[timer].deadline is not None

    # Safety

    @always
    def never_early(self, state: State) -> bool:
        deadlines = [(state.timers[timer].deadline, when) for timer, when in state.fired]
        return all(deadline is not None and deadline <= when for deadline, when in deadlines)

    @always
    def fired_at_most_once(self, state: State) -> bool:
        timers = [timer for timer, _ in state.fired]
        return len(set(timers)) == len(timers)

    @always
    def a_cancelled_timer_never_fires(self, state: State) -> bool:
        return all(timer not in state.cancelled for timer, _ in state.fired)

    @always
    def order_by_deadline_then_creation(self, state: State) -> bool:
        """A timer that fired before one which precedes it fired before that one came."""
        fired = [timer for timer, _ in state.fired]
        return all(
            state.timers[later].fired_before > place
            for place, earlier in enumerate(fired)
            for later in fired[place + 1 :]
            if self.precedence(state, later) < self.precedence(state, earlier)
        )

    @always
    def every_timer_is_somewhere_once(self, state: State) -> bool:
        places = [*state.pending, *state.cancelled, *(timer for timer, _ in state.fired)]
        return sorted(places) == list(range(len(state.timers)))

    # Progress

    @eventually(after="is_due", of="timer")
    def a_due_timer_fires(self, state: State, timer: int) -> bool:
        return timer not in state.pending

    @eventually(after="has_deadline", of="timer")
    def every_deadline_comes(self, state: State, timer: int) -> bool:
        return timer not in state.pending

    # Reachability

    @sometimes
    def a_later_timer_fires_first(self, state: State) -> bool:
        fired = [timer for timer, _ in state.fired]
        return fired != sorted(fired)

    @sometimes
    def equal_deadlines_fire_in_order_of_creation(self, state: State) -> bool:
        fired = [state.timers[timer].deadline for timer, _ in state.fired]
        return len(set(fired)) < len(fired)

    @sometimes
    def a_timer_fires_late(self, state: State) -> bool:
        return any(when != state.timers[timer].deadline for timer, when in state.fired)

    @sometimes
    def a_timer_is_cancelled_when_it_is_due(self, state: State) -> bool:
        return any(state.timers[timer].deadline == state.now for timer in state.cancelled)

    @sometimes
    def a_timer_without_a_deadline_outlasts_the_others(self, state: State) -> bool:
        never = [timer for timer in state.pending if state.timers[timer].deadline is None]
        return state.now == self.horizon and len(never) == 1 and len(state.fired) > 0

    # Canaries

    @always(canary="never_early")
    def nothing_fires_before_the_last_unit(self, state: State) -> bool:
        return all(when == self.horizon for _, when in state.fired)

    @always(canary="fired_at_most_once")
    def nothing_ever_fires(self, state: State) -> bool:
        return not state.fired

    @always(canary="a_cancelled_timer_never_fires")
    def once_one_is_cancelled_nothing_fires(self, state: State) -> bool:
        return not (state.fired and state.cancelled)

    @always(canary="order_by_deadline_then_creation")
    def order_by_creation_alone(self, state: State) -> bool:
        fired = [timer for timer, _ in state.fired]
        return fired == sorted(fired)

    @always(canary="every_timer_is_somewhere_once")
    def every_timer_is_pending(self, state: State) -> bool:
        return len(state.pending) == len(state.timers)

    @eventually(after="is_due", of="timer", canary="a_due_timer_fires")
    def a_due_timer_fires_although_it_is_cancelled(self, state: State, timer: int) -> bool:
        return any(timer == fired for fired, _ in state.fired)

    def is_pending(self, state: State, timer: int) -> bool:
        """Whether the timer is pending, with or without a deadline that comes."""
        return timer in state.pending

    @eventually(after="is_pending", of="timer", canary="every_deadline_comes")
    def never_comes_too(self, state: State, timer: int) -> bool:
        return timer not in state.pending


CONFIGURATIONS = (
    TimersMachine(timers=2, horizon=2, thens=(NOTHING, CANCEL_ALL, INSERT_DUE)),
    TimersMachine(timers=3, horizon=2),
)
