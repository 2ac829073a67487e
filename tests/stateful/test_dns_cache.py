"""The real cache of names, driven by its machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.dns_cache import DnsCacheMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.dns_cache import DnsCacheAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = DnsCacheMachine(askers=2, queries=2, lifetime=1)
MEDIUM = DnsCacheMachine(askers=3, queries=2, lifetime=1)
LARGE = DnsCacheMachine(askers=3, queries=3, lifetime=2)


@pytest.mark.parametrize("reactor", ("epoll", "simulated"))
def test_the_real_cache_can_take_every_transition_of_the_smallest_machine(reactor: str) -> None:
    adapter = DnsCacheAdapter(VIRTUAL_REACTORS[reactor], SMALL.askers)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_walks_with_three_who_ask_agree_with_the_machine() -> None:
    adapter = DnsCacheAdapter(VIRTUAL_REACTORS["simulated"], MEDIUM.askers)
    replay_one_walk_in(20, MEDIUM, adapter)


@pytest.mark.uncounted
def test_random_runs_of_the_real_cache_agree_with_the_machine() -> None:
    adapter = DnsCacheAdapter(VIRTUAL_REACTORS["simulated"], LARGE.askers)
    stateful_test(LARGE, adapter)("runTest").debug()
