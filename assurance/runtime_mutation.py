"""The mutation score of the runtime: small changes of its code, judged by the stateful tests.

Every mutant (`mutation_operators.py`) of the folders in `FOLDERS` is judged by the stateful tests
that run its lines, and, when they let it pass, by the unit tests that do. Both scores are figures:
what the stateful tests catch alone, and what the tests catch together. A rehearsal on the unchanged
runtime says which test runs which line and how long it takes (`runtime_judges.py`).

Guarantees: a mutant that survives has a written reason in `survivors.toml`, and every reason there
belongs to a mutant that survives; otherwise `measure` fails. A mutant that cannot run at all
(`broken`) counts neither way. A mutant that is killed although its survival has a reason is judged
again, three times at the most, and counts as killed only if it never survives: a busy machine kills
too.

    python -m assurance.runtime_mutation                 all mutants
    python -m assurance.runtime_mutation --fast          a sample of some, for `make test`
    python -m assurance.runtime_mutation FILE...         the mutants of some files, in detail
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from zlib import crc32

from assurance.command import claims_about, run_measure
from assurance.count_bar import CountBar
from assurance.forkserver import ROOT, Change, ForkServer
from assurance.mutation_operators import Mutant, mutants
from assurance.mutation_results import (
    FOLDERS,
    Result,
    check_reasons,
    figures,
    reasons,
    with_reasons,
)
from assurance.runtime_judges import NO_JUDGES, NOBODY, STATEFUL, Judges, judges_from

UNIT = tuple(
    f"tests/{each}"
    for each in ("core", "scheduler", "timers", "reactor", "runtime", "net", "time", "sync")
)
SURVIVORS = Path(__file__).with_name("survivors.toml")
GOAL = 0.95

SAMPLE = 40
SAMPLE_FILES = ("zokio/timers/queue.py", "zokio/timers/deadline.py", "zokio/core/budget.py")
SAMPLE_TESTS = ("tests/stateful/test_timers.py", "tests/timers", "tests/core/test_budget.py")
SEED = 20_260_301

REHEARINGS = 3
STEPS_MAX = 1_000
EXAMPLES = 5
OF_WORKERS = frozenset(
    {
        "zokio/core/shared_queue.py",
        "zokio/core/shared_task.py",
        "zokio/scheduler/idle.py",
        "zokio/scheduler/injection.py",
        "zokio/scheduler/multi_thread.py",
        "zokio/scheduler/numa.py",
        "zokio/scheduler/parker.py",
        "zokio/scheduler/placement.py",
        "zokio/scheduler/rest.py",
        "zokio/scheduler/stealing_queue.py",
        "zokio/scheduler/worker.py",
        "zokio/timers/shared.py",
    }
)
"""Not mutated here: the runtime on several workers, which no stateful test drives. Some of these
files have judges in `workers_mutation.py`."""


ONE_IN = {
    "zokio/core/wait_queue.py": 4,
    "zokio/reactor/portable.py": 4,
    "zokio/reactor/simulated.py": 3,
    "zokio/reactor/simulated_datagrams.py": 3,
    "zokio/reactor/simulated_network.py": 3,
    "zokio/reactor/simulated_socket.py": 8,
}
ONE_IN_OF_OTHERS = 3
"""Of the mutants of a file one in so many is judged, chosen by a checksum of their names: fewer of
the larger files that schedule nothing. All of them are, with the files as arguments."""


def all_mutants(files: Sequence[str] = ()) -> list[Mutant]:
    """The mutants of some files, or of all that are mutated, by file and place."""
    paths = files or [
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in sorted((ROOT / folder).glob("*.py"))
        if path.relative_to(ROOT).as_posix() not in OF_WORKERS
    ]
    return [mutant for file in paths for mutant in mutants(file, (ROOT / file).read_text())]


def is_chosen(mutant: Mutant) -> bool:
    """Whether it is among those of its file that are judged."""
    return crc32(mutant.name.encode()) % ONE_IN.get(mutant.file, ONE_IN_OF_OTHERS) == 0


def judge(server: ForkServer, judges: Judges, chosen: Sequence[Mutant]) -> Iterator[Result]:
    """Judge each mutant; the results as they come."""
    known = {mutant.name: mutant for mutant in chosen}
    assert len(known) == len(chosen), "two mutants have one name"
    stateful_tests: dict[str, int] = {}
    changes = []
    for mutant in chosen:
        stateful, unit = judges.of(mutant)
        stateful_tests[mutant.name] = len(stateful)
        if not stateful and not unit:
            yield Result(mutant, None, 0)
            continue
        cold = judges.runs_while_loading(mutant)
        shown = (*stateful, *unit)
        changes.append(Change(mutant.name, mutant.file, mutant.source, shown, cold))
    for verdict in server.judge(changes):
        yield Result(known[verdict.name], verdict, stateful_tests[verdict.name])


def measure(*, fast: bool) -> dict[str, object]:
    """Judge all mutants, or a sample of those of a few files.

    Args:
        fast: The sample.

    Raises:
        AssertionError: a survivor has no reason, a reason no survivor, or the goal is missed.
    """
    began_s = monotonic()
    everything = all_mutants(SAMPLE_FILES if fast else ())
    chosen = [mutant for mutant in everything if is_chosen(mutant)]
    population = len(everything)
    if fast:
        chosen = random.Random(SEED).sample(chosen, SAMPLE)
    written = reasons(SURVIVORS)
    hearing = run(chosen, SAMPLE_TESTS if fast else (STATEFUL, *UNIT), written)
    results = hearing.results
    found = figures(results)
    found["tests left out, which failed without a mutant"] = hearing.left_out
    found["judged again"] = hearing.judged_again
    found["population"] = population
    found["one mutant in"] = {**ONE_IN, "any other file": ONE_IN_OF_OTHERS}
    found["files not mutated"] = sorted(OF_WORKERS)
    found["seed"] = SEED if fast else None
    found["seconds"] = round(monotonic() - began_s, 1)
    found["survivors with reasons"] = with_reasons(results, written)
    score = found["score"]
    with claims_about(found):
        check_reasons(results, written, () if fast else everything)
        # Of a sample the score says little: it may hold many of the mutants that no test can kill.
        assert fast or float(str(score)) >= GOAL, f"the score is {score}, the goal is {GOAL}"
    return found


@dataclass(frozen=True, slots=True)
class Hearing:
    """What became of some mutants, in their order, and who judged.

    Attributes:
        results: One for each mutant.
        left_out: Tests that failed although nothing was changed.
        judged_again: Mutants that were killed although their survival has a reason; as often as it
            happened.
    """

    results: list[Result]
    left_out: list[str]
    judged_again: list[str]


def run(
    chosen: Sequence[Mutant],
    tests: Sequence[str],
    written: Mapping[str, str],
    *,
    always: str = NOBODY,
    record: Path | None = None,
) -> Hearing:
    """Judge mutants by some tests, with a progress bar.

    Args:
        chosen: The mutants.
        tests: What pytest collects.
        written: By mutant, why it survives: if it is killed all the same, it is judged again.
        always: How the names of those tests begin that judge every mutant, whatever they run.
        record: A file to which each result is appended, as JSON.

    Raises:
        AssertionError: more than a few tests fail although nothing was changed.
    """
    results = {}
    with (
        ForkServer(tests, measured=FOLDERS, examples=EXAMPLES, steps_max=STEPS_MAX) as server,
        CountBar("runtime mutants", len(chosen)) as bar,
    ):
        fit = [test for test in server.tests if not test.startswith(NO_JUDGES)]
        judges = judges_from(server.rehearse(fit), server.loading, always)
        for result in judge(server, judges, chosen):
            results[result.mutant.name] = result
            bar.advance()
            if record is not None:
                with record.open("a") as file:
                    file.write(json.dumps(_recorded(result)) + "\n")
        again: list[str] = []
        for _ in range(REHEARINGS):
            doubtful = [m for m in chosen if m.name in written and results[m.name].killed]
            again += [mutant.name for mutant in doubtful]
            for result in judge(server, judges, doubtful):
                results[result.mutant.name] = result
    return Hearing([results[mutant.name] for mutant in chosen], judges.left_out, again)


def _recorded(result: Result) -> dict[str, object]:
    verdict = result.verdict
    return {
        "mutant": result.mutant.name,
        "lines": result.mutant.lines,
        "operator": result.mutant.operator,
        "stateful_tests": result.stateful_tests,
        "verdict": None
        if verdict is None
        else {key: getattr(verdict, key) for key in verdict.__slots__},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's docstring; 1 when what is claimed does not hold."""
    parser = argparse.ArgumentParser(prog="python -m assurance.runtime_mutation")
    parser.add_argument("files", nargs="*", help="mutate these only, and tell of each mutant")
    parser.add_argument("--fast", action="store_true", help="a sample of some files' mutants")
    parser.add_argument("--record", type=Path, help="append each result to this file, as JSON")
    options = parser.parse_args(arguments)
    if options.files or options.record:
        chosen = all_mutants(options.files)
        results = run(chosen, (STATEFUL, *UNIT), {}, record=options.record).results
        for result in results:
            if not result.killed:
                verdict = result.verdict
                print(f"{verdict.outcome if verdict else 'not covered'}: {result.mutant.name}")
        print(json.dumps(figures(results), indent=2))
        return 0
    return run_measure(measure, fast=options.fast)


if __name__ == "__main__":
    sys.exit(main())
