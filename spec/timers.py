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

from collections.abc import Iterator

from zokio.model import always, eventually, sometimes

from .timer_steps import CANCEL_ALL, INSERT_DUE, NOTHING, State, Timer, TimerSteps

__all__ = [
    "CANCEL_ALL",
    "CONFIGURATIONS",
    "INSERT_DUE",
    "NOTHING",
    "CascadingTimers",
    "State",
    "Timer",
    "TimersMachine",
]


class TimersMachine(TimerSteps):
    """See the head of this file."""

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

    @always
    def the_bounds_are_kept(self, state: State) -> bool:
        """Those of the search: so many timers, and no instant after the last."""
        return len(state.timers) <= self.timers and 0 <= state.now <= self.horizon

    @always
    def what_is_pending_stands_in_order_of_creation(self, state: State) -> bool:
        return list(state.pending) == sorted(state.pending)

    @always
    def whoever_parks_wakes_at_the_next_deadline(self, state: State) -> bool:
        """Or at once, if that has passed; and what was due then has fired."""
        if not self.can_park(state):
            return True
        deadlines = sorted(
            state.timers[timer].deadline or 0
            for timer in state.pending
            if state.timers[timer].deadline is not None
        )
        after = self.park(state)
        return after.now == max(state.now, deadlines[0]) and len(after.fired) > len(state.fired)

    @always
    def who_cancels_all_leaves_none_that_was_there(self, state: State) -> bool:
        """Whatever fires or is pending after it has been inserted after it."""
        return all(
            state.timers[later].fired_before > place
            for place, timer in self.fired_that(state, CANCEL_ALL)
            for later in (*state.pending, *(timer for timer, _ in state.fired[place + 1 :]))
        )

    @always
    def who_inserts_one_does_so_at_once(self, state: State) -> bool:
        """As long as there is room."""
        return len(state.timers) == self.timers or all(
            Timer(state.fired[place][1], NOTHING, place + 1) in state.timers
            for place, _ in self.fired_that(state, INSERT_DUE)
        )

    @always
    def nobody_else_inserts_while_timers_fire(self, state: State) -> bool:
        after = self.expire(state)
        inserting = [
            place for place, _ in self.fired_that(after, INSERT_DUE) if place >= len(state.fired)
        ]
        return len(after.timers) - len(state.timers) <= len(inserting)

    def fired_that(self, state: State, then: str) -> Iterator[tuple[int, int]]:
        """The timers that fired and do this: the place in `fired`, and the timer."""
        for place, (timer, _) in enumerate(state.fired):
            if state.timers[timer].then == then:
                yield place, timer

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

    @always(canary="the_bounds_are_kept")
    def the_bounds_are_never_reached(self, state: State) -> bool:
        return len(state.timers) < self.timers and state.now < self.horizon

    @always(canary="what_is_pending_stands_in_order_of_creation")
    def what_is_pending_has_no_gaps(self, state: State) -> bool:
        return list(state.pending) == list(range(len(state.pending)))

    @always(canary="whoever_parks_wakes_at_the_next_deadline")
    def whoever_parks_wakes_at_once(self, state: State) -> bool:
        return not self.can_park(state) or self.park(state).now == state.now

    @eventually(after="is_due", of="timer", canary="a_due_timer_fires")
    def a_due_timer_fires_although_it_is_cancelled(self, state: State, timer: int) -> bool:
        return any(timer == fired for fired, _ in state.fired)

    def is_pending(self, state: State, timer: int) -> bool:
        """Whether the timer is pending, with or without a deadline that comes."""
        return timer in state.pending

    @eventually(after="is_pending", of="timer", canary="every_deadline_comes")
    def never_comes_too(self, state: State, timer: int) -> bool:
        return timer not in state.pending


class CascadingTimers(TimersMachine):
    """With timers that do something when they fire, and may come too late."""

    @sometimes
    def one_comes_when_its_deadline_has_passed(self, state: State) -> bool:
        return state.now > 0 and self.can_insert(state, 0, NOTHING)

    @always(canary="who_cancels_all_leaves_none_that_was_there")
    def nothing_fires_after_one_that_cancels_all(self, state: State) -> bool:
        return all(place == len(state.fired) - 1 for place, _ in self.fired_that(state, CANCEL_ALL))

    @always(canary="who_inserts_one_does_so_at_once")
    def who_inserts_one_finds_room(self, state: State) -> bool:
        return all(
            Timer(state.fired[place][1], NOTHING, place + 1) in state.timers
            for place, _ in self.fired_that(state, INSERT_DUE)
        )

    @always(canary="nobody_else_inserts_while_timers_fire")
    def nobody_inserts_while_timers_fire(self, state: State) -> bool:
        return len(self.expire(state).timers) == len(state.timers)


CONFIGURATIONS = (
    CascadingTimers(timers=3, horizon=1, thens=(NOTHING, CANCEL_ALL, INSERT_DUE)),
    TimersMachine(timers=3, horizon=2),
)
