"""The search finds what there is to find, and all of it: litmus programs against brute force."""

from __future__ import annotations

from functools import cache

import pytest

from tests.explore.drawn_programs import drawn_program
from tests.explore.litmus import BROKEN, LITMUS, Litmus
from zokio.explore import Exploration, explore

EVERY = (*LITMUS, *BROKEN)
BRUTE_MAX = 800
"""Schedules. A program that has more without a bound is compared within bounds only."""

TOO_MANY_FOR_BRUTE_FORCE = {
    "locked_update",
    "peterson",
    "dekker",
    "parked_consumer",
    "double_checked",
}


def ids(litmus: Litmus) -> str:
    return litmus.name


@cache
def reduced(litmus: Litmus, preemptions: int | None) -> Exploration:
    return explore(litmus.program, preemptions=preemptions)


@pytest.mark.parametrize("litmus", LITMUS, ids=ids)
def test_right_programs_hold_with_exactly_the_results_they_can_have(litmus: Litmus) -> None:
    found = reduced(litmus, 2)
    assert found.outcome == "holds", found.report
    assert set(found.results) == litmus.results


@pytest.mark.parametrize("litmus", BROKEN, ids=ids)
@pytest.mark.parametrize("preemptions", [2, None])
def test_broken_programs_are_found_out(litmus: Litmus, preemptions: int | None) -> None:
    found = reduced(litmus, preemptions)
    assert found.outcome == "violated"
    assert litmus.fails in found.reason


@pytest.mark.parametrize("preemptions", [0, 1, 2])
@pytest.mark.parametrize("litmus", LITMUS, ids=ids)
def test_the_reduction_leaves_out_no_result_within_a_bound(
    litmus: Litmus, preemptions: int
) -> None:
    brute = explore(litmus.program, preemptions=preemptions, reduced=False)
    found = reduced(litmus, preemptions)
    assert brute.outcome == found.outcome == "holds"
    assert set(found.results) == set(brute.results)
    assert found.distinct == brute.distinct
    assert found.executions <= brute.executions


@pytest.mark.parametrize(
    "litmus", [each for each in LITMUS if each.name not in TOO_MANY_FOR_BRUTE_FORCE], ids=ids
)
def test_the_reduction_leaves_out_no_result_without_a_bound(litmus: Litmus) -> None:
    brute = explore(litmus.program, preemptions=None, reduced=False)
    found = reduced(litmus, None)
    assert brute.outcome == found.outcome == "holds"
    assert set(found.results) == set(brute.results) == litmus.results
    assert found.distinct == brute.distinct
    assert found.executions * 2 < brute.executions


@pytest.mark.parametrize("litmus", BROKEN, ids=ids)
@pytest.mark.parametrize("preemptions", [0, 1, 2])
def test_what_brute_force_finds_broken_the_reduction_does_too(
    litmus: Litmus, preemptions: int
) -> None:
    brute = explore(litmus.program, preemptions=preemptions, reduced=False)
    assert reduced(litmus, preemptions).outcome == brute.outcome


WAITED_INSIDE = (1017, 1111, 1120, 1189, 1211)
"""Seeds of programs with a result for which a thread has to stop inside a critical section, so that
another one runs up to it, has to wait, and lets the first go on without a preemption."""


@pytest.mark.parametrize("seed", [*range(16), *WAITED_INSIDE])
def test_drawn_programs_have_the_results_that_brute_force_finds(seed: int) -> None:
    program = drawn_program(seed)
    for preemptions in (0, 1, 2):
        brute = explore(program, preemptions=preemptions, reduced=False, schedules_max=BRUTE_MAX)
        if brute.outcome == "incomplete":
            assert preemptions > 0, "at least without preemptions it has to be compared"
            continue
        found = explore(program, preemptions=preemptions)
        assert set(found.results) == set(brute.results)
        assert found.distinct == brute.distinct
