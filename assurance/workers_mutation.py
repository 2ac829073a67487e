"""The mutation score of what several workers share: judged by unit tests, then by explorations.

No stateful test drives several workers. The explorations of tests/explore do: each runs a program
over the real code under every schedule with one preemption, and then drawn schedules. A mutant of
`FILES` is judged by the unit tests that run its line, and, when they let it pass, by all of these.
That takes long: of most files one mutant in `ONE_IN` is judged, chosen by a checksum of its name.

Guarantees: a survivor has a written reason in `workers_survivors.toml`, and no reason is left over.

    python -m assurance.workers_mutation [--fast]
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import monotonic
from zlib import crc32

from assurance.command import claims_about, run_as_command
from assurance.mutation_operators import Mutant
from assurance.mutation_results import check_reasons, figures, reasons, with_reasons
from assurance.runtime_mutation import all_mutants, run

FILES = (
    "zokio/core/shared_queue.py",
    "zokio/core/shared_task.py",
    "zokio/scheduler/idle.py",
    "zokio/scheduler/injection.py",
    "zokio/scheduler/numa.py",
    "zokio/scheduler/parker.py",
    "zokio/scheduler/placement.py",
    "zokio/scheduler/rest.py",
    "zokio/scheduler/stealing_queue.py",
    "zokio/timers/shared.py",
)
FAST_FILES = ("zokio/scheduler/parker.py",)
UNIT = ("tests/core", "tests/scheduler", "tests/timers/test_shared.py")
EXPLORATIONS = tuple(
    f"tests/explore/test_workers.py::test_{name}"
    for name in (
        "drawn_schedules_find_nothing_either",
        "no_task_stands_in_two_places_after_any_step",
        "nothing_is_lost_with_one_preemption",
    )
)
SURVIVORS = Path(__file__).with_name("workers_survivors.toml")
ONE_IN = 4
WHOLE = ("zokio/scheduler/numa.py", "zokio/scheduler/rest.py", "zokio/timers/shared.py")
"""Every mutant of these is judged: unit tests alone kill nearly all, in little time."""


def measure(*, fast: bool) -> dict[str, object]:
    """Judge the sample; the figures.

    Args:
        fast: Of one file, and by unit tests alone.

    Raises:
        AssertionError: A survivor has no reason, or a reason no survivor.
    """
    began_s = monotonic()
    population = all_mutants(FAST_FILES if fast else FILES)
    chosen = [mutant for mutant in population if is_chosen(mutant)]
    written = reasons(SURVIVORS)
    tests = ("tests/scheduler",) if fast else (*UNIT, *EXPLORATIONS)
    hearing = run(chosen, tests, written, always="tests/explore")
    found = figures(hearing.results)
    told: dict[str, object] = {
        "mutants": len(chosen),
        "of": len(population),
        **{name: found[name] for name in ("killed", "score", "broken", "survivors")},
        "seconds": round(monotonic() - began_s, 1),
        "files": list(FILES),
        "judged again": hearing.judged_again,
        "tests left out, which failed without a mutant": hearing.left_out,
        "survivors with reasons": with_reasons(hearing.results, written),
    }
    with claims_about(told):
        if not fast:
            check_reasons(hearing.results, written, chosen)
    return told


def is_chosen(mutant: Mutant) -> bool:
    """Whether it belongs to the sample."""
    return mutant.file in WHOLE or crc32(mutant.name.encode()) % ONE_IN == 0


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
