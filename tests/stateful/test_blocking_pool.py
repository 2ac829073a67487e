"""The real blocking pool, driven by its machine: each of its threads stops at every step."""

from __future__ import annotations

import pytest

from spec.blocking_pool import CONFIGURATIONS, BlockingPoolMachine
from tests.refinement.blocking_pool import BlockingPoolAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_one_walk_in
from zokio.model import stateful_test

MANY = BlockingPoolMachine(calls=5, threads=2, queue_max=2, failures_max=2)
WALKS = 40
"""One walk in so many is taken; `python -m assurance.replay` takes all with one call less."""


def adapter_for(machine: BlockingPoolMachine) -> BlockingPoolAdapter:
    return BlockingPoolAdapter(
        calls=machine.calls, threads=machine.threads, queue_max=machine.queue_max
    )


def test_random_runs_of_the_real_pool_agree_with_the_machine() -> None:
    stateful_test(MANY, adapter_for(MANY))("runTest").debug()


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", CONFIGURATIONS, ids=lambda machine: machine.title)
def test_the_real_pool_can_take_the_transitions_of_the_machine(
    machine: BlockingPoolMachine,
) -> None:
    witness = replay_one_walk_in(WALKS, machine, adapter_for(machine))
    assert_everything_was_witnessed(machine, witness)
