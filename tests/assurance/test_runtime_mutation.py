"""The mutation run: whom it lets judge, what it counts, and what it insists on."""

from __future__ import annotations

from pathlib import Path

import pytest

from assurance import runtime_mutation
from assurance.forkserver import Outcome, Rehearsal, Verdict
from assurance.mutation_operators import Mutant, mutants
from assurance.mutation_results import Result, check_reasons, figures, reasons
from assurance.runtime_judges import LEFT_OUT_MAX, STATEFUL_MAX, UNIT_MAX, judges_from
from assurance.runtime_mutation import SURVIVORS, Hearing, measure

pytestmark = pytest.mark.interpreted

FILE = "zokio/timers/toy.py"
TEXT = "LIMIT = 1\n\n\ndef f(a):\n    a.append(0)\n\n\ndef g(a):\n    a.pop(1)\n"
STATEFUL_TIMERS = "tests/stateful/test_timers.py::test_walks"
STATEFUL_TASK = "tests/stateful/test_task.py::test_walks"
UNIT_CORE = "tests/core/test_a.py::test_a"
UNIT_TIMERS = "tests/timers/test_b.py::test_b"


def toy(function: str) -> Mutant:
    """A mutant of that function, or of the module's body."""
    return next(each for each in mutants(FILE, TEXT) if each.function == function)


def rehearsal(test: str, *lines: int, failure: str = "") -> Rehearsal:
    return Rehearsal(test, failure, 0.1, {FILE: list(lines)} if lines else {})


def result(outcome: Outcome | None, test: str = "", *, stateful: int = 1) -> Result:
    mutant = toy("f")
    if outcome is None:
        return Result(mutant, None, 0)
    verdict = Verdict(mutant.name, outcome, test, "", 0.1, 0.1, 1, True)
    return Result(mutant, verdict, stateful)


def test_only_tests_that_run_the_line_judge_and_the_nearest_come_first() -> None:
    judges = judges_from(
        [
            rehearsal(STATEFUL_TASK, 5),
            rehearsal(STATEFUL_TIMERS, 5),
            rehearsal(UNIT_CORE, 5, 9),
            rehearsal(UNIT_TIMERS, 5),
            rehearsal("tests/net/test_c.py::test_c"),
        ],
        {},
    )
    assert judges.of(toy("f")) == ([STATEFUL_TIMERS, STATEFUL_TASK], [UNIT_TIMERS, UNIT_CORE])
    assert judges.of(toy("g")) == ([], [UNIT_CORE])


def test_a_line_that_runs_while_loading_is_judged_by_whoever_is_about_the_file() -> None:
    about_it = rehearsal(UNIT_TIMERS)  # it reads a constant, and calls nothing
    elsewhere = rehearsal("tests/net/test_c.py::test_c")
    judges = judges_from([rehearsal(UNIT_CORE, 9), about_it, elsewhere], {FILE: [1, 4, 8]})
    constant = toy("")
    assert judges.runs_while_loading(constant) and not judges.runs_while_loading(toy("f"))
    assert judges.of(constant) == ([], [UNIT_TIMERS, UNIT_CORE])


def test_the_judges_do_not_depend_on_how_long_they_took() -> None:
    quick = [Rehearsal(f"tests/core/test_a.py::test_{n}", "", n, {FILE: [5]}) for n in range(9)]
    slow = [Rehearsal(each.test, "", 9 - each.cpu_seconds, each.lines) for each in quick[::-1]]
    assert judges_from(quick, {}).of(toy("f")) == judges_from(slow, {}).of(toy("f"))


def test_replays_come_before_random_runs_and_machines_take_turns() -> None:
    tests = [
        "tests/stateful/test_join.py::test_random_runs_agree",
        "tests/stateful/test_join.py::test_walks",
        "tests/stateful/test_task.py::TestEpoll::runTest",
        "tests/stateful/test_task.py::test_walks",
    ]
    stateful, _ = judges_from([rehearsal(test, 5) for test in tests], {}).of(toy("f"))
    assert [test.rpartition("/")[2] for test in stateful] == [
        "test_join.py::test_walks",
        "test_task.py::test_walks",
        "test_join.py::test_random_runs_agree",
        "test_task.py::TestEpoll::runTest",
    ]


