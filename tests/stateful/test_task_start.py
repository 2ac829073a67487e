"""The real TaskGroup.start, driven by its machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.task_start import TaskStartMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.task_start import TaskStartAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

MACHINE = TaskStartMachine()


@pytest.mark.parametrize("reactor", ("epoll", "simulated"))
def test_the_real_start_can_take_every_transition_of_the_machine(reactor: str) -> None:
    witness = replay_every_edge(MACHINE, TaskStartAdapter(VIRTUAL_REACTORS[reactor]))
    assert_everything_was_witnessed(MACHINE, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_start_agree_with_the_machine() -> None:
    stateful_test(MACHINE, TaskStartAdapter(VIRTUAL_REACTORS["simulated"]))("runTest").debug()
