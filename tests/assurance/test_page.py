"""The page of the assurance case says what was measured, and what was not."""

from __future__ import annotations

import json

import pytest

from assurance.__main__ import PARTS
from assurance.command import DOES_NOT_HOLD, claims_about, run_measure
from assurance.page import page
from assurance.page_parts import DETAILS, MEANINGS, TITLES
from spec import MACHINES

JOB = {
    "specification": "task",
    "over": "epoll",
    "edges": 182,
    "replayed": 180,
    "behind": 1,
    "excused": {"one thread polls": 1},
    "steps": 500,
}
EXPLORED = {"configurations": 3, "properties": 11, "states": 702, "transitions": 1, "depth": 9}


def test_every_part_has_a_place_on_the_page() -> None:
    assert set(PARTS) == set(TITLES) == set(MEANINGS) == set(DETAILS)


def test_a_part_without_figures_is_said_to_be_missing() -> None:
    text = page({"large_machines": {"machines": {}, "wall_seconds": 90.0}})
    assert text.count("**Not measured in this run.**") == len(PARTS) - 1
    assert f"1 of {len(PARTS)} parts were measured, in 1.5 minutes." in text


def test_every_property_of_every_specification_is_on_the_page() -> None:
    text = page({})
    for name, machines in MACHINES.items():
        assert f"### {name} " in text
        for machine in machines:
            for title, claim in machine.claims.items():
                if claim.kind != "sometimes" and claim.canary is None:
                    row = f"| {title.replace('_', ' ')} | {claim.kind} |"
                    assert f"{row} **nothing in this run** |" in text


def test_what_holds_a_property_comes_from_the_figures() -> None:
    text = page(
        {
            "exhaustive": {"specifications": {"task": EXPLORED}},
            "proofs": {"theorems": {"task": ["wakes_coalesce"]}, "not_proved_for_any_size": {}},
            "replay": {"jobs": [JOB], "edges": 182, "not_replayed": {"Slow()": "too slow"}},
        }
    )
    assert "| [task](spec/task.md) | 11 | 702 | 1 | 180 | - |" in text
    assert "| wakes coalesce | always | exhaustive, any size, replay, stateful |" in text
    assert "| polled by at most one | always | exhaustive, replay, stateful |" in text
    assert "| a due timer fires | eventually | **nothing in this run** |" in text
    assert "- `Slow()`: too slow" in text
    assert "| task | epoll | 182 | 180 | 1 | 1 | 500 |" in text
    assert "Legal and not obligatory: one thread polls" in text


def test_the_survivors_are_on_the_page_with_their_reasons() -> None:
    survivor = {"mutant": "queue.py: a for b", "reason": "only slower"}
    figures = {
        "score": 0.974,
        "by folder": {"zokio/core": 0.99},
        "one mutant in": {"a.py": 4},
        "files not mutated": ["core/shared.py", "scheduler/idle.py"],
        "tests left out, which failed without a mutant": ["tests/net/test_a.py::test: late"],
        "survivors with reasons": [survivor],
    }
    text = page({"runtime_mutation": figures})
    assert "- `queue.py: a for b`: only slower" in text
    assert "| score | 0.974 |" in text
    assert "Of the mutants of `a.py` one in 4 was judged." in text
    assert "since it failed without a mutant: tests/net/test_a.py::test: late" in text
    assert "several workers: `core/shared.py`, `scheduler/idle.py`.\n" in text


def test_what_does_not_hold_is_said_beside_its_figures() -> None:
    text = page({"large_machines": {DOES_NOT_HOLD: "too few", "states": 7, "machines": {}}})
    assert "**Does not hold:**\n\n```\ntoo few\n```" in text
    assert "| states | 7 |" in text


def test_figures_that_do_not_hold_are_printed_all_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def measure(*, fast: bool) -> dict[str, object]:
        with claims_about({"score": 0.5}):
            if not fast:
                raise AssertionError("the score is 0.5")
        return {}

    assert run_measure(measure, fast=True) == 0
    assert run_measure(measure, fast=False) == 1
    text = capsys.readouterr().out.removeprefix("{}")
    assert json.loads(text) == {DOES_NOT_HOLD: "the score is 0.5", "score": 0.5}


def test_the_page_says_how_large_a_sample_of_the_workers_mutants_is() -> None:
    figures = {
        "mutants": 99,
        "of": 396,
        "files": ["scheduler/idle.py"],
        "tests left out, which failed without a mutant": [],
        "survivors with reasons": [{"mutant": "idle.py: a for b", "reason": "only slower"}],
    }
    text = page({"workers_mutation": figures})
    assert "99 of the 396 mutants of `scheduler/idle.py`." in text
    assert "- `idle.py: a for b`: only slower" in text


def test_the_page_says_which_queues_were_stressed_and_what_was_found() -> None:
    figures = {
        "under test": ["module.Queue", "module.Injection"],
        "threads": "in turn (GIL)",
        "histories": 5_000,
        "rounds until a broken queue was found": {"LostPush": 12},
    }
    text = page({"queues": figures})
    assert (
        "Under test: `module.Queue` and `module.Injection`; the threads ran in turn (GIL)." in text
    )
    assert "| histories | 5,000 |" in text
    assert "| LostPush | 12 |" in text


def test_the_page_says_how_many_mutants_of_a_specification_were_judged() -> None:
    figures = {
        "by_specification": {"task": {"states": 702, "mutants": 155, "judged": 80, "killed": 79}},
        "not_judged": {"workers": "takes too long"},
        "survivors": {"contradicted": {}, "permissive": {"task.a: guard dropped": "it may"}},
    }
    text = page({"spec_mutation": figures})
    assert "| task | 155 | 80 | 79 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "Not judged: workers, which takes too long." in text
    assert "- `task.a: guard dropped`: it may" in text
