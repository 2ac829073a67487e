"""Every explored schedule of the real workers is a run of their specification, step by step.

Here the bound is no preemption for all programs and one for the short ones; `python -m
assurance.interleavings` takes one for all.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.explore import workers_world as world
from tests.explore.planting import planted
from tests.explore.workers_follower import WorkersFollower
from tests.explore.workers_machine import FollowedWorkers
from tests.explore.workers_races import WORKERS_RACES
from zokio.explore import explore

pytestmark = [
    pytest.mark.uncounted,
    pytest.mark.interpreted,  # attributes of compiled classes cannot be watched
]

SHORT = (
    world.one_wake,
    world.wake_while_parking,
    world.stolen_children,
    world.ping_pong,
    world.earlier_timer,
    world.blocked_worker,
    world.two_wakes_in_a_poll,
)
ANOTHER_STEP = {
    "a_worker_does_not_look_once_more_before_it_sleeps": "settle(0,)",
    "a_worker_looks_once_more_before_it_announces": "recheck(0,)",
    "an_unpark_that_finds_nobody_asleep_is_lost": "the runtime has",
    "a_token_is_looked_for_before_the_lock_is_taken": "has no label",
    "whoever_pushes_from_outside_notifies_first": "pick(3,)",
    "a_worker_which_wakes_notifies_before_it_pushes": "skip(0,)",
    "a_task_is_queued_again_before_its_poll_has_ended": "the runtime has",
    "the_workers_are_unparked_before_they_are_told_to_stop": "call_next(2,)",
}
"""Planted races which no program notices without a preemption, and what the machine says to it."""


@pytest.fixture(autouse=True)
def _followed() -> Iterator[None]:
    with world.modelled():
        yield
    world.Scene.watch = None


def test_every_schedule_is_a_run_of_the_machine_and_every_action_occurs() -> None:
    WorkersFollower.named.clear()
    before = WorkersFollower.steps
    for program in world.PROGRAMS:
        found = explore(program, preemptions=1 if program in SHORT else 0, on_event=WorkersFollower)
        assert found.outcome == "holds", f"{program.__name__}\n{found.report}"
    assert WorkersFollower.steps - before > 10_000
    never = {action.name for action in FollowedWorkers(2).actions} - WorkersFollower.named
    assert never <= {"silence"}, "that needs a preemption in one of the longer programs"


@pytest.mark.parametrize("name", ANOTHER_STEP)
def test_a_race_is_noticed_at_its_wrong_step_although_it_harms_nobody_there(name: str) -> None:
    race = next(race for race in WORKERS_RACES if race.name == name)
    with planted(race):
        assert explore(race.program, preemptions=0).outcome == "holds"
        found = explore(race.program, preemptions=0, on_event=WorkersFollower)
    assert found.outcome == "violated"
    assert ANOTHER_STEP[name] in found.reason, found.reason
