"""The real shutdown, driven by the shutdown machine: its own thread stops at every step."""

from __future__ import annotations

import pytest

from spec.shutdown import ShutdownMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.shutdown import ShutdownAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

REACTORS = ("epoll", "simulated")
SMALL = ShutdownMachine(tasks=2, timeout=1, injected_max=1)
LARGE = ShutdownMachine(tasks=4, timeout=2, injected_max=3)


def adapter_for(machine: ShutdownMachine, reactor: str) -> ShutdownAdapter:
    return ShutdownAdapter(VIRTUAL_REACTORS[reactor], tasks=machine.tasks, timeout=machine.timeout)


@pytest.mark.uncounted
def test_the_real_shutdown_can_take_every_transition_of_the_machine() -> None:
    witness = replay_every_edge(SMALL, adapter_for(SMALL, "epoll"))
    assert_everything_was_witnessed(SMALL, witness)


@pytest.mark.parametrize("reactor", REACTORS)
def test_random_runs_of_the_real_shutdown_agree_with_the_machine(reactor: str) -> None:
    stateful_test(LARGE, adapter_for(LARGE, reactor))("runTest").debug()
