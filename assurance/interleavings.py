"""The runtime's real code under every interleaving within a bound, and races planted in it.

    python -m assurance.interleavings [--fast]

The programs are those of tests/explore/: the park protocol of the current-thread runtime, and the
runtime on several workers. Each is explored with no preemption, with one, and so on up to its
bound, then with drawn schedules. Every schedule of the workers is followed through their machine,
one step after another. A program that is violated, and a planted race that is not found within its
time, are errors. An exploration that a limit ended is counted as incomplete and claims nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from time import process_time

from assurance.command import run_as_command
from assurance.count_bar import CountBar
from tests.explore import park_protocol, workers_world
from tests.explore.litmus import BROKEN, LITMUS
from tests.explore.park_races import PARK_RACES
from tests.explore.planting import PlantedRace, planted
from tests.explore.workers_beliefs import WorkersBeliefs
from tests.explore.workers_follower import WorkersFollower
from tests.explore.workers_programs import PROGRAMS
from tests.explore.workers_races import WORKERS_RACES
from zokio.explore import Happening, explore, sample

Program = Callable[[], object]
Listen = Callable[[], Callable[[Happening], None]]
Figures = dict[str, object]


@dataclass(frozen=True, slots=True)
class World:
    """A name, how to enter it, what is explored and planted there, and who follows each step."""

    name: str
    modelled: Callable[[], AbstractContextManager[None]]
    programs: Sequence[Program]
    races: Sequence[PlantedRace]
    listen: Listen | None = None


WORLDS = (
    World("current thread", park_protocol.modelled, park_protocol.PROGRAMS, PARK_RACES),
    World(
        "workers",
        workers_world.modelled,
        PROGRAMS,
        WORKERS_RACES,
        partial(WorkersFollower, WorkersBeliefs()),
    ),
)

PROCESSES = 2
PREEMPTIONS = 2
FEWER_PREEMPTIONS = {"shutdown_of_parked_workers": 1}
"""Where two would be 56,000 schedules, which took five minutes and held."""
PREEMPTIONS_FAST = 0
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
    jobs = [partial(holding, w, p, fast=fast) for w in WORLDS for p in w.programs]
    programs: Figures = {}
    races: Figures = {}
    hunts = [
        partial(finding, w, race) for w in WORLDS for race in (w.races[:3] if fast else w.races)
    ]
    right = litmus()
    # Forked: the children know the worlds, and have no thread of somebody else.
    with (
        CountBar("interleavings", len(jobs) + len(hunts)) as bar,
        get_context("fork").Pool(PROCESSES) as pool,
    ):
        for work, figures in ((jobs, programs), (hunts, races)):
            for name, found in pool.imap(call, work):
                figures[name] = found
                bar.advance()
    enough = fast or len(races) >= RACES_MIN
    assert enough, f"only {len(races)} planted races"
    return {
        "programs_explored": len(programs),
        "complete": sum(as_dict(p)["outcome"] == "holds" for p in programs.values()),
        "schedules": sum(int(str(as_dict(p)["schedules"])) for p in programs.values()),
        "schedules_followed": sum(int(str(as_dict(p)["followed"])) for p in programs.values()),
        "races_found": len(races),
        "race_seconds_max": max(
            (float(str(as_dict(race)["seconds"])) for race in races.values()), default=0.0
        ),
        "litmus": right,
        "programs": programs,
        "races": races,
    }


def call(job: Callable[[], tuple[str, Figures]]) -> tuple[str, Figures]:
    """Do a job."""
    return job()


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


def holding(world: World, program: Program, *, fast: bool) -> tuple[str, Figures]:
    """A program of a world, explored and sampled: its name and its figures."""
    name = f"{world.name}: {program.__name__}"
    full = FEWER_PREEMPTIONS.get(program.__name__, PREEMPTIONS)
    bound = PREEMPTIONS_FAST if fast else full
    started = process_time()
    with world.modelled():
        found = explore(
            program, preemptions=bound, schedules_max=SCHEDULES_MAX, on_event=world.listen
        )
        assert found.outcome != "violated", f"{name}\n{found.report}"
        executions = found.executions
        for depth in (3, None):
            draws = 5 if fast else SAMPLES
            drawn = sample(program, schedules=draws, seed=1, depth=depth, on_event=world.listen)
            assert drawn.outcome != "violated", f"{name}\n{drawn.report}"
            executions += drawn.executions
    return name, {
        "outcome": found.outcome,
        "preemptions": "any" if found.preemptions is None else found.preemptions,
        "schedules": found.executions,
        "followed": 0 if world.listen is None else executions,
        "distinct": found.distinct,
        "steps_max": found.steps_max,
        "seconds": round(process_time() - started, 1),
    }


def finding(world: World, race: PlantedRace) -> tuple[str, Figures]:
    """A race that is planted in a world, found: its name and its figures."""
    started = process_time()
    with world.modelled(), planted(race):
        found = explore(race.program, preemptions=race.preemptions)
    seconds = process_time() - started
    assert found.outcome == "violated", f"{race.name} is not found: {found.outcome}"
    assert seconds <= RACE_SECONDS_MAX, f"{race.name} took {seconds:.0f} s"
    return f"{world.name}: {race.name}", {
        "schedules": found.executions,
        "preemptions": found.preemptions,
        "seconds": round(seconds, 2),
        "reason": found.reason,
        "token": found.token,
    }


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
