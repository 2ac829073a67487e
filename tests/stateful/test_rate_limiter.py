"""The real rate limiter, driven by its machine, on two reactors."""

from __future__ import annotations

import pytest

from spec.rate_limiter import RateLimiterMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.rate_limiter import RateLimiterAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_one_walk_in
from zokio.model import stateful_test

SMALL = RateLimiterMachine(callers=2, burst=1, horizon=1)
MEDIUM = RateLimiterMachine(callers=2, burst=2, horizon=2)
LARGE = RateLimiterMachine(callers=3, burst=2, horizon=3)


def adapter_for(machine: RateLimiterMachine, reactor: str) -> RateLimiterAdapter:
    make_reactor = VIRTUAL_REACTORS[reactor]
    return RateLimiterAdapter(make_reactor, callers=machine.callers, burst=machine.burst)


@pytest.mark.parametrize("reactor", ("epoll", "simulated"))
def test_walks_through_the_smallest_machine_agree_with_the_real_limiter(reactor: str) -> None:
    replay_one_walk_in(2, SMALL, adapter_for(SMALL, reactor))


@pytest.mark.uncounted
def test_the_real_limiter_does_everything_that_the_machine_says() -> None:
    adapter = adapter_for(MEDIUM, "simulated")
    assert_everything_was_witnessed(MEDIUM, replay_one_walk_in(15, MEDIUM, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_limiter_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE, "simulated"))("runTest").debug()
