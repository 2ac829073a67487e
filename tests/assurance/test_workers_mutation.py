"""The mutation of what several workers share: a sample of it, and the reasons of survivors."""

from __future__ import annotations

import pytest

from assurance import workers_mutation
from assurance.mutation_results import reasons
from assurance.runtime_judges import judges_from
from assurance.runtime_mutation import all_mutants
from tests.assurance.test_runtime_mutation import UNIT_CORE, rehearsal, toy

pytestmark = pytest.mark.interpreted

EXPLORATION = "tests/explore/test_workers.py::test_nothing_is_lost"


def test_explorations_judge_every_mutant_after_the_tests_that_run_its_line() -> None:
    rehearsals = [rehearsal(EXPLORATION), rehearsal(UNIT_CORE, 5)]
    judges = judges_from(rehearsals, {}, "tests/explore")
    assert judges.of(toy("f")) == ([], [UNIT_CORE, EXPLORATION])
    assert judges.of(toy("g")) == ([], [EXPLORATION])


def test_every_reason_is_of_a_mutant_in_the_sample() -> None:
    sample = {m.name for m in all_mutants(workers_mutation.FILES) if workers_mutation.is_chosen(m)}
    assert set(reasons(workers_mutation.SURVIVORS)) <= sample


def test_unit_tests_alone_kill_most_mutants_of_the_parker() -> None:
    figures = workers_mutation.measure(fast=True)
    score = figures["score"]
    assert isinstance(score, float) and score >= 0.8
