"""Why a mutant of a specification may survive: by its name, the reason.

Either it lets the environment do more, or it changes a claim and no machine is judged otherwise.
Without a reason here such a mutant is `open`, and the run fails (`spec_mutation.py`).
"""

from __future__ import annotations

REASONS: dict[str, str] = {
    "cancel_scopes.ScopeActions.is_cancellable: dropped: not state.called[scope]": (
        "a scope may be cancelled twice: the second time changes nothing (`cancel_scope`), and is "
        "left out so that there are fewer runs to look at"
    ),
    "cancel_scopes.ScopeActions.can_abort: dropped: self.goes_on(state)": (
        "an abort at another moment, between two polls or while Cancelled is on its way: what it "
        "does is the same, and an abort by another thread comes between two polls as well"
    ),
    "cancel_scopes.ScopeActions.can_abort_from_thread: dropped: self.threads": (
        "other threads in the configurations that leave them out: another configuration has them"
    ),
    "cancel_scopes.ScopeClaims.is_cancelled_where_it_suspended: "
    "dropped: is_in_reach(state, task)": (
        "who is out of reach fulfils the claim at once, so it may wait for that or not"
    ),
    "scheduler.OtherThreads.has_a_way: dropped: thread.at == 'marking'": (
        "counts a thread that has pushed its entry as a way until it is idle, a few steps later; "
        "a wake that is lost is lost for good, and the claim says so then"
    ),
    "scheduler.OtherThreads.is_carried: dropped: thread.at == 'pushing'": (
        "counts a thread as carrying its entry until it is idle, a few steps later; an entry that "
        "is lost is lost for good, and the claims say so then"
    ),
    "blocking_pool.BlockingClaims.is_closed: always true": (
        "a stronger claim that holds as well: every pool that is used no more ends, closed or not"
    ),
    "condition.ConditionSteps.can_notify: guard dropped": (
        "the real one refuses who does not hold the mutex with an error; every claim holds for "
        "such a notification as well"
    ),
    "condition.ConditionSteps.can_notify_all: guard dropped": (
        "the real one refuses who does not hold the mutex with an error; every claim holds for "
        "such a notification as well"
    ),
    "condition.ConditionSteps.can_cancel: guard dropped": (
        "a task may be cancelled before it waits, or twice: it hears of it where it waits next, "
        "and every claim holds"
    ),
    "condition.ConditionSteps.can_cancel: dropped: state.at[task] not in (AWAY, INSIDE)": (
        "a task may be cancelled before it waits, or twice: it hears of it where it waits next, "
        "and every claim holds"
    ),
    "condition.ConditionSteps.can_cancel: state.at[task] not in (AWAY, INSIDE) and (not "
    "state.cance... becomes state.at[task] not in (AWAY, INSIDE) or not state.cancell...": (
        "a task may be cancelled before it waits, or twice: it hears of it where it waits next, "
        "and every claim holds"
    ),
    "once_cell.CellMachine.can_fail: guard dropped": (
        "who makes no value has none that could fail; in the machine it just goes away, and "
        "every claim holds"
    ),
    "once_cell.CellMachine.can_cancel: guard dropped": (
        "a task may be cancelled before it waits, or twice: it hears of it where it waits next, "
        "and every claim holds"
    ),
    "once_cell.CellMachine.can_cancel: dropped: state.tasks.at[task] != AWAY": (
        "a task may be cancelled before it waits, or twice: it hears of it where it waits next, "
        "and every claim holds"
    ),
    "once_cell.CellMachine.can_cancel: state.tasks.at[task] != AWAY and (not "
    "state.tasks.cancell... becomes state.tasks.at[task] != AWAY or not state.tasks.cancellin...": (
        "a task may be cancelled before it waits, or twice: it hears of it where it waits next, "
        "and every claim holds"
    ),
    **dict.fromkeys(
        (
            "join_all.BranchesSteps.can_cancel: guard dropped",
            "join_all.BranchesSteps.can_cancel: dropped: state.outside in (CALM, SHIELDED)",
            "join_all.BranchesSteps.can_cancel: dropped: state.call != OVER",
            "join_all.BranchesSteps.can_cancel: state.outside in (CALM, SHIELDED) and state.call "
            "!= OVER becomes state.outside in (CALM, SHIELDED) or state.call != OVER",
            "join_all.BranchesSteps.can_shield: dropped: state.call != OVER",
            "select.BranchesSteps.can_cancel: guard dropped",
            "select.BranchesSteps.can_cancel: dropped: state.call != OVER",
            "select.BranchesSteps.can_shield: dropped: state.call != OVER",
        ),
        "the owner may be cancelled twice, and after the call, where it concerns nobody: every "
        "claim holds",
    ),
    "join.JoinMachine.the_bounds_are_kept: state.injected <= 1 becomes state.injected <= 2": (
        "a wrong machine that breaks this bound of the model breaks it without end, and the weaker "
        "one as well"
    ),
    "join_all.BranchesMachine.who_is_cancelled_hears_of_it: dropped: state.call == FINISHING": (
        "a branch that does not hear of the end of the call lets the call wait for ever, and that "
        "is refuted as well"
    ),
    **dict.fromkeys(
        (
            "join_all.BranchesMachine.only_who_is_owed_a_poll_is_polled: all((owed or not any(("
            "self.can_poll_branch(state, each, a... becomes any((owed or not any(("
            "self.can_poll_branch(state, each, a...",
            "join_all.BranchesMachine.who_has_not_begun_cannot_end_by_an_abort: all((cancelled and "
            "at == SUSPENDED or not self.can_poll_b... becomes any((cancelled and at == SUSPENDED "
            "or not self.can_poll_b...",
        ),
        "the branches are alike, and in some state all of them are where the claim speaks of one",
    ),
}
