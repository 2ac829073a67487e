"""The supervisor's policy and its words: what the machine leaves out."""

from __future__ import annotations

import signal

import pytest

from tests.refinement.supervisor import SimulatedWorld
from zokio.supervisor.places import Policy
from zokio.supervisor.supervisor import Supervisor


def test_each_pause_is_twice_the_one_before_up_to_the_longest() -> None:
    policy = Policy(workers=1, pause=0.5, pause_max=30.0)
    pauses = [policy.pause_after(failures) for failures in (1, 2, 3, 6, 7, 10_000)]
    assert pauses == [0.5, 1.0, 2.0, 16.0, 30.0, 30.0]


def test_the_alarms_are_set_to_what_the_policy_says() -> None:
    world = SimulatedWorld()
    policy = Policy(workers=1, pause=0.25, steady=7.0, patience=3.0, start_timeout=5.0)
    supervisor = Supervisor(policy, world)
    supervisor.begin()
    assert world.alarms == {0: 5.0}
    world.processes[0].is_alive = False
    supervisor.ended(world.processes[0], 1)
    assert world.alarms == {0: 0.25}
    supervisor.ring(0)
    supervisor.came_up(world.processes[1])
    assert world.alarms == {0: 7.0}
    supervisor.stop()
    assert world.alarms == {0: 3.0}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (3, "ended with exit code 3"),
        (-signal.SIGKILL, "was ended by SIGKILL"),
        (-250, "was ended by signal 250"),
    ],
)
def test_how_a_process_ended_is_said(code: int, words: str) -> None:
    world = SimulatedWorld()
    supervisor = Supervisor(Policy(workers=1), world)
    supervisor.begin()
    supervisor.ended(world.processes[0], code)
    assert world.said == [f"process 0 {words}; another one starts in 0.5 s"]


def test_a_reload_that_comes_after_the_stop_does_nothing() -> None:
    world = SimulatedWorld()
    supervisor = Supervisor(Policy(workers=1), world)
    supervisor.begin()
    supervisor.stop()
    supervisor.reload()
    assert len(world.processes) == 1
