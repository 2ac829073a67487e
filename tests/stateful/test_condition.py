"""The real Condition, driven by its machine."""

from __future__ import annotations

import pytest

from spec.condition import ConditionMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.condition import ConditionAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_one_walk_in
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
MACHINE = ConditionMachine(tasks=3)


def test_a_part_of_the_transitions_is_taken_on_the_real_condition() -> None:
    witness = replay_one_walk_in(8, MACHINE, ConditionAdapter(SIMULATED, MACHINE.tasks))
    assert_everything_was_witnessed(MACHINE, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_condition_agree_with_the_machine() -> None:
    stateful_test(MACHINE, ConditionAdapter(SIMULATED, MACHINE.tasks))("runTest").debug()
