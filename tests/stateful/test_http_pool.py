"""The real pool of the HTTP client, driven by its machine: along its edges, and at random."""

from __future__ import annotations

import pytest

from spec.http_pool import LARGE, HttpPoolMachine, SharedByHosts
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.http_pool import HttpPoolAdapter
from tests.stateful.edge_replay import (
    assert_everything_was_witnessed,
    replay_every_edge,
    replay_one_walk_in,
)
from zokio.model import Lockstep, Witness, stateful_test

ONE_HOST = HttpPoolMachine(wants=(0, 0), idempotent=(True, False), per_host=1, total=1)
TWO_HOSTS = SharedByHosts(wants=(0, 1), idempotent=(True, True), per_host=1, total=1)
MIDDLE = SharedByHosts(wants=(0, 0, 1), idempotent=(True, False, True), per_host=1, total=1)


def adapter_for(machine: HttpPoolMachine) -> HttpPoolAdapter:
    return HttpPoolAdapter(VIRTUAL_REACTORS["simulated"], machine)


@pytest.mark.uncounted
def test_the_real_pool_can_take_every_transition_for_one_host() -> None:
    witness = replay_every_edge(ONE_HOST, adapter_for(ONE_HOST))
    assert_everything_was_witnessed(ONE_HOST, witness)


@pytest.mark.uncounted
def test_the_real_pool_can_take_every_transition_for_two_hosts() -> None:
    replay_every_edge(TWO_HOSTS, adapter_for(TWO_HOSTS))


@pytest.mark.uncounted
def test_the_real_pool_can_take_transitions_of_the_machine() -> None:
    replay_one_walk_in(16, MIDDLE, adapter_for(MIDDLE))


FOUR_TASKS = HttpPoolMachine(wants=(0, 0, 1, 1), idempotent=(True,) * 4, per_host=1, total=2)
THREE_HOSTS = SharedByHosts(wants=(0, 1, 2), idempotent=(True,) * 3, per_host=1, total=2)

WALKS = {
    "who is held up by its own host is passed by another": (
        FOUR_TASKS,
        "ask(task=0) connect(task=0) ask(task=2) connect(task=2) ask(task=1) ask(task=3) "
        "finish(task=2) poll(task=3) drop_response(task=0) poll(task=1) connect(task=1)",
    ),
    "the connection that is idle for longest makes room": (
        THREE_HOSTS,
        "ask(task=0) connect(task=0) ask(task=1) connect(task=1) finish(task=1) finish(task=0) "
        "ask(task=2) connect(task=2) ask(task=0) finish(task=2) finish(task=0)",
    ),
}


@pytest.mark.parametrize("name", WALKS)
def test_the_real_pool_goes_a_walk_that_small_machines_have_not(name: str) -> None:
    machine, walk = WALKS[name]
    lockstep = Lockstep(machine, adapter_for(machine), Witness())
    (initial,) = machine.initial()
    try:
        lockstep.start(initial)
        for wanted in walk.split(") "):
            named = wanted.rstrip(")") + ")"
            lockstep.take({str(step): step for step in lockstep.enabled}[named])
    finally:
        lockstep.stop()


@pytest.mark.uncounted
def test_random_runs_of_the_real_pool_agree_with_a_larger_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
