"""The runtime's real code under every interleaving within a bound, and races planted in it.

    python -m assurance.interleavings [--fast]

The programs are those of tests/explore/: the park protocol of the current-thread runtime, and the
runtime on several workers. Each is explored with no preemption, with one, and so on up to its
bound, then with drawn schedules. Those of the workers with one preemption at the most, and the
drawn ones, are followed through the workers' machine, one step after another. A program that is
violated, and a planted race that is not found within its time, are errors. An exploration that a
limit ended is counted as incomplete and claims nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from time import perf_counter, process_time

from assurance.command import run_as_command
from assurance.count_bar import CountBar
from tests.explore import park_protocol, workers_world
from tests.explore.litmus import BROKEN, LITMUS
from tests.explore.park_races import PARK_RACES
from tests.explore.planting import PlantedRace, planted
from tests.explore.workers_follower import WorkersFollower
from tests.explore.workers_races import WORKERS_RACES
from zokio.explore import Happening, explore, sample

Program = Callable[[], object]
Figures = dict[str, object]
Enter = Callable[[], AbstractContextManager[None]]
Listen = Callable[[], Callable[[Happening], None]]
World = tuple[str, Enter, Sequence[Program], Sequence[PlantedRace], Listen | None]
"""A name, how to enter it, what is explored and planted there, and who follows each step."""

PREEMPTIONS = 2
PREEMPTIONS_FAST = 0
PREEMPTIONS_FOLLOWED = 1
"""Of the schedules that a machine follows step by step, which takes twenty times as long."""
SCHEDULES_MAX = 60_000
SAMPLES = 300
RACE_SECONDS_MAX = 60.0
"""By the processor's time, so that other work on the machine is no failure."""
RACES_MIN = 12


def measure(*, fast: bool) -> dict[str, object]:
    """Explore the programs and look for the races.

    Args:
        fast: Without preemptions, and only some of the races: tests/explore takes one.

    Raises:
        AssertionError: A program is violated, a litmus program has other results than it can have,
            or a planted race is not found in time.
    """
    worlds: list[World] = [
        ("current thread", park_protocol.modelled, park_protocol.PROGRAMS, PARK_RACES, None),
        (
            "workers",
            workers_world.modelled,
            workers_world.PROGRAMS,
            WORKERS_RACES,
            WorkersFollower,
        ),
    ]
    amount = sum(len(programs) + len(races) for _, _, programs, races, _ in worlds)
    figures: Figures = {"litmus": litmus(), "programs": {}, "races": {}}
    with CountBar("interleavings", amount) as bar:
        for world, modelled, programs, races, listen in worlds:
            explored = holding(world, modelled, programs, bar, fast=fast, listen=listen)
            found = finding(world, modelled, races[:3] if fast else races, bar)
            figures["programs"] = {**as_dict(figures["programs"]), **explored}
            figures["races"] = {**as_dict(figures["races"]), **found}
    planted_races = as_dict(figures["races"])
    assert fast or len(planted_races) >= RACES_MIN, f"only {len(planted_races)} planted races"
    programs_explored = as_dict(figures["programs"])
    return {
        "programs_explored": len(programs_explored),
        "complete": sum(as_dict(p)["outcome"] == "holds" for p in programs_explored.values()),
        "schedules": sum(int(str(as_dict(p)["schedules"])) for p in programs_explored.values()),
        "schedules_followed": sum(
            int(str(as_dict(p).get("followed", 0))) for p in programs_explored.values()
        ),
        "races_found": len(planted_races),
        "race_seconds_max": max(
            (float(str(as_dict(race)["seconds"])) for race in planted_races.values()), default=0.0
        ),
        **figures,
    }


def as_dict(value: object) -> dict[str, object]:
    """A table among the figures."""
    assert isinstance(value, dict)
    return value


def litmus() -> Figures:
    """The search itself: right programs hold with their results, broken ones are found out."""
    for each in LITMUS:
        found = explore(each.program, preemptions=PREEMPTIONS)
        assert found.outcome == "holds", found.report
        assert set(found.results) == each.results, f"{each.name}: {found.results}"
    for each in BROKEN:
        found = explore(each.program, preemptions=PREEMPTIONS)
        assert found.outcome == "violated" and each.fails in found.reason, f"{each.name} holds"
    return {"right": len(LITMUS), "broken": len(BROKEN)}


def holding(
    world: str,
    modelled: Enter,
    programs: Iterable[Program],
    bar: CountBar,
    *,
    fast: bool,
    listen: Listen | None = None,
) -> Figures:
    """The programs of a world, each explored and sampled; `listen` follows what it has time for."""
    figures: Figures = {}
    with modelled():
        for program in programs:
            name = f"{world}: {program.__name__}"
            bound = PREEMPTIONS_FAST if fast else PREEMPTIONS
            started = perf_counter()
            found = explore(program, preemptions=bound, schedules_max=SCHEDULES_MAX)
            assert found.outcome != "violated", f"{name}\n{found.report}"
            followed = 0
            for depth in (3, None):
                draws = 5 if fast else SAMPLES
                drawn = sample(program, schedules=draws, seed=1, depth=depth, on_event=listen)
                assert drawn.outcome != "violated", f"{name}\n{drawn.report}"
                followed += drawn.executions
            if listen is not None and not fast:
                steps = explore(program, preemptions=PREEMPTIONS_FOLLOWED, on_event=listen)
                assert steps.outcome == "holds", f"{name}\n{steps.report}"
                followed += steps.executions
            figures[name] = {
                "outcome": found.outcome,
                "preemptions": "any" if found.preemptions is None else found.preemptions,
                "schedules": found.executions,
                "followed": followed if listen is not None else 0,
                "distinct": found.distinct,
                "steps_max": found.steps_max,
                "seconds": round(perf_counter() - started, 1),
            }
            bar.advance()
    return figures


def finding(
    world: str,
    modelled: Enter,
    races: Iterable[PlantedRace],
    bar: CountBar,
) -> Figures:
    """The races planted in a world, each found."""
    figures: Figures = {}
    with modelled():
        for race in races:
            started = process_time()
            with planted(race):
                found = explore(race.program, preemptions=race.preemptions)
            seconds = process_time() - started
            assert found.outcome == "violated", f"{race.name} is not found: {found.outcome}"
            assert seconds <= RACE_SECONDS_MAX, f"{race.name} took {seconds:.0f} s"
            figures[f"{world}: {race.name}"] = {
                "schedules": found.executions,
                "preemptions": found.preemptions,
                "seconds": round(seconds, 2),
                "reason": found.reason,
                "token": found.token,
            }
            bar.advance()
    return figures


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
