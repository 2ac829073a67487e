"""The generated search against the plain machine: every state and every transition.

The search asks a step once for all states that look alike to it. Here `enabled` and `apply` are
asked for each state.
"""

from __future__ import annotations

from typing import Any

import pytest

from spec import MACHINES
from tests.model.machines.drawn import Drawn
from tests.model.machines.locks import SpinLock, TicketLock
from tests.model.machines.peterson import BlindPeterson, Peterson, RudePeterson
from tests.model.machines.philosophers import OrderedPhilosophers, Philosophers
from tests.model.machines.two_phase import TwoPhase
from zokio.model import Machine, explore

KNOWN: list[Machine[Any]] = [
    Drawn(start=(0, 1), fair=((1, 2, None, 0),), loose=((3, None, 3, 3),)),
    SpinLock(processes=3),
    TicketLock(processes=3),
    Peterson(),
    BlindPeterson(),
    RudePeterson(),
    Philosophers(seats=4),
    OrderedPhilosophers(seats=5),
    TwoPhase(managers=3),
    TwoPhase(managers=5),
]
SPECIFIED = [machine for configurations in MACHINES.values() for machine in configurations]


@pytest.mark.parametrize("machine", [*KNOWN, *SPECIFIED], ids=repr)
def test_every_state_has_the_steps_that_the_machine_itself_gives_it(machine: Machine[Any]) -> None:
    graph = explore(machine, edges=True)
    states = graph.states
    number_of = {state: number for number, state in enumerate(states)}
    assert len(number_of) == len(states)
    assert states[: graph.initial] == list(dict.fromkeys(machine.initial()))
    step_number = {step: number for number, step in enumerate(graph.steps)}
    for number, state in enumerate(states):
        expected = {
            step_number[step]: number_of[machine.apply(state, step)]
            for step in machine.enabled(state)
        }
        found = list(graph.out(number))
        assert dict(found) == expected
        assert len(found) == len(expected)


@pytest.mark.parametrize("machine", [*KNOWN, *SPECIFIED], ids=repr)
def test_a_search_with_and_one_without_edges_find_the_same(machine: Machine[Any]) -> None:
    with_edges, without = explore(machine, edges=True), explore(machine)
    assert with_edges.fired == without.fired
    assert with_edges.levels == without.levels
    assert set(with_edges.states) == set(without.states)
