"""What `check` makes of a machine: limits, canaries, idle actions, progress reports."""

from __future__ import annotations

import gc
from typing import NamedTuple

import pytest

from tests.model.machines.drawn import Drawn, Node
from tests.model.machines.two_phase import TwoPhase
from zokio.model import (
    Machine,
    ModelError,
    Progress,
    Report,
    action,
    always,
    check,
    eventually,
    explore,
    sometimes,
)


class Count(NamedTuple):
    """How far the counter is."""

    value: int


class Endless(Machine[Count]):
    """Counts for ever, or jumps into a trap at ten."""

    def initial(self) -> list[Count]:
        return [Count(0)]

    @action(writes=("value",))
    def add(self, state: Count) -> Count:
        return Count(state.value + 1)

    @add.guard
    def can_add(self, state: Count) -> bool:
        return state.value != 10

    @action(writes=("value",), fair=False)
    def jump(self, state: Count) -> Count:
        return Count(state.value + 100)

    @always
    def is_positive(self, state: Count) -> bool:
        return state.value >= 0

    @always
    def is_below_three(self, state: Count) -> bool:
        return state.value < 3

    @sometimes
    def is_five(self, state: Count) -> bool:
        return state.value == 5

    @sometimes
    def is_negative(self, state: Count) -> bool:
        return state.value < 0

    @eventually
    def passes_ten(self, state: Count) -> bool:
        return state.value > 10

    @eventually
    def grows(self, state: Count) -> bool:
        return state.value > 5

    @always(canary="is_positive")
    def is_zero(self, state: Count) -> bool:
        return state.value == 0

    @always(canary="is_positive")
    def is_natural(self, state: Count) -> bool:
        return state.value >= 0


def outcomes(report: Report) -> dict[str, str]:
    return {result.name: result.outcome for result in report.properties}


def test_a_search_that_is_cut_knows_what_it_saw_and_no_more() -> None:
    report = check(Endless(), states_max=100)
    assert outcomes(report) == {
        "is_positive": "incomplete",
        "is_below_three": "violated",
        "is_five": "holds",
        "is_negative": "incomplete",
        "passes_ten": "violated",
        "grows": "incomplete",
        "is_zero": "violated",
        "is_natural": "incomplete",
    }
    assert report.outcome == "violated"
    assert "incomplete: the search was cut by states_max" in report.text()


def test_a_search_that_is_cut_is_never_a_pass() -> None:
    machine = TwoPhase()
    assert check(machine, states_max=287).outcome == "incomplete"
    assert check(machine, states_max=288).outcome == "holds"


def test_a_machine_without_claims_is_incomplete_when_it_is_cut() -> None:
    class Silent(Machine[Count]):
        def initial(self) -> list[Count]:
            return [Count(0)]

        @action(writes=("value",))
        def add(self, state: Count) -> Count:
            return Count(state.value + 1)

    report = check(Silent(), states_max=5)
    assert (report.outcome, report.properties) == ("incomplete", ())
    assert "cut by states_max" in report.text()


def test_a_cut_inside_a_level_counts_the_states_below_it_as_deeper() -> None:
    graph = explore(Endless(), states_max=2)
    assert [state.value for state in graph.states] == [0, 1, 100]
    assert (graph.expanded, graph.depth, graph.complete) == (1, 1, False)


def test_a_search_stops_at_the_first_state_that_goes_over_the_limit() -> None:
    wide = Drawn(start=(0, 1), fair=((2, 4), (3, 5)))
    graph = explore(wide, states_max=2)
    assert [state.at for state in graph.states] == [0, 1, 2, 3]
    assert graph.expanded == 1


def test_a_canary_that_is_violated_passes() -> None:
    result = check(TwoPhase()).property("nobody_commits")
    assert (result.outcome, result.verdict) == ("violated", "holds")


