"""The real JoinSet, driven by its machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.join_set import JoinSetMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.join_set import JoinSetAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = JoinSetMachine(tasks=1, joiners=2)
MEDIUM = JoinSetMachine(tasks=2, joiners=2)
LARGE = JoinSetMachine(tasks=3, joiners=2)


def test_the_real_set_can_take_every_transition_of_the_smallest_machine() -> None:
    replay_every_edge(SMALL, JoinSetAdapter(VIRTUAL_REACTORS["epoll"], SMALL.joiners))


@pytest.mark.uncounted
def test_the_real_set_does_everything_that_the_machine_says() -> None:
    adapter = JoinSetAdapter(VIRTUAL_REACTORS["simulated"], MEDIUM.joiners)
    assert_everything_was_witnessed(MEDIUM, replay_one_walk_in(20, MEDIUM, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_set_agree_with_the_machine() -> None:
    adapter = JoinSetAdapter(VIRTUAL_REACTORS["simulated"], LARGE.joiners)
    stateful_test(LARGE, adapter)("runTest").debug()
