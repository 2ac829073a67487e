"""The real broadcast channel, driven by its machine: along every edge, and at random."""

from __future__ import annotations

import pytest

from spec.broadcast import BroadcastMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.broadcast import BroadcastAdapter
from tests.stateful.edge_replay import replay_every_edge
from zokio.model import stateful_test

SMALL = BroadcastMachine(tasks=1, receivers=2, capacity=1, sends=3, takes=2)
LARGE = BroadcastMachine(tasks=4, receivers=3, capacity=2, sends=5, takes=4)


def adapter_for(machine: BroadcastMachine) -> BroadcastAdapter:
    return BroadcastAdapter(VIRTUAL_REACTORS["simulated"], machine)


@pytest.mark.uncounted
def test_the_real_broadcast_can_take_every_transition_of_the_small_machine() -> None:
    replay_every_edge(SMALL, adapter_for(SMALL))


@pytest.mark.uncounted
def test_random_runs_of_the_real_broadcast_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
