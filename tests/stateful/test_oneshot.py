"""The real oneshot channel, driven by its machine: along every edge, and at random."""

from __future__ import annotations

import pytest

from spec.oneshot import OneshotMachine
from spec.oneshot_steps import RECEIVE, WATCH
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from tests.refinement.oneshot import OneshotAdapter
from tests.stateful.edge_replay import replay_every_edge
from zokio.model import stateful_test

SMALL = (OneshotMachine(does=(RECEIVE, RECEIVE)), OneshotMachine(does=(RECEIVE, WATCH)))
LARGE = OneshotMachine(does=(RECEIVE, RECEIVE, RECEIVE, WATCH))


def adapter_for(machine: OneshotMachine) -> OneshotAdapter:
    return OneshotAdapter(VIRTUAL_REACTORS["simulated"], machine)


@pytest.mark.uncounted
@pytest.mark.parametrize("machine", SMALL, ids=("two tasks", "a task and the sender"))
def test_the_real_oneshot_can_take_every_transition(machine: OneshotMachine) -> None:
    replay_every_edge(machine, adapter_for(machine))


@pytest.mark.uncounted
def test_random_runs_of_the_real_oneshot_agree_with_the_machine() -> None:
    stateful_test(LARGE, adapter_for(LARGE))("runTest").debug()
