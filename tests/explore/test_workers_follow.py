"""Every explored schedule of the real workers is a run of their specification, step by step.

Here the bound is one preemption, two for short programs and none for the longest; `python -m
assurance.interleavings` takes two for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from tests.explore import workers_ends as ends
from tests.explore import workers_threads as threads
from tests.explore import workers_wakes as wakes
from tests.explore.planting import planted
from tests.explore.workers_beliefs import WorkersBeliefs
from tests.explore.workers_follower import WorkersFollower
from tests.explore.workers_machine import FollowedWorkers
from tests.explore.workers_programs import PROGRAMS
from tests.explore.workers_races import WORKERS_RACES
from tests.explore.workers_world import Scene, modelled
from zokio.explore import explore

pytestmark = [
    pytest.mark.uncounted,
    pytest.mark.interpreted,  # attributes of compiled classes cannot be watched
]

PREEMPTIONS = {
    wakes.one_wake: 2,
    wakes.wake_while_parking: 2,
    threads.blocked_worker: 2,
    threads.blocked_waker: 2,
    ends.shutdown_of_parked_workers: 0,
}
"""Where it is not one."""
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


BELIEFS = WorkersBeliefs()
"""Shared: what right schedules have taught hides no wrong step."""
follow = partial(WorkersFollower, BELIEFS)


@pytest.fixture(autouse=True)
def _followed() -> Iterator[None]:
    with modelled():
        yield
    Scene.watch = None


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_every_schedule_is_a_run_of_the_machine(program: Callable[[], object]) -> None:
    before = WorkersFollower.steps
    found = explore(program, preemptions=PREEMPTIONS.get(program, 1), on_event=follow)
    assert found.outcome == "holds", found.report
    assert WorkersFollower.steps - before > 20 * found.executions


def test_every_action_occurs() -> None:
    for program in PROGRAMS:
        explore(program, preemptions=int(program is wakes.stolen_children), on_event=follow)
    never = {action.name for action in FollowedWorkers(2, {}).actions} - BELIEFS.named
    assert never <= {"silence"}, "that needs a preemption in one of the longer programs"


@pytest.mark.parametrize("name", ANOTHER_STEP)
def test_a_race_is_noticed_at_its_wrong_step_although_it_harms_nobody_there(name: str) -> None:
    race = next(race for race in WORKERS_RACES if race.name == name)
    with planted(race):
        assert explore(race.program, preemptions=0).outcome == "holds"
        found = explore(race.program, preemptions=0, on_event=follow)
    assert found.outcome == "violated"
    assert ANOTHER_STEP[name] in found.reason, found.reason
