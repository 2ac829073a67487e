"""The cancel scope machine holds in its bounds, and wrong twins of it do not."""

from __future__ import annotations

import pytest

from spec.cancel_scopes import CONFIGURATIONS, CancelGroupsMachine, ObedientMachine
from spec.scope_actions import ScopeActions
from spec.scope_tree import CLOSING, RUNNING, State, end_task, hears, home, running
from zokio.model import check, drop, put

BOUNDS = {"tasks": 2, "scopes": 1, "threads": False, "apart": False}


@pytest.mark.parametrize("machine", CONFIGURATIONS, ids=repr)
def test_every_claim_holds_in_the_bounds(machine: ScopeActions) -> None:
    report = check(machine)
    assert report.outcome == "holds", report.text()


class EdgeTriggered(CancelGroupsMachine):
    """Cancelled is raised once: a task that is owed nothing more hears it no more."""

    def poll(self, state: State) -> State:
        after = super().poll(state)
        return after._replace(owed=False)


class Interrupting(CancelGroupsMachine):
    """A task that has not begun hears of it before its first suspension point."""

    def poll(self, state: State) -> State:
        task = state.queue[0]
        after = super().poll(state)
        told = after.phase[task] == RUNNING and state.phase[task] != CLOSING and hears(state, task)
        return after._replace(flight=put(after.flight, task, told))


class Swallowing(CancelGroupsMachine):
    """Every scope catches every cancellation."""

    def pass_on(self, state: State) -> State:
        task = running(state)
        after = super().pass_on(state)
        return after._replace(flight=put(after.flight, task, False))


class Leaking(CancelGroupsMachine):
    """No scope catches a cancellation, not even its own."""

    def pass_on(self, state: State) -> State:
        task = running(state)
        after = super().pass_on(state)
        return after._replace(flight=put(after.flight, task, True))


class Forgetful(ObedientMachine):
    """Nobody tells whoever waits that the last member has ended."""

    def end(self, state: State) -> State:
        task = running(state)
        after = end_task(state, task)
        new = [each for each in after.queue if each not in state.queue]
        if home(state, task) >= 0 and new:
            return after._replace(queue=drop(after.queue, new[0]))
        return after


TWINS = {
    "a_cancelled_task_is_owed_a_poll": EdgeTriggered,
    "a_new_task_runs_to_its_first_suspension_point": Interrupting,
    "a_scope_passes_a_cancellation_from_outside": Swallowing,
    "a_scope_catches_its_own_cancellation": Leaking,
    "cancelled_never_leaves_what_was_cancelled": Leaking,
    "a_cancelled_group_ends": Forgetful,
}


@pytest.mark.parametrize("claim", TWINS)
def test_a_wrong_twin_violates_the_claim(claim: str) -> None:
    report = check(TWINS[claim](**BOUNDS))
    outcomes = {result.name: result.outcome for result in report.properties}
    assert outcomes[claim] == "violated"
