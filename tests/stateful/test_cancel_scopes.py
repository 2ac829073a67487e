"""The real scopes, groups and tasks, driven by the cancel scope machine, on two reactors.

The smallest configuration is replayed whole. Of the larger ones, whose every transition takes
minutes, each run takes the same walks, spread over the graph.
"""

from __future__ import annotations

from functools import cache

import pytest

from spec.cancel_scopes import CancelGroupsMachine, CancelThreadsMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.cancel_scopes import CancelScopesAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import Step, shortest_paths, stateful_test

SMALL = CancelGroupsMachine(tasks=2, scopes=1, threads=False, apart=False)
NESTED = CancelGroupsMachine(tasks=2, scopes=2, threads=False, apart=False)
SIBLINGS = CancelGroupsMachine(tasks=3, scopes=1, threads=False, apart=False)
THREADS = CancelThreadsMachine(tasks=2, scopes=1)
LARGE = CancelThreadsMachine(tasks=3, scopes=3)


@cache
def deep_paths() -> list[tuple[Step, ...]]:
    """Where random runs start from: deep states of the smaller machines."""
    return [path for small in (NESTED, SIBLINGS) for path in shortest_paths(small, count=16)]


on_both_reactors = pytest.mark.parametrize("reactor", ("epoll", "simulated"))


@on_both_reactors
def test_tasks_can_take_every_transition_of_the_smallest_machine(reactor: str) -> None:
    replay_every_edge(SMALL, CancelScopesAdapter(VIRTUAL_REACTORS[reactor]))


@pytest.mark.uncounted
@on_both_reactors
def test_walks_with_other_threads_do_everything_that_the_machine_says(reactor: str) -> None:
    adapter = CancelScopesAdapter(VIRTUAL_REACTORS[reactor])
    assert_everything_was_witnessed(THREADS, replay_one_walk_in(20, THREADS, adapter))


@pytest.mark.uncounted
def test_walks_through_nested_scopes_agree_with_the_machine() -> None:
    adapter = CancelScopesAdapter(VIRTUAL_REACTORS["simulated"])
    replay_one_walk_in(100, NESTED, adapter)


@pytest.mark.uncounted
def test_walks_of_groups_with_siblings_agree_with_the_machine() -> None:
    adapter = CancelScopesAdapter(VIRTUAL_REACTORS["epoll"])
    replay_one_walk_in(50, SIBLINGS, adapter)


@on_both_reactors
def test_random_runs_agree_with_the_machine(reactor: str) -> None:
    adapter = CancelScopesAdapter(VIRTUAL_REACTORS[reactor])
    stateful_test(LARGE, adapter, prefixes=deep_paths())("runTest").debug()
