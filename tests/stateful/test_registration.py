"""The registration machine held against the real runtime, on every reactor and kind of socket."""

from __future__ import annotations

import selectors
from collections.abc import Callable

import pytest

from spec.registration import LevelTriggered, Registration
from tests.helpers.connected_pair import local_pair, simulated_pair, tcp_pair
from tests.refinement.registration import MakePair, RegistrationAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import Lockstep, Witness, explore, stateful_test
from zokio.reactor.contract import Reactor
from zokio.reactor.epoll import EpollReactor
from zokio.reactor.portable import PortableReactor
from zokio.reactor.simulated import SimulatedReactor

NUMBER = 500  # far above what a test run has open, below what select can take
FIRST_SIMULATED = 3


def portable(selector: type[selectors.BaseSelector]) -> Callable[[], Reactor]:
    return lambda: PortableReactor(selector())


def on_levels(selector: type[selectors.BaseSelector], make_pair: MakePair) -> RegistrationAdapter:
    return RegistrationAdapter(portable(selector), make_pair, number=NUMBER, edges=False)


def on_epoll(make_pair: MakePair) -> RegistrationAdapter:
    return RegistrationAdapter(EpollReactor, make_pair, number=NUMBER)


def simulated() -> RegistrationAdapter:
    return RegistrationAdapter(SimulatedReactor, simulated_pair, number=FIRST_SIMULATED)


@pytest.mark.parametrize(
    ("kind", "adapter", "constants"),
    [
        (Registration, on_epoll(local_pair), {"error_stays": True}),
        (Registration, simulated(), {}),
        (LevelTriggered, on_levels(selectors.PollSelector, local_pair), {"error_stays": True}),
    ],
    ids=["epoll", "simulated", "poll"],
)
def test_every_edge_of_the_small_machine_and_every_sometimes_of_the_large_one_was_witnessed(
    kind: type[Registration], adapter: RegistrationAdapter, constants: dict[str, object]
) -> None:
    witness = replay_every_edge(kind(tasks=1, generations=1, inbox_max=1, **constants), adapter)
    machine = kind(inbox_max=1, **constants)
    replay_every_sometimes(machine, adapter, witness)
    assert_everything_was_witnessed(machine, witness)


def replay_every_sometimes(
    machine: Registration, adapter: RegistrationAdapter, witness: Witness
) -> None:
    """Take the shortest way to a state of each `sometimes`, and poll who is owed a poll there."""
    lockstep = Lockstep(machine, adapter, witness)
    graph = explore(machine)
    for name, claim in machine.claims.items():
        if claim.kind == "sometimes":
            number = next(
                n for n, state in enumerate(graph.states) if getattr(machine, name)(state)
            )
            trace = graph.trace(graph.path(number))
            lockstep.start(trace.initial)
            try:
                for step, _ in trace.steps:
                    lockstep.take(step)
                while "poll" in (ready := {step.name: step for step in lockstep.enabled}):
                    lockstep.take(ready["poll"])
            finally:
                lockstep.stop()


TestEpollOverLocalSockets = stateful_test(Registration(error_stays=True), on_epoll(local_pair))
TestEpollOverTcp = stateful_test(Registration(generations=3), on_epoll(tcp_pair))
TestSimulated = stateful_test(Registration(), simulated())
TestPollOverTcp = stateful_test(LevelTriggered(), on_levels(selectors.PollSelector, tcp_pair))
TestSelectOverLocalSockets = stateful_test(
    LevelTriggered(error_stays=True), on_levels(selectors.SelectSelector, local_pair)
)
