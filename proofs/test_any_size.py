"""The proofs for any number of tasks and threads, piece by piece."""

from __future__ import annotations

import pytest
import z3

from proofs.any_size import INITIALLY, NOT_PROVED, PROVED, SUBJECTS, induction_of, parts, prove
from proofs.symbolic.ground import Grounding
from spec import MACHINES

PARTS = list(parts())


@pytest.mark.parametrize(("name", "part"), PARTS, ids=["-".join(part) for part in PARTS])
@pytest.mark.timeout(600)  # the shutdown's take half a minute each, and more on a busy machine
def test_every_obligation_is_proved(name: str, part: str) -> None:
    verdict = prove(name, part)
    print(f"{name}, {part}: {verdict.proved} of {verdict.obligations} proved")
    assert [(each.name, answer) for each, answer in verdict.open] == []
    assert verdict.obligations >= len(SUBJECTS[name].claims)
    assert verdict.proved == verdict.obligations


@pytest.mark.parametrize("name", SUBJECTS)
def test_every_safety_property_is_proved_or_said_not_to_be(name: str) -> None:
    claims = MACHINES[name][0].claims
    safety = {title for title, it in claims.items() if it.kind == "always" and it.canary is None}
    assert safety == {*PROVED[name], *NOT_PROVED[name]}
    assert set(PROVED[name]) <= set(SUBJECTS[name].claims)
    assert all(len(reason) > 20 for reason in NOT_PROVED[name].values())


@pytest.mark.parametrize(("name", "part"), PARTS, ids=["-".join(part) for part in PARTS])
def test_every_action_can_happen_where_all_claims_hold(name: str, part: str) -> None:
    if part == INITIALLY:
        return
    induction, grounding = induction_of(name), Grounding()
    assert any(
        grounding.is_refutable(known, z3.BoolVal(False)) for known in induction.possible(part)
    )


def test_a_goal_that_does_not_follow_is_not_proved() -> None:
    x = z3.Int("x")
    assert Grounding().is_refutable([x > 0], x > 1)
    assert not Grounding().is_refutable([x > 1], x > 0)


def test_an_obligation_says_where_it_comes_from() -> None:
    first = next(induction_of("task").obligations_of("wake"))
    assert first.name.startswith("wake, path 1: ")
