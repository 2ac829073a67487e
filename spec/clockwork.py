"""The timers step by step: each timer that fires is a step of its own.

The machine of `timers.py` fires in one action all that is due. A recorded run has more steps: the
queue is told the time, fires one timer after another, each of which may insert and cancel others,
and is through when nothing is due any more. The words, the order and what must be true are those of
`timers.py`. The coarse actions stay: they say what the fine ones come to, and lead to no state that
these cannot lead to.

      tell ---> fire_first ---> fire_first ... ---> end_expire

Left out, beside what `timers.py` leaves out: what a timer does when it fires. Its steps follow.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from zokio.model import action

from .timers import CANCEL_ALL, INSERT_DUE, NOTHING, CascadingTimers, State, TimersMachine


class Clockwork(TimersMachine):
    """See the head of this file. Instants are numbers of units, as there."""

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {**super().domains(), "instant": range(self.horizon + 1)}

    @action(writes=("now",), reads=("now",), fair=False)
    def tell(self, state: State, instant: int) -> State:
        """The queue is told what time it is, and begins to expire."""
        return state._replace(now=instant)

    @tell.guard
    def can_tell(self, state: State, instant: int) -> bool:
        """A clock never runs backwards."""
        return instant >= state.now

    @action(
        writes=("timers", "pending", "fired", "cancelled"),
        reads=("now", "timers", "pending", "fired", "cancelled"),
        fair=False,
    )
    def fire_first(self, state: State, timer: int) -> State:
        """It is its turn."""
        return self.fire(state, timer)

    @fire_first.guard
    def can_fire_first(self, state: State, timer: int) -> bool:
        return self.first_due(state) == timer

    @action(writes=(), reads=("now", "timers", "pending"), fair=False)
    def end_expire(self, state: State) -> State:
        """Nothing is due any more."""
        return state

    @end_expire.guard
    def can_end_expire(self, state: State) -> bool:
        return self.first_due(state) is None


class CascadingClockwork(Clockwork, CascadingTimers):
    """With timers that do something when they fire, and what must fail of them."""


CONFIGURATIONS = (
    CascadingClockwork(timers=2, horizon=2, thens=(NOTHING, CANCEL_ALL, INSERT_DUE)),
    Clockwork(timers=3, horizon=2),
)
