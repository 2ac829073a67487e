"""select: the first branch that ends gives its value or its error; the others are cancelled.

Modelled: `branches.py`, and which branch wins: of those that have ended when the owner looks, any
(it is drawn by lot), or with `biased` the first in the order of the arguments. A loser that ends
with a value in its cleanup has lost it, and its error is reported.

Left out: the probabilities of the lot.
"""

from __future__ import annotations

from zokio.model import action, always, sometimes

from .branches import BranchesMachine
from .branches_steps import ERROR, OVER, VALUE, WAITING, State


class SelectMachine(BranchesMachine):
    """See the head of this file."""

    biased: bool = False

    def looks(self, state: State) -> bool:
        """Whether the owner is about to see that a branch has ended."""
        at = state.call == WAITING and state.owed_owner
        return at and not self.is_cancelled(state) and self.is_settled(state)

    def can_poll_owner(self, state: State) -> bool:
        return state.owed_owner and not self.looks(state)

    @action(writes=("call", "owed_owner", "owed_branches", "chosen", "told", "given", "reported"))
    def take(self, state: State, branch: int) -> State:
        """The owner takes a branch that has ended; the others are cancelled."""
        return self.finish(state._replace(chosen=branch))

    @take.guard
    def can_take(self, state: State, branch: int) -> bool:
        if not self.looks(state):
            return False
        over = self.over(state)
        return branch == over[0] if self.biased else branch in over

    def who_may_win(self, state: State) -> list[int]:
        """The branches that the owner may take now."""
        return [branch for branch in range(self.branches) if self.can_take(state, branch)]

    # Safety

    @always
    def the_winner_has_ended(self, state: State) -> bool:
        return state.chosen is None or state.chosen in self.over(state)

    @always
    def one_that_has_ended_wins(self, state: State) -> bool:
        """Any of them, or the first."""
        if not self.looks(state):
            return self.who_may_win(state) == []
        over = self.over(state)
        return self.who_may_win(state) == (over[:1] if self.biased else over)

    @always
    def the_value_is_the_winners(self, state: State) -> bool:
        return state.told != VALUE or state.given == (state.chosen,)

    @always
    def the_error_is_the_winners(self, state: State) -> bool:
        return state.told != ERROR or state.branches[state.chosen or 0] == ERROR

    # Reachability

    @sometimes
    def several_have_ended_when_it_looks(self, state: State) -> bool:
        return self.looks(state) and len(self.over(state)) > 1

    @sometimes
    def the_last_wins_before_the_first_has_begun(self, state: State) -> bool:
        return self.who_may_win(state) == [self.branches - 1] and state.branches[0] == "new"

    @sometimes
    def a_loser_ends_with_a_value(self, state: State) -> bool:
        return state.call == OVER and state.told == ERROR and VALUE in state.branches

    # Canaries

    @always(canary="the_winner_has_ended")
    def nobody_wins(self, state: State) -> bool:
        return state.chosen is None

    @always(canary="one_that_has_ended_wins")
    def the_first_wins(self, state: State) -> bool:
        return self.who_may_win(state) in ([], [0])

    @always(canary="the_value_is_the_winners")
    def the_first_value_is_given(self, state: State) -> bool:
        return state.told != VALUE or state.given == (state.branches.index(VALUE),)

    @always(canary="the_error_is_the_winners")
    def the_first_error_is_raised(self, state: State) -> bool:
        return state.told != ERROR or state.chosen == state.branches.index(ERROR)


CONFIGURATIONS = (
    SelectMachine(branches=2),
    SelectMachine(branches=3),
    SelectMachine(branches=3, biased=True),
)