def test_a_mutant_is_shown_so_many_tests_and_no_more() -> None:
    many = [rehearsal(f"tests/stateful/test_x.py::test_{n:03}", 5) for n in range(50)]
    many += [rehearsal(f"tests/core/test_x.py::test_{n:03}", 5) for n in range(900)]
    stateful, unit = judges_from(many, {}).of(toy("f"))
    assert (len(stateful), len(unit)) == (STATEFUL_MAX, UNIT_MAX)


def test_a_test_that_fails_without_a_mutant_is_named_and_no_judge() -> None:
    judges = judges_from([rehearsal(UNIT_CORE, 5, failure="AssertionError: no")], {})
    assert judges.of(toy("f")) == ([], [])
    assert judges.left_out == [f"{UNIT_CORE}: AssertionError: no"]


def test_where_many_tests_fail_without_a_mutant_nobody_is_judged() -> None:
    failing = [rehearsal(f"test_{n}", 5, failure="no") for n in range(LEFT_OUT_MAX + 1)]
    with pytest.raises(AssertionError, match="fail on the unchanged runtime"):
        judges_from(failing, {})


def test_both_scores_are_counted_and_what_cannot_run_counts_in_neither() -> None:
    results = [
        result("failed", STATEFUL_TASK),
        result("hung", STATEFUL_TASK),
        result("failed", UNIT_CORE),
        result("spun", UNIT_CORE, stateful=0),
        result("survived"),
        result("broken", UNIT_CORE),
        result(None),
    ]
    found = figures(results)
    assert (found["mutants"], found["broken"], found["survivors"]) == (7, 1, 2)
    assert (found["killed"], found["score"]) == (4, round(4 / 6, 4))
    assert found["killed by stateful tests alone"] == 2
    assert found["score of stateful tests alone"] == round(2 / 6, 4)
    assert found["on lines that stateful tests run"] == 4
    assert found["score of stateful tests on these"] == round(2 / 4, 4)


def test_a_survivor_without_a_reason_is_refused() -> None:
    survivor = result("survived")
    check_reasons([survivor], {survivor.mutant.name: "why"}, [survivor.mutant])
    for written in ({}, {survivor.mutant.name: ""}):
        with pytest.raises(AssertionError, match="without a reason"):
            check_reasons([survivor], written, [survivor.mutant])


def test_a_line_that_no_test_runs_needs_a_reason_as_well() -> None:
    with pytest.raises(AssertionError, match="without a reason"):
        check_reasons([result(None)], {}, [])


def test_a_reason_for_what_is_killed_or_gone_is_refused() -> None:
    killed = result("failed", UNIT_CORE)
    with pytest.raises(AssertionError, match="does not survive"):
        check_reasons([killed], {killed.mutant.name: "why"})
    check_reasons([killed], {"of another file": "why"})
    with pytest.raises(AssertionError, match="does not survive"):
        check_reasons([killed], {"of another file": "why"}, [killed.mutant])


def test_a_reason_for_one_that_is_not_in_the_sample_is_kept() -> None:
    killed = result("failed", UNIT_CORE)
    check_reasons([killed], {toy("g").name: "why"}, [killed.mutant, toy("g")])


def test_every_written_reason_is_a_sentence() -> None:
    for name, reason in reasons(SURVIVORS).items():
        assert len(reason.split()) > 3, name


def test_every_survivor_of_the_sample_has_a_reason() -> None:
    found = measure(fast=True)
    assert found["mutants"] == runtime_mutation.SAMPLE
    survivors = found["survivors with reasons"]
    assert isinstance(survivors, list) and len(survivors) == found["survivors"]
    assert all(each["reason"] for each in survivors)


def test_a_whole_run_that_misses_the_goal_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    survivor = result("survived")
    monkeypatch.setattr(runtime_mutation, "run", lambda *_: Hearing([survivor], [], []))
    monkeypatch.setattr(runtime_mutation, "reasons", lambda _: {survivor.mutant.name: "why"})
    monkeypatch.setattr(runtime_mutation, "all_mutants", lambda _: [survivor.mutant])
    with pytest.raises(AssertionError, match="the score is 0.0, the goal is 0.95"):
        measure(fast=False)


def test_without_its_reasons_a_survivor_makes_the_run_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "survivors.toml").write_text("")
    monkeypatch.setattr(runtime_mutation, "SURVIVORS", tmp_path / "survivors.toml")
    survivor = result("survived")
    monkeypatch.setattr(runtime_mutation, "run", lambda *_: Hearing([survivor], [], []))
    assert runtime_mutation.main(["--fast"]) == 1
    assert survivor.mutant.name in capsys.readouterr().err
