"""The real Semaphore, driven by the semaphore machine."""

from __future__ import annotations

import pytest

from spec.semaphore import ClosableSemaphore, SemaphoreMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.semaphore import SemaphoreAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SMALL = ClosableSemaphore(tasks=3, permits=2, sizes=(1, 2))
LARGE = ClosableSemaphore(tasks=4, permits=2, sizes=(2,))


def adapter_for(machine: SemaphoreMachine) -> SemaphoreAdapter:
    make = VIRTUAL_REACTORS["simulated"]
    return SemaphoreAdapter(make, tasks=machine.tasks, permits=machine.permits)


@pytest.mark.uncounted
def test_the_real_semaphore_can_take_every_transition_of_the_machine() -> None:
    witness = replay_every_edge(SMALL, adapter_for(SMALL))
    assert_everything_was_witnessed(SMALL, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_semaphore_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
