"""The real watch channel, driven by its machine: along every edge, and at random."""

from __future__ import annotations

import pytest

from spec.watch import WatchMachine
from spec.watch_steps import CHANGE, LEAVE
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.watch import WatchAdapter
from tests.stateful.edge_replay import replay_every_edge
from zokio.model import stateful_test

SMALL = (
    WatchMachine(does=(CHANGE, CHANGE), receivers=1, sends=2, looks=1),
    WatchMachine(does=(CHANGE, CHANGE), receivers=2, sends=1, looks=0),
)
LARGE = WatchMachine(does=(CHANGE, CHANGE, LEAVE), receivers=2, sends=3, looks=2)


def adapter_for(machine: WatchMachine) -> WatchAdapter:
    return WatchAdapter(VIRTUAL_REACTORS["simulated"], machine)


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", SMALL, ids=("one receiver", "two receivers"))
def test_the_real_watch_can_take_every_transition(machine: WatchMachine) -> None:
    replay_every_edge(machine, adapter_for(machine))


@pytest.mark.uncounted
def test_random_runs_of_the_real_watch_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
