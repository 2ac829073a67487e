"""The scheduler machine held against the real loop, with wakes and spawns from real threads.

Interpreted only: the probes have to get between the look at a task's flag and its raising, which
are one stretch of machine code in the compiled build.
"""

from __future__ import annotations

import pytest
from hypothesis import settings

from spec.scheduler import SchedulerMachine
from tests.refinement.scheduler import SchedulerAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_one_walk_in
from zokio.env.clock import VirtualClock
from zokio.model import stateful_test
from zokio.reactor.epoll import EpollReactor
from zokio.reactor.simulated import SimulatedReactor

pytestmark = pytest.mark.interpreted

MACHINE = SchedulerMachine(tasks=2, threads=2, interval=2, entries_max=3)
# Small enough for every transition: the first for what threads do to each other, the second for
# what two tasks do to each other. All of it takes half a minute, so it is for the long profile.
TWO_THREADS = SchedulerMachine(tasks=1, threads=2, interval=1, entries_max=1)
TWO_TASKS = SchedulerMachine(tasks=2, threads=1, interval=1, entries_max=1)
ONE_IN = 1 if settings().max_examples >= 1_000 else 12


def epoll() -> EpollReactor:
    return EpollReactor(now_ns=VirtualClock().now_ns)


TestOnEpoll = stateful_test(MACHINE, SchedulerAdapter(epoll, MACHINE.interval))
TestSimulated = stateful_test(MACHINE, SchedulerAdapter(SimulatedReactor, MACHINE.interval))


@pytest.mark.uncounted
def test_the_runtime_takes_the_transitions_of_two_threads_with_one_task() -> None:
    adapter = SchedulerAdapter(SimulatedReactor, TWO_THREADS.interval)
    replay_one_walk_in(ONE_IN, TWO_THREADS, adapter)


@pytest.mark.uncounted
def test_the_runtime_does_everything_that_the_specification_says() -> None:
    adapter = SchedulerAdapter(epoll, TWO_TASKS.interval)
    witness = replay_one_walk_in(ONE_IN, TWO_TASKS, adapter)
    assert_everything_was_witnessed(TWO_TASKS, witness)
