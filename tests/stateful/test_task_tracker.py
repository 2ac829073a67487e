"""The real TaskTracker, driven by its machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.task_tracker import TaskTrackerMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.task_tracker import TaskTrackerAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = TaskTrackerMachine(tasks=1, waiters=1)
MEDIUM = TaskTrackerMachine(tasks=1, waiters=2)
LARGE = TaskTrackerMachine(tasks=2, waiters=2)


@pytest.mark.parametrize("reactor", ("epoll", "simulated"))
def test_the_real_tracker_can_take_every_transition_of_the_smallest_machine(reactor: str) -> None:
    adapter = TaskTrackerAdapter(VIRTUAL_REACTORS[reactor], SMALL.waiters)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_walks_with_two_who_wait_agree_with_the_machine() -> None:
    adapter = TaskTrackerAdapter(VIRTUAL_REACTORS["simulated"], MEDIUM.waiters)
    replay_one_walk_in(10, MEDIUM, adapter)


@pytest.mark.uncounted
def test_random_runs_of_the_real_tracker_agree_with_the_machine() -> None:
    adapter = TaskTrackerAdapter(VIRTUAL_REACTORS["simulated"], LARGE.waiters)
    stateful_test(LARGE, adapter)("runTest").debug()
