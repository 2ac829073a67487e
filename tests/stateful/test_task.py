"""The task machine held against the real runtime: every wake and every end of a poll."""

from __future__ import annotations

import pytest

from spec.task import TaskMachine
from tests.refinement.task import TaskAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.env.clock import VirtualClock
from zokio.model import stateful_test
from zokio.reactor.epoll import EpollReactor
from zokio.reactor.simulated import SimulatedReactor

MACHINE = TaskMachine(tasks=3)
EPOLL = TaskAdapter(lambda: EpollReactor(now_ns=VirtualClock().now_ns))
SIMULATED = TaskAdapter(SimulatedReactor)

TestOnEpoll = stateful_test(MACHINE, EPOLL)
TestSimulated = stateful_test(MACHINE, SIMULATED)


@pytest.mark.parametrize("adapter", [EPOLL, SIMULATED], ids=["epoll", "simulated"])
def test_the_runtime_takes_every_transition_of_the_specification(adapter: TaskAdapter) -> None:
    assert_everything_was_witnessed(MACHINE, replay_every_edge(MACHINE, adapter))
