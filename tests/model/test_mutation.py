"""Mutants of machines whose fates are known."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest

from tests.model.machines.counters import Count, Counter, Looping, TwoWays, WeakCounter, Wrong
from tests.model.machines.locks import SpinLock, TicketLock
from zokio.model import (
    Machine,
    ModelError,
    Mutant,
    MutantJudge,
    MutantVerdict,
    MutationReport,
    action,
    check,
    explore,
    mutants,
    mutation_report,
)
from zokio.model.mutation_fairness import fairness_matters

pytestmark = pytest.mark.interpreted  # reads and replaces the source of functions


def mutant_of(machine: Machine[Count], name: str) -> Mutant:
    """The mutant of that name."""
    found = {mutant.name: mutant for mutant in mutants(machine)}
    assert name in found, "\n".join(found)
    return found[name]


def verdict_of(machine: Machine[Count], name: str) -> MutantVerdict:
    """What becomes of the mutant of that name."""
    return MutantJudge([machine]).judge(mutant_of(machine, name))


def fates(report: MutationReport) -> dict[str, str]:
    """By mutant."""
    return {mutant.name: verdict.fate for mutant, verdict in report.verdicts}


# Behaviour


def test_a_dropped_guard_that_matters_is_killed_by_the_claim_which_it_breaks() -> None:
    verdict = verdict_of(Counter(), "Counter.can_step: guard dropped")
    assert (verdict.fate, verdict.by) == ("killed", "never_above")


def test_a_condition_that_is_always_true_is_shown_to_be_superfluous() -> None:
    verdict = verdict_of(Counter(), "Counter.can_step: dropped: state.n >= 0")
    assert (verdict.fate, verdict.by) == ("equivalent", "the graphs are the same")


def test_a_skipped_effect_is_killed_by_the_progress_that_it_prevents() -> None:
    verdict = verdict_of(Counter(), "Counter.step: effect skipped")
    assert (verdict.fate, verdict.by) == ("killed", "it_arrives")


def test_an_action_that_never_happens_any_more_is_noticed() -> None:
    verdict = verdict_of(Endless(), "Endless.can_step: guard negated")
    assert (verdict.fate, verdict.by) == ("killed", "never happens: step")


def test_a_mutant_that_a_weak_claim_does_not_notice_survives_and_is_named() -> None:
    name = "Counter.can_step: state.n < self.top becomes state.n <= self.top"
    weak, strong = mutation_report(WeakCounter()), mutation_report(Counter())
    assert name in [mutant.name for mutant in weak.survivors]
    assert f"survived: {name} (allowed: step())" in weak.text()
    assert fates(strong)[name] == "killed"
    assert weak.score < strong.score


def test_a_mutant_that_loops_for_ever_is_stopped_and_killed() -> None:
    verdict = verdict_of(Looping(), "Looping.step: n + 1 becomes n - 1")
    assert (verdict.fate, verdict.by) == ("killed", "ModelError")


def test_a_mutant_with_endless_states_is_never_called_equivalent() -> None:
    machine = Endless()
    verdict = verdict_of(machine, "Endless.can_step: guard dropped")
    assert verdict.fate == "survived" and verdict.by.startswith("more than")


class Endless(Counter):
    """Claims nothing of whether and where it stops."""

    def can_step(self, state: Count) -> bool:
        return state.n < self.top

    def never_above(self, state: Count) -> bool:
        return state.n >= 0

    def it_arrives(self, state: Count) -> bool:
        return state.n >= 0


# Fairness


def test_losing_the_only_fair_step_is_noticed() -> None:
    verdict = verdict_of(Counter(), "Counter.step: no longer fair")
    assert (verdict.fate, verdict.by) == ("killed", "it_arrives")


@pytest.mark.parametrize("name", ["Counter.step", "TwoWays.other_step"])
def test_losing_one_of_two_fair_steps_that_do_the_same_changes_no_run(name: str) -> None:
    verdict = verdict_of(TwoWays(), f"{name}: no longer fair")
    assert (verdict.fate, verdict.by) == ("equivalent", "the fair runs are the same")


def test_fairness_that_no_claim_needs_survives() -> None:
    judge = MutantJudge([SpinLockWithoutPromise()])
    verdicts = {m.name: judge.judge(m) for m in mutants(SpinLockWithoutPromise())}
    assert verdicts["SpinLock.release: no longer fair"].by == "there are more fair runs"
    assert verdicts["SpinLock.release: no longer fair"].fate == "survived"


class SpinLockWithoutPromise(SpinLock):
    """With spinning processes nobody is sure to get in: it promises that somebody may."""

    def gets_in(self, state: object, process: int) -> bool:
        return True


@pytest.mark.parametrize(
    ("machine", "action", "matters"),
    [
        (TicketLock(), "release", True),  # whoever is inside may stay there
        (TicketLock(), "take", True),
        (TwoWays(), "step", False),
        (Counter(), "step", True),  # a run that stutters is a new one
    ],
    ids=str,
)
def test_whether_fairness_matters_is_known(
    machine: Machine[Count], action: str, matters: bool
) -> None:
    graph = explore(machine, edges=True)
    fair = [step.action.fair for step in graph.steps]
    dropped = [number for number, step in enumerate(graph.steps) if step.name == action]
    assert fairness_matters(graph, fair, dropped) is matters


# Claims


def test_a_claim_that_says_nothing_is_killed_by_a_wrong_machine_that_it_does_not_refute() -> None:
    report = mutation_report(Counter())
    verdict = {m.name: v for m, v in report.verdicts}["Counter.never_above: always true"]
    assert verdict.fate == "killed"
    assert verdict.by.startswith("no longer refutes Counter.can_step")


def test_a_claim_that_is_too_strong_is_killed_by_the_machine_itself() -> None:
    report = mutation_report(Counter())
    name = "Counter.never_above: state.n <= self.top becomes state.n < self.top"
    verdict = {mutant.name: verdict for mutant, verdict in report.verdicts}[name]
    assert (verdict.fate, verdict.by) == ("killed", "never_above")


def test_a_weaker_claim_that_no_wrong_machine_tells_apart_is_not_called_killed() -> None:
    report = mutation_report(WeakCounter())
    fate = fates(report)["WeakCounter.never_above: self.top + 2 becomes self.top"]
    assert fate in ("survived", "equivalent")


# The mechanism


@pytest.mark.parametrize(
    "machine", [Counter(), Looping(), TwoWays(), SpinLock(), TicketLock()], ids=repr
)
def test_the_mutants_are_the_same_in_every_run_and_have_names_of_their_own(
    machine: Machine[Count],
) -> None:
    names = [mutant.name for mutant in mutants(machine)]
    assert names == [mutant.name for mutant in mutants(machine)]
    assert len(set(names)) == len(names)


def test_a_mutant_is_gone_when_its_block_ends_even_by_an_error() -> None:
    machine = Counter()
    code = Counter.can_step.__code__
    mutant = mutant_of(machine, "Counter.can_step: guard dropped")
    with pytest.raises(ZeroDivisionError), mutant.planted():
        assert machine.can_step(Count(99))
        raise ZeroDivisionError
    assert Counter.can_step.__code__ is code
    assert not machine.can_step(Count(99))


def test_fairness_comes_back() -> None:
    with mutant_of(Counter(), "Counter.step: no longer fair").planted():
        assert check(Counter()).outcome == "violated"
    assert check(Counter()).outcome == "holds"


def test_a_mutant_shows_its_own_source() -> None:
    function: Callable[..., bool] = Counter.can_step
    with mutant_of(Counter(), "Counter.can_step: guard negated").planted():
        assert "not (state.n >= 0 and state.n < self.top)" in inspect.getsource(function)
    assert "not" not in inspect.getsource(function)


def test_a_method_that_calls_super_can_be_changed() -> None:
    machine = TicketLock()
    found = {mutant.name: mutant for mutant in mutants(machine)}
    assert "SpinLock.can_take: guard dropped" in found, "what super() reaches is a part of it"
    name = "TicketLock.can_take: dropped: super().can_take(state, process)"
    assert MutantJudge([machine]).judge(found[name]).fate == "killed"


def test_a_variable_that_has_no_value_yet_is_a_broken_mutant() -> None:
    verdict = verdict_of(Unset(), "Unset.step: reordered: n = n + 1, then n = state.n")
    assert verdict.fate == "broken" and "UnboundLocalError" in verdict.by


class Unset(Counter):
    """In another order its effect makes no sense."""

    def step(self, state: Count) -> Count:
        n = state.n
        n = n + 1
        return state._replace(n=n)


def test_a_machine_that_does_not_hold_has_no_score() -> None:
    with pytest.raises(ModelError, match="mutants of what does not hold say nothing"):
        MutantJudge([Wrong()])


def test_progress_is_reported_for_every_mutant() -> None:
    seen: list[tuple[int, int]] = []
    report = mutation_report(Counter(), progress=lambda done, total: seen.append((done, total)))
    total = len(report.verdicts)
    assert seen == [(number, total) for number in range(1, total + 1)]


# In what a survivor differs


@pytest.mark.parametrize(
    ("name", "difference"),
    [
        ("Careless.can_step: state.n < self.top becomes state.n <= self.top", "allowed: step()"),
        ("Careless.step: state.n + 1 becomes state.n - 1", "another result: step()"),
        ("Careless.can_step: guard negated", "forbidden: step()"),
    ],
)
def test_the_difference_says_what_contradicts_a_real_system(name: str, difference: str) -> None:
    verdict = verdict_of(Careless(), name)
    assert verdict.fate == "survived"
    assert str(verdict.difference) == difference


def test_an_environment_that_may_do_what_changes_nothing_is_the_same_environment() -> None:
    verdict = verdict_of(Rewound(), "Rewound.can_rewind: state.n > 0 becomes state.n >= 0")
    assert verdict.fate == "equivalent"
    assert verdict.by == "the graphs are the same, but idle: rewind()"


class Careless(Counter):
    """Claims nothing at all; its step may be idle."""

    @action(writes=("n",), may_be_idle=True)
    def step(self, state: Count) -> Count:
        return state._replace(n=state.n + 1)

    @step.guard
    def can_step(self, state: Count) -> bool:
        return state.n < self.top

    def never_above(self, state: Count) -> bool:
        return True

    def it_arrives(self, state: Count) -> bool:
        return True


class Rewound(Careless):
    """The environment sets it back."""

    @action(writes=("n",), fair=False)
    def rewind(self, state: Count) -> Count:
        return state._replace(n=0)

    @rewind.guard
    def can_rewind(self, state: Count) -> bool:
        return state.n > 0
