"""The real DelayQueue, driven by its machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.delay_queue import DelayQueueMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.delay_queue import DelayQueueAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = DelayQueueMachine(values=1, consumers=1, horizon=1)
MEDIUM = DelayQueueMachine(values=2, consumers=1, horizon=1)
LARGE = DelayQueueMachine(values=2, consumers=2, horizon=1)


@pytest.mark.parametrize("reactor", ("epoll", "simulated"))
def test_the_real_queue_can_take_every_transition_of_the_smallest_machine(reactor: str) -> None:
    replay_every_edge(SMALL, DelayQueueAdapter(VIRTUAL_REACTORS[reactor], SMALL.consumers))


@pytest.mark.uncounted
def test_the_real_queue_does_everything_that_the_machine_says() -> None:
    adapter = DelayQueueAdapter(VIRTUAL_REACTORS["simulated"], MEDIUM.consumers)
    assert_everything_was_witnessed(MEDIUM, replay_one_walk_in(5, MEDIUM, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_queue_agree_with_the_machine() -> None:
    adapter = DelayQueueAdapter(VIRTUAL_REACTORS["simulated"], LARGE.consumers)
    stateful_test(LARGE, adapter)("runTest").debug()
