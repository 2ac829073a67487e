"""The real Barrier, driven by its machine."""

from __future__ import annotations

import pytest

from spec.barrier import BarrierMachine, Pairs
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.signals import BarrierAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
SMALL = Pairs(tasks=3, parties=2)
LARGE = BarrierMachine(tasks=4, parties=3)


def test_the_real_barrier_can_take_every_transition_of_the_machine() -> None:
    adapter = BarrierAdapter(SIMULATED, tasks=3, parties=2)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_barrier_agree_with_the_machine() -> None:
    stateful_test(LARGE, BarrierAdapter(SIMULATED, tasks=4, parties=3))("runTest").debug()
