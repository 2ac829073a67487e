"""The real join, driven by its machine: its owner cancelled and aborted."""

from __future__ import annotations

import pytest

from spec.join_all import JoinAllMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.join_all import JoinAllAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = JoinAllMachine(branches=2)
MEDIUM = JoinAllMachine(branches=3)
LARGE = JoinAllMachine(branches=4)


def adapter_for(machine: JoinAllMachine, reactor: str, *, aborts: bool = False) -> JoinAllAdapter:
    return JoinAllAdapter(VIRTUAL_REACTORS[reactor], machine.branches, aborts=aborts)


@pytest.mark.parametrize("aborts", (False, True))
def test_the_real_join_can_take_every_transition_of_two_branches(aborts: bool) -> None:
    witness = replay_every_edge(SMALL, adapter_for(SMALL, "epoll", aborts=aborts))
    assert_everything_was_witnessed(SMALL, witness)


@pytest.mark.uncounted
def test_the_real_join_of_three_branches_does_what_the_machine_says() -> None:
    replay_one_walk_in(10, MEDIUM, adapter_for(MEDIUM, "simulated"))


@pytest.mark.uncounted
def test_random_runs_of_the_real_join_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE, "simulated"))("runTest").debug()
