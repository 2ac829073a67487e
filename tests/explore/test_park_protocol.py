"""The real park protocol under every interleaving; and races planted in it, which are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.explore.injection_machine import Follower, InjectionMachine
from tests.explore.park_protocol import PROGRAMS, modelled, two_tasks
from tests.explore.park_races import CLEARED_LATE, PARK_RACES
from tests.explore.planting import PlantedRace, planted
from zokio.explore import Happening, explore, replay, sample
from zokio.model import check

pytestmark = pytest.mark.interpreted  # attributes of compiled classes cannot be watched


@pytest.fixture(autouse=True)
def _modelled() -> Iterator[None]:
    with modelled():
        yield


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_no_wake_is_lost_in_any_interleaving(program: Callable[[], object]) -> None:
    found = explore(program, preemptions=2)
    assert found.outcome == "holds", found.report


@pytest.mark.parametrize("race", PARK_RACES, ids=lambda race: race.name)
def test_a_planted_race_is_found_and_replays_from_its_token(race: PlantedRace) -> None:
    with planted(race):
        found = explore(race.program, preemptions=race.preemptions)
        assert found.outcome == "violated"
        assert found.token is not None
        again = replay(race.program, found.token)
        assert (again.outcome, again.reason) == ("violated", found.reason)
    assert explore(race.program, preemptions=1).outcome == "holds", "the race was not taken out"


def test_sampling_finds_a_planted_race_too() -> None:
    race = PARK_RACES[0]
    with planted(race):
        for depth in (3, None):
            found = sample(race.program, schedules=2_000, seed=1, depth=depth)
            assert found.outcome == "violated"
            assert found.token is not None
            assert replay(race.program, found.token).reason == found.reason


def test_every_explored_schedule_is_a_run_of_the_machine() -> None:
    followers: list[Follower] = []

    def follow() -> Follower:
        followers.append(Follower())
        return followers[-1]

    found = explore(two_tasks, preemptions=1, on_event=follow)
    assert found.outcome == "holds", found.report
    assert len(followers) == found.executions
    assert {follower.validated() for follower in followers} == {"accepted"}
    named = {event.action for follower in followers for event in follower.events}
    assert named == {action.name for action in InjectionMachine().actions}


def test_a_schedule_that_is_no_run_of_the_machine_is_a_violation() -> None:
    """Planted: whoever pushes looks first. It is a step too early, whether or not it does harm."""
    race = next(race for race in PARK_RACES if race.name == "whoever_pushes_looks_before_it")

    class Early(Follower):
        def step_of(self, happening: Happening) -> tuple[str, tuple[int, ...]] | None:
            """The changed line has no label."""
            if happening.strand and happening.operation.endswith("RunQueue#1.parked"):
                return "see", (happening.strand - 1,)
            return super().step_of(happening)

    assert explore(two_tasks, preemptions=0, on_event=Early).outcome == "holds"
    with planted(race):
        found = explore(two_tasks, preemptions=0, on_event=Early)
    assert found.outcome == "violated"
    assert "see(0,) is no step from" in found.reason


def test_following_the_machine_finds_what_harms_no_program() -> None:
    with planted(CLEARED_LATE):
        assert explore(CLEARED_LATE.program).outcome == "holds"
        found = explore(CLEARED_LATE.program, on_event=Follower)
    assert found.outcome == "violated"
    assert "deliver() is no step from" in found.reason


def test_the_machine_holds() -> None:
    assert check(InjectionMachine()).outcome == "holds"
