"""The real as_completed, driven by its machine: its block cancelled and its consumer aborted."""

from __future__ import annotations

import pytest

from spec.as_completed import AsCompletedMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.as_completed import AsCompletedAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = AsCompletedMachine(items=2)
MEDIUM = AsCompletedMachine(items=3)
LARGE = AsCompletedMachine(items=4)


def adapter_for(
    machine: AsCompletedMachine, reactor: str, *, aborts: bool = False
) -> AsCompletedAdapter:
    return AsCompletedAdapter(VIRTUAL_REACTORS[reactor], machine.items, aborts=aborts)


@pytest.mark.parametrize("aborts", (False, True))
def test_the_real_results_can_take_every_transition_of_two_tasks(aborts: bool) -> None:
    witness = replay_every_edge(SMALL, adapter_for(SMALL, "epoll", aborts=aborts))
    assert_everything_was_witnessed(SMALL, witness)


@pytest.mark.uncounted
def test_the_real_results_of_three_tasks_come_as_the_machine_says() -> None:
    replay_one_walk_in(20, MEDIUM, adapter_for(MEDIUM, "simulated"))


@pytest.mark.uncounted
def test_random_runs_of_the_real_results_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE, "simulated"))("runTest").debug()
