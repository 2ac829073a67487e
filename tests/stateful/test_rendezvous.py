"""The real rendezvous channel, driven by its machine: along every edge, and at random."""

from __future__ import annotations

import pytest

from spec.rendezvous import RendezvousMachine
from spec.rendezvous_steps import RECEIVE, SEND
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.rendezvous import RendezvousAdapter
from tests.stateful.edge_replay import replay_every_edge
from zokio.model import stateful_test

SMALL = (
    RendezvousMachine(does=(SEND, RECEIVE), tries=1),
    RendezvousMachine(does=(RECEIVE, RECEIVE), tries=2),
    RendezvousMachine(does=(SEND, SEND), tries=0),
)
LARGE = RendezvousMachine(does=(SEND, SEND, RECEIVE, RECEIVE), tries=2)


def adapter_for(machine: RendezvousMachine) -> RendezvousAdapter:
    return RendezvousAdapter(VIRTUAL_REACTORS["simulated"], machine)


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", SMALL, ids=("one each", "receivers", "senders"))
def test_the_real_rendezvous_can_take_every_transition(machine: RendezvousMachine) -> None:
    replay_every_edge(machine, adapter_for(machine))


@pytest.mark.uncounted
def test_random_runs_of_the_real_rendezvous_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
