"""Timers, any number of them, any deadlines: never early, once at the most, never when cancelled.

The loop of `expire` is proved turn by turn: each of the claims holds at its head. Besides the
properties that one wants to know, the order of firing is proved: by deadline, then by creation.
"""

from __future__ import annotations

import z3

from proofs.symbolic.induction import AtLeast, Subject
from proofs.symbolic.interpreter import Loop
from proofs.symbolic.shapes import Maybe, Scalar
from proofs.symbolic.values import Option, Term, Value
from spec.timers import State, TimersMachine
from zokio.model import always


class TimersLemmas(TimersMachine):
    """The machine of `spec/timers.py` with what the induction needs besides its properties."""

    @always
    def lemma_what_is_kept_was_inserted(self, state: State) -> bool:
        known = len(state.timers)
        return (
            all(timer >= 0 and timer < known for timer in state.pending)
            and all(timer >= 0 and timer < known for timer in state.cancelled)
            and all(timer >= 0 and timer < known for timer, _ in state.fired)
        )

    @always
    def lemma_no_timer_is_in_two_places(self, state: State) -> bool:
        return (
            len(set(state.pending)) == len(state.pending)
            and len(set(state.cancelled)) == len(state.cancelled)
            and all(timer not in state.cancelled for timer in state.pending)
            and all(timer not in state.pending for timer, _ in state.fired)
        )

    @always
    def lemma_every_timer_is_in_some_place(self, state: State) -> bool:
        return all(
            timer in state.pending
            or timer in state.cancelled
            or timer in [fired for fired, _ in state.fired]
            for timer in range(len(state.timers))
        )

    @always
    def lemma_within_the_horizon(self, state: State) -> bool:
        return state.now <= self.horizon and all(
            timer.deadline is None or timer.deadline <= self.horizon for timer in state.timers
        )

    @always
    def lemma_nothing_fired_in_the_future(self, state: State) -> bool:
        return all(when <= state.now for _, when in state.fired)

    @always
    def lemma_nobody_was_there_before_he_came(self, state: State) -> bool:
        return all(timer.fired_before <= len(state.fired) for timer in state.timers)

    @always
    def lemma_nobody_was_passed_over(self, state: State) -> bool:
        """Who is pending precedes nobody that fired since it came."""
        return all(
            state.timers[timer].fired_before > place
            for timer in state.pending
            for place, earlier in enumerate([fired for fired, _ in state.fired])
            if self.precedence(state, timer) < self.precedence(state, earlier)
        )

    def expire_keeps(self, state: State) -> bool:
        """Between two timers that fire, everything holds."""
        return (
            self.never_early(state)
            and self.fired_at_most_once(state)
            and self.a_cancelled_timer_never_fires(state)
            and self.order_by_deadline_then_creation(state)
            and self.lemma_what_is_kept_was_inserted(state)
            and self.lemma_no_timer_is_in_two_places(state)
            and self.lemma_every_timer_is_in_some_place(state)
            and self.lemma_within_the_horizon(state)
            and self.lemma_nothing_fired_in_the_future(state)
            and self.lemma_nobody_was_there_before_he_came(state)
            and self.lemma_nobody_was_passed_over(state)
        )


PROVED = (
    "never_early",
    "fired_at_most_once",
    "a_cancelled_timer_never_fires",
    "order_by_deadline_then_creation",
)
NOT_PROVED = {
    "every_timer_is_somewhere_once": "sorts what has no bound; the lemmas "
    "no_timer_is_in_two_places and every_timer_is_in_some_place say the same, and are proved",
    "the_bounds_are_kept": "the bounds are those of the search, and the proof has none",
    "what_is_pending_stands_in_order_of_creation": "sorts what has no bound",
    "whoever_parks_wakes_at_the_next_deadline": "sorts what has no bound, and speaks of a step",
    "who_cancels_all_leaves_none_that_was_there": "speaks of places in the record of what fired",
    "who_inserts_one_does_so_at_once": "speaks of places in the record of what fired",
    "nobody_else_inserts_while_timers_fire": "counts what one step inserts, over any number",
}
LEMMAS = tuple(name for name in vars(TimersLemmas) if name.startswith("lemma_"))


def at_most_the_horizon(deadline: Option, constants: dict[str, Value]) -> Term:
    """What `domains` says of a deadline."""
    return z3.Implies(
        deadline.some, z3.And(deadline.value >= 0, deadline.value <= constants["horizon"])
    )


SUBJECT = Subject(
    machine=TimersLemmas,
    state=State,
    vectors={"timers": None, "fired": None},
    parameters={"timer": "timers", "deadline": Maybe(Scalar(int)), "then": Scalar(str)},
    constants={"timers": AtLeast(0), "horizon": AtLeast(0), "past": z3.Bool("past")},
    claims=(*PROVED, *LEMMAS),
    loops={"expire": Loop(writes=("timers", "pending", "fired", "cancelled"))},
    limits={"deadline": at_most_the_horizon},
)
