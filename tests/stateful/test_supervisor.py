"""The real supervisor, driven by its machine: along its edges, and at random."""

from __future__ import annotations

import pytest

from spec.supervisor import LARGE, SeveralChildren, SupervisorMachine
from tests.refinement.supervisor import SupervisorAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

ONE = SupervisorMachine(workers=1, failures_max=3)
TWO = SeveralChildren(workers=2, failures_max=2)


@pytest.mark.parametrize("machine", (ONE, TWO), ids=("one", "two"))
def test_the_real_supervisor_can_take_every_transition(machine: SupervisorMachine) -> None:
    witness = replay_every_edge(machine, SupervisorAdapter(machine))
    assert_everything_was_witnessed(machine, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_supervisor_agree_with_three_children() -> None:
    stateful_test(LARGE, SupervisorAdapter(LARGE))("runTest").debug()
