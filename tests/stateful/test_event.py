"""The real Event, driven by its machine."""

from __future__ import annotations

import pytest

from spec.event import EventMachine
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.signals import EventAdapter
from tests.stateful.edge_replay import assert_everything_was_witnessed, replay_every_edge
from zokio.model import stateful_test

SIMULATED = VIRTUAL_REACTORS["simulated"]
SMALL = EventMachine(tasks=3)
LARGE = EventMachine(tasks=4)


def test_the_real_event_can_take_every_transition_of_the_machine() -> None:
    adapter = EventAdapter(SIMULATED, SMALL.tasks)
    assert_everything_was_witnessed(SMALL, replay_every_edge(SMALL, adapter))


@pytest.mark.uncounted
def test_random_runs_of_the_real_event_agree_with_the_machine() -> None:
    stateful_test(LARGE, EventAdapter(SIMULATED, LARGE.tasks))("runTest").debug()
