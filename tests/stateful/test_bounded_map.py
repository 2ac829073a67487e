"""The real map_bounded, driven by its machine: in the order of the source, and of completion."""

from __future__ import annotations

import pytest

from spec.bounded_map import BoundedMapMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.bounded_map import BoundedMapAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

LARGE = BoundedMapMachine(items=4, limit=3, ordered=False)


def adapter_for(machine: BoundedMapMachine, reactor: str) -> BoundedMapAdapter:
    make_reactor = VIRTUAL_REACTORS[reactor]
    return BoundedMapAdapter(make_reactor, limit=machine.limit, ordered=machine.ordered)


@pytest.mark.parametrize("ordered", (True, False))
def test_the_real_map_can_take_every_transition_of_the_smallest_machine(ordered: bool) -> None:
    machine = BoundedMapMachine(items=2, limit=1, ordered=ordered)
    witness = replay_every_edge(machine, adapter_for(machine, "epoll"))
    assert_everything_was_witnessed(machine, witness)


@pytest.mark.uncounted
@pytest.mark.parametrize("ordered", (True, False))
def test_the_real_map_runs_two_items_at_once_as_the_machine_says(ordered: bool) -> None:
    machine = BoundedMapMachine(items=3, limit=2, ordered=ordered)
    replay_one_walk_in(10, machine, adapter_for(machine, "simulated"))


@pytest.mark.uncounted
def test_random_runs_of_the_real_map_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE, "simulated"))("runTest").debug()
