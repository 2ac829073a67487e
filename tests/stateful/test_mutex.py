"""The real Mutex, driven by the machine of a semaphore of one permit."""

from __future__ import annotations

import pytest

from spec.mutex import MutexMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.semaphore import MutexAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SMALL = MutexMachine(tasks=3)
LARGE = MutexMachine(tasks=4)


def test_the_real_mutex_can_take_every_transition_of_the_machine() -> None:
    adapter = MutexAdapter(VIRTUAL_REACTORS["simulated"], SMALL.tasks)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_mutex_agree_with_the_machine() -> None:
    adapter = MutexAdapter(VIRTUAL_REACTORS["simulated"], LARGE.tasks)
    stateful_test(LARGE, adapter)("runTest").debug()
