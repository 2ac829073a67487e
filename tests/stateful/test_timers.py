"""The real timers, driven by the timer machine: bare timers and sleeping tasks, on two reactors."""

from __future__ import annotations

import pytest

from spec.timers import CANCEL_ALL, INSERT_DUE, NOTHING, TimersMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.timers import SleepersAdapter, TimersAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

REACTORS = ("epoll", "simulated")
EVERYTHING = (NOTHING, CANCEL_ALL, INSERT_DUE)
SMALL = TimersMachine(timers=2, horizon=2, thens=EVERYTHING)
LARGE = TimersMachine(timers=3, horizon=3, thens=EVERYTHING)
SMALL_SLEEPERS = TimersMachine(timers=2, horizon=2, past=False)
LARGE_SLEEPERS = TimersMachine(timers=3, horizon=3, past=False)


@pytest.mark.parametrize("reactor", REACTORS)
def test_sleeping_tasks_can_take_every_transition_of_the_machine(reactor: str) -> None:
    adapter = SleepersAdapter(VIRTUAL_REACTORS[reactor])
    assert_everything_was_witnessed(SMALL_SLEEPERS, replay_every_edge(SMALL_SLEEPERS, adapter))


@pytest.mark.uncounted
@pytest.mark.parametrize("reactor", REACTORS)
def test_timers_can_take_every_transition_of_the_machine(reactor: str) -> None:
    adapter = TimersAdapter(VIRTUAL_REACTORS[reactor], SMALL.timers)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.parametrize("reactor", REACTORS)
def test_random_runs_of_sleeping_tasks_agree_with_the_machine(reactor: str) -> None:
    adapter = SleepersAdapter(VIRTUAL_REACTORS[reactor])
    stateful_test(LARGE_SLEEPERS, adapter)("runTest").debug()


@pytest.mark.parametrize("reactor", REACTORS)
def test_random_runs_of_timers_agree_with_the_machine(reactor: str) -> None:
    adapter = TimersAdapter(VIRTUAL_REACTORS[reactor], LARGE.timers)
    stateful_test(LARGE, adapter)("runTest").debug()
