"""The page of the assurance case says what was measured, and what was not."""

from __future__ import annotations

from assurance.__main__ import PARTS
from assurance.page import TITLES, page
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


def test_every_part_has_a_place_on_the_page() -> None:
    assert set(PARTS) == set(TITLES)


def test_a_part_without_figures_is_said_to_be_missing() -> None:
    assert page({}).count("**Not measured in this run.**") == len(PARTS)


def test_every_property_of_every_specification_is_on_the_page() -> None:
    text = page({})
    for name, machines in MACHINES.items():
        assert f"### {name} " in text
        for machine in machines:
            for title, claim in machine.claims.items():
                if claim.kind != "sometimes" and claim.canary is None:
                    assert f"| {title} | {claim.kind} | exhaustive |" in text


def test_what_holds_a_property_comes_from_the_figures() -> None:
    text = page(
        {
            "proofs": {"theorems": {"task": ["wakes_coalesce"]}, "not_proved_for_any_size": {}},
            "replay": {"jobs": [JOB], "edges": 182},
        }
    )
    assert "| wakes_coalesce | always | exhaustive, any size, replay, stateful |" in text
    assert "| polled_by_at_most_one | always | exhaustive, replay, stateful |" in text
    assert "| task | epoll | 182 | 180 | 1 | 1 | 500 |" in text
    assert "Legal and not obligatory: one thread polls" in text


def test_the_survivors_are_on_the_page_with_their_reasons() -> None:
    survivor = {"mutant": "queue.py: a for b", "reason": "only slower"}
    figures = {
        "score": 0.974,
        "files not mutated": ["core/shared.py", "scheduler/idle.py"],
        "survivors with reasons": [survivor],
    }
    text = page({"runtime_mutation": figures})
    assert "- `queue.py: a for b`: only slower" in text
    assert "| score | 0.974 |" in text
    assert "several workers: `core/shared.py`, `scheduler/idle.py`.\n" in text


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
