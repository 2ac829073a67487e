"""The real interval, driven by its machine, with each of the three policies."""

from __future__ import annotations

import pytest

from spec.interval import Burst, Delay, IntervalMachine, Skip
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.interval import IntervalAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SMALL = (Burst(horizon=6), Delay(horizon=6), Skip(horizon=7))
LARGE = (Burst(horizon=20), Delay(horizon=20), Skip(horizon=20))


@pytest.mark.parametrize("machine", SMALL, ids=lambda machine: machine.policy)
def test_the_real_interval_can_take_every_transition_of_the_machine(
    machine: IntervalMachine,
) -> None:
    adapter = IntervalAdapter(VIRTUAL_REACTORS["simulated"], machine)
    assert_everything_was_witnessed(machine, replay_every_edge(machine, adapter))


def test_on_the_reactor_of_the_system_it_is_the_same() -> None:
    machine = Skip(horizon=3)
    replay_every_edge(machine, IntervalAdapter(VIRTUAL_REACTORS["epoll"], machine))


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", LARGE, ids=lambda machine: machine.policy)
def test_random_runs_of_the_real_interval_agree_with_the_machine(machine: IntervalMachine) -> None:
    adapter = IntervalAdapter(VIRTUAL_REACTORS["simulated"], machine)
    stateful_test(machine, adapter)("runTest").debug()
