"""The real select, driven by its machine: fair and biased, its owner cancelled and aborted."""

from __future__ import annotations

import pytest

from spec.select import SelectMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.select import SelectAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import stateful_test

LARGE = SelectMachine(branches=4)


def adapter_for(machine: SelectMachine, reactor: str, *, aborts: bool = False) -> SelectAdapter:
    make_reactor = VIRTUAL_REACTORS[reactor]
    return SelectAdapter(make_reactor, machine.branches, biased=machine.biased, aborts=aborts)


@pytest.mark.parametrize("biased", (False, True))
@pytest.mark.parametrize("aborts", (False, True))
def test_the_real_select_can_take_every_transition_of_two_branches(
    biased: bool, aborts: bool
) -> None:
    machine = SelectMachine(branches=2, biased=biased)
    witness = replay_every_edge(machine, adapter_for(machine, "epoll", aborts=aborts))
    assert_everything_was_witnessed(machine, witness)


@pytest.mark.uncounted
@pytest.mark.parametrize("biased", (False, True))
def test_the_real_select_of_three_branches_does_what_the_machine_says(biased: bool) -> None:
    machine = SelectMachine(branches=3, biased=biased)
    replay_one_walk_in(10, machine, adapter_for(machine, "simulated"))


@pytest.mark.uncounted
def test_random_runs_of_the_real_select_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE, "simulated"))("runTest").debug()
