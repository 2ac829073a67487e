"""The real CancellationToken, driven by its machine: tasks that wait, and threads that call."""

from __future__ import annotations

import pytest

from spec.cancellation_token import CancellationTokenMachine, TwoCallers
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.cancellation_token import CancellationTokenAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

SMALL = CancellationTokenMachine(tokens=2, tasks=1, callers=1)
MEDIUM = TwoCallers(tokens=2, tasks=1, callers=2)
DEEP = CancellationTokenMachine(tokens=3, tasks=1, callers=1)
LARGE = TwoCallers(tokens=4, tasks=3, callers=2)


def adapter_for(machine: CancellationTokenMachine) -> CancellationTokenAdapter:
    """What drives the real tokens, on the simulated reactor."""
    reactor = VIRTUAL_REACTORS["simulated"]
    return CancellationTokenAdapter(reactor, tasks=machine.tasks, callers=machine.callers)


def test_the_real_token_can_take_every_transition_of_the_smallest_machine() -> None:
    replay_every_edge(SMALL, adapter_for(SMALL))


@pytest.mark.uncounted
@pytest.mark.parametrize(("machine", "many"), [(MEDIUM, 5), (DEEP, 10)], ids=["two", "deep"])
def test_the_real_token_does_everything_that_the_machine_says(
    machine: CancellationTokenMachine, many: int
) -> None:
    witness = replay_one_walk_in(many, machine, adapter_for(machine))
    assert_everything_was_witnessed(machine, witness)


@pytest.mark.uncounted
def test_random_runs_of_the_real_token_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
