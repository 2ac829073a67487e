"""The runtime on several workers under every interleaving within a bound; planted races are found.

Here the bound is one preemption for what holds; `python -m assurance.interleavings` takes more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.explore.planting import PlantedRace, planted
from tests.explore.workers_programs import PROGRAMS
from tests.explore.workers_races import WORKERS_RACES
from tests.explore.workers_wakes import ping_pong, stolen_children, two_wakers_of_one
from tests.explore.workers_world import OnePlace, Scene, modelled
from zokio.explore import explore, replay, sample

pytestmark = [
    pytest.mark.uncounted,
    pytest.mark.interpreted,  # attributes of compiled classes cannot be watched
]


@pytest.fixture(autouse=True)
def _modelled() -> Iterator[None]:
    with modelled():
        yield


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__)
def test_nothing_is_lost_with_one_preemption(program: Callable[[], object]) -> None:
    found = explore(program, preemptions=1)
    assert found.outcome == "holds", found.report


@pytest.mark.parametrize("race", WORKERS_RACES, ids=lambda race: race.name)
def test_a_planted_race_is_found_and_replays_from_its_token(race: PlantedRace) -> None:
    with planted(race):
        found = explore(race.program, preemptions=2)
        assert found.outcome == "violated"
        assert found.token is not None
        assert replay(race.program, found.token).reason == found.reason


@pytest.fixture
def one_place() -> Iterator[type[OnePlace]]:
    """The listener; afterwards nobody listens."""
    before = OnePlace.looks
    yield OnePlace
    Scene.watch = None
    assert OnePlace.looks > before, "it has seen no task anywhere"


@pytest.mark.parametrize("program", [two_wakers_of_one, stolen_children, ping_pong])
def test_no_task_stands_in_two_places_after_any_step(
    program: Callable[[], object], one_place: type[OnePlace]
) -> None:
    found = explore(program, preemptions=1, on_event=one_place)
    assert found.outcome == "holds", found.report


def test_a_task_in_two_places_is_noticed_where_it_gets_there(one_place: type[OnePlace]) -> None:
    name = "a_wake_during_the_poll_queues_the_task_at_once"
    race = next(race for race in WORKERS_RACES if race.name == name)
    with planted(race):
        found = explore(race.program, preemptions=2, on_event=one_place)
    assert "a task stands in two places" in found.reason


@pytest.mark.parametrize("depth", [3, None])
def test_drawn_schedules_find_nothing_either(depth: int | None) -> None:
    for program in PROGRAMS:
        drawn = sample(program, schedules=20, seed=4, depth=depth)
        assert drawn.outcome == "incomplete", drawn.report
