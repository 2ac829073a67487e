"""The real JoinHandle, driven by the join machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.join import JoinMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.join import JoinAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

REACTORS = ("epoll", "simulated")
SMALL = JoinMachine(inside=1, outside=1)
LARGE = JoinMachine(inside=3, outside=1)


def adapter_for(machine: JoinMachine, reactor: str) -> JoinAdapter:
    return JoinAdapter(VIRTUAL_REACTORS[reactor], inside=machine.inside, outside=machine.outside)


@pytest.mark.uncounted
@pytest.mark.parametrize("reactor", REACTORS)
def test_the_real_join_can_take_every_transition_of_the_machine(reactor: str) -> None:
    witness = replay_every_edge(SMALL, adapter_for(SMALL, reactor))
    assert_everything_was_witnessed(SMALL, witness)


@pytest.mark.parametrize("reactor", REACTORS)
def test_random_runs_of_the_real_join_agree_with_the_machine(reactor: str) -> None:
    stateful_test(LARGE, adapter_for(LARGE, reactor))("runTest").debug()
