"""Branches: several tasks that run at once for one call, which waits until all have ended.

Modelled: a call of `select` or `join` (`select.py` and `join_all.py` say what each of them waits
for), whose branches are polled in any order, end in every way, and clean up for as long as they
like; its owner, who is cancelled before the call, while it waits for the branches, while it waits
for their cleanup, or afterwards. It makes no difference to the call whether a scope around it is
cancelled or the whole task aborted. A shield that somebody raises between the call and what was
cancelled withdraws the cancellation from those who have not heard of it.

Left out: the order of the run queue (`scheduler.py`), a coroutine that is dropped, arguments that
cannot be awaited (these start nothing).

Variables:
    call           waiting, finishing (it waits for the cleanup), telling (one was aborted: the
                   owner hears first whether it is cancelled itself), over
    outside        calm, cancelled, shielded, cancelled again
    owed_owner     the owner is owed a poll
    branches       by branch: new, suspended, or how it has ended
    owed_branches  by branch: it is owed a poll
    failed         the branch that failed first
    chosen         the branch whose value or error is the call's; of all values it is none
    told           what the owner was told or, when it is cancelled, will be
    given          the branches whose values were given, in order
    reported       the branches whose errors nobody was told of, but `on_task_panic`
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .branches_steps import (
    ABORTED,
    AGAIN,
    CALM,
    CANCELLED,
    ERROR,
    FINISHING,
    NEW,
    OVER,
    SHIELDED,
    SUSPENDED,
    TELLING,
    VALUE,
    WAIT,
    WAITING,
    BranchesSteps,
    State,
)


class BranchesMachine(BranchesSteps):
    """See the head of this file."""

    # Safety

    @always
    def all_have_ended_before_the_call(self, state: State) -> bool:
        return state.call in (WAITING, FINISHING) or not self.alive(state)

    @always
    def who_waits_for_what_has_come_is_owed_a_poll(self, state: State) -> bool:
        if state.call == WAITING:
            return state.owed_owner or not (self.is_settled(state) or self.is_cancelled(state))
        return state.owed_owner or state.call == OVER or bool(self.alive(state))

    @always
    def nobody_hears_of_a_cancellation_that_does_not_reach_it(self, state: State) -> bool:
        return state.told != CANCELLED or state.outside != CALM

    @always
    def an_abort_is_told_to_nobody_who_is_cancelled(self, state: State) -> bool:
        """It would hide the cancellation behind an error."""
        if state.call != TELLING or not self.is_cancelled(state):
            return True
        return self.poll_owner(state).told == CANCELLED

    @always
    def what_is_told_is_what_happened(self, state: State) -> bool:
        if state.call != OVER or state.told == CANCELLED:
            return state.given == ()
        if state.told == VALUE:
            return state.given != () and all(state.branches[each] == VALUE for each in state.given)
        return state.told in state.branches and state.given == ()

    @always
    def every_error_is_raised_or_reported_once(self, state: State) -> bool:
        errors = {branch for branch, at in enumerate(state.branches) if at == ERROR}
        raised = {state.chosen} if state.told == ERROR else set()
        return state.call != OVER or set(state.reported) == errors - raised

    @always
    def who_is_cancelled_hears_of_it(self, state: State) -> bool:
        """A cancelled branch that has not ended is owed a poll, and again after each."""
        cancelled = self.is_cancelled(state) or state.call == FINISHING
        return not cancelled or all(state.owed_branches[each] for each in self.alive(state))

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        return all(
            owed or not any(self.can_poll_branch(state, each, answer) for answer in (WAIT, ABORTED))
            for each, owed in enumerate(state.owed_branches)
        ) and (state.owed_owner or not self.can_poll_owner(state))

    @always
    def who_has_not_begun_cannot_end_by_an_abort(self, state: State) -> bool:
        """And nobody who was not cancelled."""
        cancelled = self.is_cancelled(state) or state.call == FINISHING
        return all(
            (cancelled and at == SUSPENDED) or not self.can_poll_branch(state, branch, ABORTED)
            for branch, at in enumerate(state.branches)
        )

    # Progress

    def could_go_on(self, state: State) -> bool:
        """Whether what the owner waits for has come, or it was cancelled for good."""
        return self.is_settled(state) or state.outside == AGAIN

    @eventually(after="could_go_on")
    def the_owner_goes_on(self, state: State) -> bool:
        return state.call in (FINISHING, OVER)

    def is_finishing(self, state: State) -> bool:
        """Whether the owner waits for the branches to clean up."""
        return state.call == FINISHING

    @eventually(after="is_finishing")
    def the_call_ends(self, state: State) -> bool:
        return state.call == OVER

    def has_heard(self, state: State) -> bool:
        """Whether the call was told of its cancellation."""
        return state.told == CANCELLED

    @eventually(after="has_heard")
    def a_cancellation_goes_on(self, state: State) -> bool:
        """Whatever the branches do, and whoever raises a shield."""
        return state.call == OVER and state.told == CANCELLED

    @eventually(of="branch")
    def every_branch_begins(self, state: State, branch: int) -> bool:
        return state.branches[branch] != NEW

    # Reachability

    @sometimes
    def a_branch_fails_in_its_cleanup(self, state: State) -> bool:
        return state.call == OVER and state.chosen is not None and state.reported != ()

    @sometimes
    def the_owner_is_cancelled_while_the_branches_clean_up(self, state: State) -> bool:
        return self.is_cancelled(state) and state.call == FINISHING and state.chosen is not None

    @sometimes
    def a_cancellation_is_withdrawn_that_was_heard(self, state: State) -> bool:
        return state.outside == SHIELDED and state.told == CANCELLED and state.call == OVER

    @sometimes
    def an_aborted_branch_is_told(self, state: State) -> bool:
        return state.told == ABORTED

    # Canaries

    @always(canary="all_have_ended_before_the_call")
    def all_have_ended_when_the_call_is_settled(self, state: State) -> bool:
        return state.call == WAITING or not self.alive(state)

    @always(canary="who_waits_for_what_has_come_is_owed_a_poll")
    def nobody_waits_for_what_has_come(self, state: State) -> bool:
        return state.call != WAITING or not self.is_settled(state)

    @always(canary="nobody_hears_of_a_cancellation_that_does_not_reach_it")
    def nobody_hears_of_a_cancellation(self, state: State) -> bool:
        return state.told != CANCELLED

    @always(canary="an_abort_is_told_to_nobody_who_is_cancelled")
    def nobody_is_cancelled_beside_an_abort(self, state: State) -> bool:
        return state.call != TELLING or not self.is_cancelled(state)

    @always(canary="what_is_told_is_what_happened")
    def what_happened_is_told(self, state: State) -> bool:
        return state.call != OVER or all(at == state.told for at in state.branches)

    @always(canary="every_error_is_raised_or_reported_once")
    def every_error_is_raised(self, state: State) -> bool:
        return state.reported == ()

    @always(canary="who_is_cancelled_hears_of_it")
    def who_is_cancelled_has_ended(self, state: State) -> bool:
        return not (self.is_cancelled(state) and self.alive(state))

    @always(canary="only_who_is_owed_a_poll_is_polled")
    def nobody_is_polled(self, state: State) -> bool:
        return not any(state.owed_branches)

    @always(canary="who_has_not_begun_cannot_end_by_an_abort")
    def nobody_can_end_by_an_abort(self, state: State) -> bool:
        branches = range(self.branches)
        return not any(self.can_poll_branch(state, branch, ABORTED) for branch in branches)

    def waits(self, state: State) -> bool:
        """Whether the owner waits, for branches that may never end."""
        return state.call == WAITING

    @eventually(after="waits", canary="the_owner_goes_on")
    def the_owner_never_waits_for_ever(self, state: State) -> bool:
        return state.call != WAITING

    @eventually(after="is_finishing", canary="the_call_ends")
    def every_call_gives_values(self, state: State) -> bool:
        return state.told == VALUE

    @eventually(after="has_heard", canary="a_cancellation_goes_on")
    def no_cancellation_that_was_heard_is_withdrawn(self, state: State) -> bool:
        return state.call == OVER and state.outside == CANCELLED

    @eventually(of="branch", canary="every_branch_begins")
    def every_branch_suspends(self, state: State, branch: int) -> bool:
        return state.branches[branch] == SUSPENDED
