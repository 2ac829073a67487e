"""The score of the specifications: a sample of it, and how the fates of survivors are divided."""

from __future__ import annotations

import pytest

from assurance import spec_mutation
from assurance.spec_mutation import Laboratory, fate_of, measure
from zokio.model import MutantVerdict
from zokio.model.mutation_difference import Difference

pytestmark = pytest.mark.interpreted  # reads and replaces the source of functions


def survivor(kind: str, *, fair: bool) -> MutantVerdict:
    """A mutant that no claim notices, and that differs like this."""
    assert kind in ("another result", "forbidden", "allowed")
    difference = Difference(kind, "cancel()", "Lock()", fair)  # type: ignore[arg-type]  # mypy forgets what was asserted of a str
    return MutantVerdict("survived", str(difference), difference=difference)


def test_the_claims_of_the_small_machines_notice_nearly_every_mutant_of_a_sample() -> None:
    figures = measure(fast=True)
    fates = figures["fates"]
    assert isinstance(fates, dict)
    assert fates["killed"] > 30 and "broken" not in fates
    assert figures["seed"] == "spec mutation"


def test_a_score_that_is_too_low_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec_mutation, "SCORE_MIN_PERCENT", 100.1)
    monkeypatch.setattr(spec_mutation, "FAST", {"task": 3})
    with pytest.raises(AssertionError, match=r"the score is 1?\d\d\.\d %"):
        measure(fast=True)


@pytest.mark.parametrize(
    ("verdict", "fate"),
    [
        (MutantVerdict("killed", "one_at_a_time"), "killed"),
        (MutantVerdict("equivalent"), "equivalent"),
        (survivor("another result", fair=False), "contradicted"),
        (survivor("forbidden", fair=False), "contradicted"),
        (survivor("allowed", fair=False), "open"),
        (survivor("allowed", fair=True), "open"),
        (MutantVerdict("survived", "there are more fair runs"), "open"),
    ],
    ids=str,
)
def test_survivors_are_divided_by_what_they_change(verdict: MutantVerdict, fate: str) -> None:
    assert fate_of(verdict) == fate


def test_a_written_reason_allows_the_environment_more_and_nobody_else() -> None:
    assert fate_of(survivor("allowed", fair=False), reason="because") == "permissive"
    assert fate_of(survivor("allowed", fair=True), reason="because") == "open"
    assert fate_of(MutantVerdict("killed"), reason="because") == "killed"
    assert fate_of(MutantVerdict("survived", "differs"), reason="because") == "explained"


def test_of_a_large_specification_fewer_mutants_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec_mutation, "STATES_JUDGED", 7_000)
    laboratory = Laboratory(["task"])
    judged = [*laboratory.jobs(claims=False)]
    assert len(judged) == 7_000 // laboratory.states("task") < len(laboratory.mutants["task"])
    assert len([*laboratory.jobs(claims=True)]) == len(judged) // 2


def test_every_mutant_has_one_name_and_its_place_is_the_same_in_every_run() -> None:
    one, other = Laboratory(["task", "timers"]), Laboratory(["task", "timers"])
    names = [one.name(job) for job in (*one.jobs(claims=False), *one.jobs(claims=True))]
    assert names == [
        other.name(job) for job in (*other.jobs(claims=False), *other.jobs(claims=True))
    ]
    assert len(set(names)) == len(names)
