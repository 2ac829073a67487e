"""The symbolic twin of every action says what the executed action does.

Here every few states, chosen by a fixed stride; `python -m assurance.proofs` takes all of them.
"""

from __future__ import annotations

import pytest

from proofs.any_size import SUBJECTS, induction_of
from proofs.symbolic.differential import Comparison
from proofs.wrong_twins import DropsAnEntry, FiresOneEarly
from spec import MACHINES

STRIDES = {"task": 1, "scheduler": 40, "timers": 10, "shutdown": 10}


@pytest.mark.parametrize("name", SUBJECTS)
@pytest.mark.timeout(600)
def test_the_twin_and_the_action_agree(name: str) -> None:
    comparison = Comparison(induction_of(name))
    for machine in MACHINES[name]:
        result = comparison.compare(machine, STRIDES[name])
        print(f"{machine!r}: {result.transitions} transitions, {result.turns} turns of loops")
        assert result.found == []
        assert result.transitions > 0 and result.disabled > 0


def test_a_machine_that_does_otherwise_is_told_from_the_twin() -> None:
    comparison = Comparison(induction_of("scheduler"))
    assert comparison.compare_with(DropsAnEntry(tasks=2, threads=1), stride=100).found


def test_a_loop_that_does_otherwise_is_told_from_the_twin() -> None:
    comparison = Comparison(induction_of("timers"))
    assert comparison.compare_with(FiresOneEarly(timers=2), stride=10).found
