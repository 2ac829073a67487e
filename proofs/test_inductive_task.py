"""The induction: proved for the code, refuted for machines that are wrong on purpose."""

from __future__ import annotations

import pytest
import z3

from proofs.inductive_task import can_happen, not_proved, obligations, wrong_twins
from proofs.task_machine import TRANSITIONS


def test_the_invariant_is_inductive_for_any_number_of_tasks() -> None:
    assert not_proved(TRANSITIONS) == []


def test_every_transition_of_the_code_is_an_obligation() -> None:
    assert len(list(obligations(TRANSITIONS))) == 3 + 10 * 3


def test_every_step_can_happen_under_the_invariant() -> None:
    assert [each.name for each in can_happen(TRANSITIONS) if each.answer() != z3.sat] == []


@pytest.mark.parametrize("name", wrong_twins())
def test_a_wrong_machine_is_not_inductive(name: str) -> None:
    assert not_proved(wrong_twins()[name])
