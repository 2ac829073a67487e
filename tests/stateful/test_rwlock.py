"""The real RwLock, driven by its machine."""

from __future__ import annotations

import pytest

from spec.rwlock import RwLockMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.semaphore import RwLockAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
SMALL = RwLockMachine(tasks=3)
LARGE = RwLockMachine(tasks=4, permits=2, sizes=(1, 2))


def test_the_real_rwlock_can_take_every_transition_of_the_machine() -> None:
    adapter = RwLockAdapter(SIMULATED, tasks=3, readers_max=3)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_rwlock_agree_with_the_machine() -> None:
    stateful_test(LARGE, RwLockAdapter(SIMULATED, tasks=4, readers_max=2))("runTest").debug()
