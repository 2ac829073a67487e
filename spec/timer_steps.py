"""The variables of the timers machine, and its steps: insert, cancel, let time pass, expire, park.

What is modelled, and what the variables mean, is said at the head of `timers.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, drop

NOTHING = "nothing"
CANCEL_ALL = "cancel_all"
INSERT_DUE = "insert_due"


class Timer(NamedTuple):
    """What was said when the timer was inserted, and what had fired by then."""

    deadline: int | None
    then: str
    fired_before: int


class State(NamedTuple):
    """The variables; see the head of `timers.py`."""

    now: int
    timers: tuple[Timer, ...]
    pending: tuple[int, ...]
    fired: tuple[tuple[int, int], ...]
    cancelled: tuple[int, ...]


class TimerSteps(Machine[State]):
    """Everything that can happen. `past`: whether a timer may come when its deadline has."""

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
