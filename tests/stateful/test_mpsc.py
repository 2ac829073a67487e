"""The real mpsc channel, driven by its machine: along every edge, and at random."""

from __future__ import annotations

import pytest

from spec.mpsc import BoundedMpsc, MpscMachine
from spec.mpsc_state import RECEIVE, RESERVE, RESERVE_TWO, SEND, WATCH
from spec.mpsc_watched import WatchedMpsc
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.mpsc import MpscAdapter
from tests.stateful.edge_replay import replay_every_edge, replay_one_walk_in
from zokio.model import stateful_test

SMALL = BoundedMpsc(does=(SEND, RESERVE, RECEIVE), capacity=1, tries=0)
TRYING = BoundedMpsc(does=(SEND, RECEIVE), capacity=1, tries=1)
TWO = BoundedMpsc(does=(SEND, RESERVE_TWO, RECEIVE), capacity=2, tries=1)
UNBOUNDED = MpscMachine(does=(SEND, RECEIVE, RECEIVE), capacity=None, tries=1)
WATCHED = WatchedMpsc(does=(RESERVE, WATCH, RECEIVE), capacity=1, tries=1)
LARGE = BoundedMpsc(does=(SEND, SEND, RESERVE, RECEIVE, RECEIVE), handles=2, capacity=1, tries=2)
ROOMY = BoundedMpsc(does=(SEND, RESERVE, RECEIVE), handles=2, capacity=2, tries=2)


def adapter_for(machine: MpscMachine) -> MpscAdapter:
    return MpscAdapter(VIRTUAL_REACTORS["simulated"], machine)


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", (SMALL, TRYING), ids=("small", "trying"))
def test_the_real_channel_can_take_every_transition_of_a_small_machine(
    machine: BoundedMpsc,
) -> None:
    replay_every_edge(machine, adapter_for(machine))


@pytest.mark.uncounted
def test_the_real_unbounded_channel_can_take_transitions_of_its_machine() -> None:
    replay_one_walk_in(16, UNBOUNDED, adapter_for(UNBOUNDED))


@pytest.mark.uncounted
def test_the_real_channel_gives_several_slots_at_once_as_its_machine_says() -> None:
    replay_one_walk_in(8, TWO, adapter_for(TWO))


@pytest.mark.uncounted
def test_the_real_sender_learns_of_the_close_as_the_machine_says() -> None:
    replay_one_walk_in(8, WATCHED, adapter_for(WATCHED))


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", (LARGE, ROOMY), ids=("contended", "roomy"))
def test_random_runs_of_the_real_channel_agree_with_the_machine(machine: BoundedMpsc) -> None:
    stateful_test(machine, adapter_for(machine))("runTest").debug()
