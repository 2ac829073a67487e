"""Each planted bug of the multi-worker scheduler is refuted, by the claim that is to refute it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from spec.workers_state import Workers
from tests.spec.workers_bugs import BUGS, Bug
from zokio.model import Trace, check, explore

PAGE = Path(__file__).resolve().parents[2] / "docs" / "others-bugs.md"


@cache
def refutation(bug: Bug) -> Trace[Workers] | None:
    """A shortest run to a state in which the claim is false; or one that never fulfils it."""
    machine, claim, states_max = bug
    if machine.claims[claim].kind == "eventually":
        report = check(machine, states_max=states_max)
        return next(result.trace for result in report.properties if result.name == claim)
    graph = explore(machine, states_max=states_max)
    holds = getattr(machine, claim)
    false = (number for number, state in enumerate(graph.states) if not holds(state))
    first = next(false, None)
    return None if first is None else graph.trace(graph.path(first))


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.machine.title)
def test_the_planted_bug_is_refuted_by_a_run(bug: Bug) -> None:
    trace = refutation(bug)
    assert trace is not None, f"{bug.claim} holds of {bug.machine}"
    assert len(trace.steps) > 1


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.machine.title)
def test_the_run_that_refutes_it_is_none_of_the_right_machine(bug: Bug) -> None:
    """What is refuted is the bug: the right machine cannot do all of that, or it may stop."""
    right = type(bug.machine).__mro__[1](**bug.machine.configuration)
    trace = refutation(bug)
    assert trace is not None
    state = trace.initial
    for step, after in trace.steps:
        if not right.is_enabled(state, step) or right.apply(state, step) != after:
            return
        state = after
    assert bug.machine.claims[bug.claim].kind == "eventually"


@pytest.mark.interpreted  # reads the documentation
def test_the_page_of_others_bugs_names_each_planted_bug() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE.read_text(encoding="utf-8")))
    assert {bug.machine.title for bug in BUGS} <= named