@pytest.mark.parametrize("kind", ["always", "sometimes", "eventually"])
def test_a_canary_that_is_not_violated_fails_the_check(kind: str) -> None:
    class BlindAlways(Drawn):
        @always(canary="avoids")
        def sees(self, state: Node) -> bool:
            return True

    class BlindSometimes(Drawn):
        @sometimes(canary="avoids")
        def sees(self, state: Node) -> bool:
            return True

    class BlindEventually(Drawn):
        @eventually(canary="avoids")
        def sees(self, state: Node) -> bool:
            return True

    blind = {"always": BlindAlways, "sometimes": BlindSometimes, "eventually": BlindEventually}
    report = check(blind[kind](fair=((1, 1),), holds=frozenset({1})))
    result = report.property("sees")
    assert (result.outcome, result.verdict) == ("holds", "violated")
    assert result.kind == kind
    assert "a canary must be violated" in result.text()


def test_an_action_that_never_happens_fails_the_check() -> None:
    class Lazy(Endless):
        def can_add(self, state: Count) -> bool:
            return state.value < 2

        @Endless.jump.guard
        def can_jump(self, state: Count) -> bool:
            return state.value < 0

    report = check(Lazy())
    assert report.never_enabled == ("jump",)
    assert report.action_counts == {"add": 2, "jump": 0}
    assert "vacuous: action jump is never enabled" in report.text()
    assert Endless.definition.guards == {"add": "can_add"}


def test_an_action_that_never_happens_alone_makes_the_outcome_violated() -> None:
    class Still(Machine[Count]):
        may_sleep: bool = False

        def initial(self) -> list[Count]:
            return [Count(0)]

        @action(writes=())
        def wake(self, state: Count) -> Count:
            return state

        @wake.guard
        def can_wake(self, state: Count) -> bool:
            return False

    class Excused(Still):
        @action(writes=(), may_be_idle=True)
        def wake(self, state: Count) -> Count:
            return state

    assert check(Still()).outcome == "violated"
    assert check(Excused()).outcome == "holds"


def test_an_action_is_not_called_idle_when_the_search_was_cut() -> None:
    class Late(Endless):
        @Endless.jump.guard
        def can_jump(self, state: Count) -> bool:
            return state.value == 9

    assert check(Late(), states_max=3).never_enabled == ()
    assert check(Late(), states_max=50).action_counts["jump"] == 1


def test_a_deadlock_is_allowed_and_can_be_forbidden() -> None:
    machine = Drawn(fair=((1, None),), holds=frozenset({1}), avoided=frozenset({1}))
    assert check(machine).property("gets_there").outcome == "holds"

    class Lively(Drawn):
        @always
        def goes_on(self, state: Node) -> bool:
            return self.enabled(state) != ()

    result = check(Lively(fair=((1, None),))).property("goes_on")
    assert result.outcome == "violated"
    assert result.trace is not None
    assert len(result.trace.steps) == 1


def test_progress_is_reported_until_the_search_is_over() -> None:
    seen: list[Progress] = []
    report = check(TwoPhase(managers=5), progress=seen.append)
    assert len(seen) > report.depth
    assert [one.states for one in seen] == sorted(one.states for one in seen)
    assert [one.depth for one in seen] == sorted(one.depth for one in seen)
    assert (seen[-1].states, seen[-1].frontier) == (report.states, 0)
    assert seen[-1].depth == report.depth
    assert 0 <= seen[0].seconds <= seen[-1].seconds <= report.seconds


@pytest.mark.parametrize("enabled", [True, False])
def test_the_garbage_collector_rests_during_the_search_and_is_left_as_it_was(enabled: bool) -> None:
    def switch(on: bool) -> None:
        gc.enable() if on else gc.disable()

    before = gc.isenabled()
    try:
        switch(enabled)
        during: list[bool] = []
        check(TwoPhase(), progress=lambda progress: during.append(gc.isenabled()))
        after_check = gc.isenabled()
        with pytest.raises(ModelError):
            explore(Endless(), progress=lambda progress: _stop(), states_max=9)
        after_error = gc.isenabled()
    finally:
        switch(before)
    assert set(during) == {False}
    assert (after_check, after_error) == (enabled, enabled)


def _stop() -> None:
    raise ModelError("enough")


def test_a_graph_without_edges_says_so_when_it_is_asked_for_them() -> None:
    with pytest.raises(ValueError, match="explored without its edges"):
        explore(TwoPhase()).out(0)


def test_two_searches_see_the_same_in_the_same_order() -> None:
    first, second = explore(TwoPhase(), edges=True), explore(TwoPhase(), edges=True)
    assert first.states == second.states
    assert first.edges == second.edges
