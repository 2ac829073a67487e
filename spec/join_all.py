"""join: the values of all branches in the order of the arguments, or the first failure.

Modelled: `branches.py`, and what the owner waits for: the end of all, or a failure, which cancels
the rest. A branch that was aborted cancels nobody: the call waits for the others, and raises
AbortedError when all have ended and none has failed.

Not to be mixed up with `join.py`, which is about the handle of one task.
"""

from __future__ import annotations

from zokio.model import always, sometimes

from .branches import BranchesMachine
from .branches_steps import ABORTED, ERROR, FINISHING, OVER, TELLING, VALUE, WAITING, State


class JoinAllMachine(BranchesMachine):
    """See the head of this file."""

    def is_settled(self, state: State) -> bool:
        """Whether all have ended, or one has failed."""
        return state.failed is not None or not self.alive(state)

    def decide(self, state: State) -> State:
        """The failure is raised, the values are given, or the owner waits on."""
        if not self.is_settled(state):
            return state
        return self.finish(state._replace(chosen=state.failed))

    # Safety

    @always
    def all_values_are_given_in_order(self, state: State) -> bool:
        return state.told != VALUE or state.given == tuple(range(self.branches))

    @always
    def the_first_failure_is_raised(self, state: State) -> bool:
        return state.told != ERROR or state.chosen == state.failed is not None

    @always
    def a_failure_is_told_if_no_cancellation_is(self, state: State) -> bool:
        return state.call != OVER or state.failed is None or state.told not in (VALUE, ABORTED)

    @always
    def nothing_is_cancelled_without_a_reason(self, state: State) -> bool:
        return state.call != FINISHING or state.failed is not None or self.has_heard(state)

    @always
    def an_abort_is_told_when_nobody_has_failed(self, state: State) -> bool:
        return state.call != TELLING or state.failed is None

    # Reachability

    @sometimes
    def it_gives_all_values(self, state: State) -> bool:
        return state.told == VALUE and state.outside == "calm"

    @sometimes
    def others_run_on_beside_an_aborted_one(self, state: State) -> bool:
        calm = state.call == WAITING and not self.is_cancelled(state)
        return calm and not state.owed_owner and ABORTED in state.branches

    @sometimes
    def a_later_failure_is_reported(self, state: State) -> bool:
        return state.told == ERROR and state.chosen == 1 and state.reported == (0,)

    # Canaries

    @always(canary="all_values_are_given_in_order")
    def nothing_is_given(self, state: State) -> bool:
        return state.given == ()

    @always(canary="the_first_failure_is_raised")
    def the_failure_of_the_first_is_raised(self, state: State) -> bool:
        return state.told != ERROR or state.chosen == 0

    @always(canary="a_failure_is_told_if_no_cancellation_is")
    def a_failure_is_told(self, state: State) -> bool:
        return state.call != OVER or state.failed is None or state.told == ERROR

    @always(canary="nothing_is_cancelled_without_a_reason")
    def only_a_failure_cancels(self, state: State) -> bool:
        return state.call != FINISHING or state.failed is not None

    @always(canary="an_abort_is_told_when_nobody_has_failed")
    def an_abort_is_told_before_the_others_end(self, state: State) -> bool:
        return state.call != TELLING or state.branches.count(ABORTED) == 1


CONFIGURATIONS = (JoinAllMachine(branches=2), JoinAllMachine(branches=3))
