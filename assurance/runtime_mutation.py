"""The mutation score of the runtime: small changes of its code, judged by the stateful tests.

Every mutant (`mutation_operators.py`) of the folders in `MUTATED` is judged by the stateful tests
that run its lines, and, when they let it pass, by the unit tests that do. Both scores are figures:
what the stateful tests catch alone, and what the tests catch together. A rehearsal on the unchanged
runtime says which test runs which line and how long it takes.

Guarantees: a mutant that survives has a written reason in `survivors.toml`, and every reason there
belongs to a mutant that survives; otherwise `measure` fails. A mutant that cannot run at all
(`broken`) counts neither way.

    python -m assurance.runtime_mutation                 all mutants
    python -m assurance.runtime_mutation --fast          a sample of some, for `make test`
    python -m assurance.runtime_mutation FILE...         the mutants of some files, in detail
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from assurance.forkserver import KILLED, ROOT, Change, ForkServer, Rehearsal, Verdict
from assurance.mutation_operators import Mutant, mutants

MUTATED = ("zokio/core", "zokio/scheduler", "zokio/timers", "zokio/reactor")
STATEFUL = "tests/stateful"
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

STEPS_MAX = 1_000
EXAMPLES = 5
STATEFUL_MAX = 10
UNIT_MAX = 400
"""How many of the tests that run its line a mutant is shown at the most. By number and not by time:
they are the same ones in every run."""
NEAREST = {
    "zokio/core/cancel.py": "cancel_scopes",
    "zokio/core/join.py": "join",
    "zokio/core/run_queue.py": "scheduler",
    "zokio/core/task.py": "task",
    "zokio/core/wait_queue.py": "semaphore",
    "zokio/reactor": "registration",
    "zokio/scheduler": "scheduler",
    "zokio/timers": "timers",
}
"""Which machine is about a file; its tests come first."""
NO_JUDGES = (
    # Longer than all others together, and each has a small twin beside it.
    "tests/timers/test_queue.py::test_a_million_timers",
    # Checks machines only.
    "tests/scheduler/test_wrong_orders.py",
    # Threads at work: which lines they run differs from run to run, and so would the verdicts.
    "tests/runtime/test_workers.py",
    "tests/sync/test_threads.py",
)
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
        "zokio/scheduler/stealing_queue.py",
        "zokio/scheduler/worker.py",
        "zokio/timers/shared.py",
    }
)
"""Not mutated: the runtime on several workers, which no stateful test drives. What judges it are
the interleavings and the races planted there (`interleavings.py`)."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Which tests run a line.

    Attributes:
        rehearsals: Of the stateful tests, one of each machine after the other, then of the rest.
        loading: By file: the lines that run while everything is imported.
    """

    rehearsals: list[Rehearsal]
    loading: dict[str, set[int]]

    def of(self, mutant: Mutant) -> tuple[list[str], list[str]]:
        """The stateful tests and the unit tests that judge the mutant, the nearest first."""
        loading = self.runs_while_loading(mutant)
        tests = [each.test for each in self.rehearsals if _runs(each, mutant, loading)]
        stateful = [test for test in tests if test.startswith(STATEFUL)]
        machines = [name for place, name in NEAREST.items() if mutant.file.startswith(place)]
        nearest = tuple(f"{STATEFUL}/test_{name}.py" for name in machines)
        stateful.sort(key=lambda test: not test.startswith(nearest))
        unit = [test for test in tests if not test.startswith(STATEFUL)]
        unit.sort(key=lambda test: not test.startswith(mutant.tests))
        return stateful[:STATEFUL_MAX], unit[:UNIT_MAX]

    def runs_while_loading(self, mutant: Mutant) -> bool:
        """Whether the line runs before any test does, so that all has to be imported anew."""
        lines = self.loading.get(mutant.file, set())
        return any(line in lines for line in range(mutant.lines[0], mutant.lines[1] + 1))


def judges_from(rehearsals: Iterable[Rehearsal], loading: dict[str, list[int]]) -> Judges:
    """The judges in their order: it does not depend on how long anything took.

    Raises:
        AssertionError: a test fails although nothing was changed.
    """
    known = {each.test: each for each in rehearsals}
    failing = [f"{each.test}: {each.failure}" for each in known.values() if each.failure]
    assert not failing, f"tests that fail on the unchanged runtime: {failing}"
    in_file: Counter[str] = Counter()
    places = {}
    for test in sorted(known, key=lambda test: (_is_random(test), test)):
        file = test.partition("::")[0]
        places[test] = (in_file[file], test) if test.startswith(STATEFUL) else (0, test)
        in_file[file] += 1
    return Judges(
        [known[test] for test in sorted(known, key=places.__getitem__)],
        {file: set(lines) for file, lines in loading.items()},
    )


def _is_random(test: str) -> bool:
    """Whether Hypothesis chooses the steps; a replay takes the same ones in less time."""
    return "random_runs" in test or test.endswith("runTest")


def _runs(rehearsal: Rehearsal, mutant: Mutant, loading: bool) -> bool:
    lines = rehearsal.lines.get(mutant.file, ())
    if loading:  # a constant, a default: whoever runs anything of the file, or is about it
        return bool(lines) or rehearsal.test.startswith(mutant.tests)
    return any(mutant.lines[0] <= line <= mutant.lines[1] for line in lines)


@dataclass(frozen=True, slots=True)
class Result:
    """A mutant and what became of it."""

    mutant: Mutant
    verdict: Verdict | None
    """None: no test runs its line."""
    stateful_tests: int

    @property
    def killed(self) -> bool:
        return self.verdict is not None and self.verdict.outcome in KILLED

    @property
    def killed_by_stateful(self) -> bool:
        verdict = self.verdict
        return self.killed and verdict is not None and verdict.test.startswith(STATEFUL)

    @property
    def broken(self) -> bool:
        return self.verdict is not None and self.verdict.outcome == "broken"


def all_mutants(files: Sequence[str] = ()) -> list[Mutant]:
    """The mutants of some files, or of all that are mutated, by file and place."""
    paths = files or [
        path.relative_to(ROOT).as_posix()
        for folder in MUTATED
        for path in sorted((ROOT / folder).glob("*.py"))
        if path.relative_to(ROOT).as_posix() not in OF_WORKERS
    ]
    return [mutant for file in paths for mutant in mutants(file, (ROOT / file).read_text())]


def judge(server: ForkServer, chosen: Sequence[Mutant]) -> Iterator[Result]:
    """Rehearse the tests of the server, then judge each mutant; the results as they come.

    Raises:
        AssertionError: a test fails although nothing was changed.
    """
    tests = [test for test in server.tests if not test.startswith(NO_JUDGES)]
    judges = judges_from(server.rehearse(tests), server.loading)
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


def reasons() -> dict[str, str]:
    """By name of a mutant: why it survives."""
    with SURVIVORS.open("rb") as file:
        survivors = tomllib.load(file).get("survivor", [])
    return {each["mutant"]: each["reason"] for each in survivors}


def figures(results: Sequence[Result]) -> dict[str, object]:
    """What the results come to."""
    valid = [result for result in results if not result.broken]
    covered = [result for result in valid if result.stateful_tests]
    by_stateful = sum(result.killed_by_stateful for result in valid)
    killed = sum(result.killed for result in valid)
    outcomes = Counter(
        "not covered" if result.verdict is None else result.verdict.outcome for result in results
    )
    return {
        "mutants": len(results),
        "broken": len(results) - len(valid),
        "killed": killed,
        "score": _ratio(killed, len(valid)),
        "killed by stateful tests alone": by_stateful,
        "score of stateful tests alone": _ratio(by_stateful, len(valid)),
        "on lines that stateful tests run": len(covered),
        "score of stateful tests on these": _ratio(by_stateful, len(covered)),
        "survivors": len(valid) - killed,
        "outcomes": dict(sorted(outcomes.items())),
        "by folder": {
            folder: _ratio(
                sum(each.killed for each in valid if each.mutant.file.startswith(folder + "/")),
                sum(each.mutant.file.startswith(folder + "/") for each in valid),
            )
            for folder in MUTATED
            if any(each.mutant.file.startswith(folder + "/") for each in valid)
        },
    }


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def check_reasons(results: Sequence[Result], written: dict[str, str], *, whole: bool) -> None:
    """Every survivor has a reason, and no reason is left over.

    Args:
        whole: Whether all mutants were judged, so that a reason for an unknown one is left over.

    Raises:
        AssertionError: it is not so.
    """
    survivors = {each.mutant.name for each in results if not each.killed and not each.broken}
    killed = {each.mutant.name for each in results} - survivors
    known = survivors | killed
    without = sorted(survivors - {name for name, reason in written.items() if reason})
    stale = sorted(name for name in written if name in killed or (whole and name not in known))
    assert not without, "survivors without a reason in survivors.toml:\n" + "\n".join(without)
    assert not stale, "reasons for what does not survive:\n" + "\n".join(stale)


def measure(*, fast: bool) -> dict[str, object]:
    """Judge all mutants, or a sample of those of a few files.

    Args:
        fast: The sample.

    Raises:
        AssertionError: a survivor has no reason, a reason no survivor, or the goal is missed.
    """
    began_s = monotonic()
    chosen = all_mutants(SAMPLE_FILES if fast else ())
    population = len(chosen)
    if fast:
        chosen = random.Random(SEED).sample(chosen, SAMPLE)
    results = run(chosen, SAMPLE_TESTS if fast else (STATEFUL, *UNIT))
    found = figures(results)
    found["population"] = population
    found["files not mutated"] = sorted(OF_WORKERS)
    found["seed"] = SEED if fast else None
    found["seconds"] = round(monotonic() - began_s, 1)
    written = reasons()
    found["survivors with reasons"] = [
        {"mutant": each.mutant.name, "reason": written.get(each.mutant.name, "")}
        for each in results
        if not each.killed and not each.broken
    ]
    check_reasons(results, written, whole=not fast)
    score = found["score"]
    assert isinstance(score, float)
    # Of a sample the score says little: it may hold many of the mutants that cannot be killed.
    assert fast or score >= GOAL, f"the score is {score}, the goal is {GOAL}"
    return found


def run(
    chosen: Sequence[Mutant], tests: Sequence[str], *, record: Path | None = None
) -> list[Result]:
    """Judge mutants by some tests, with a progress bar; the results in the order of the mutants."""
    results = {}
    began_s = monotonic()
    with ForkServer(tests, measured=MUTATED, examples=EXAMPLES, steps_max=STEPS_MAX) as server:
        for number, result in enumerate(judge(server, chosen), 1):
            results[result.mutant.name] = result
            _show(number, len(chosen), monotonic() - began_s)
            if record is not None:
                with record.open("a") as file:
                    file.write(json.dumps(_recorded(result)) + "\n")
    return [results[mutant.name] for mutant in chosen]


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


def _show(done: int, whole: int, seconds: float) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == whole else ""
        text = f"\rruntime mutation: {done} of {whole} mutants, {seconds:.0f} s{end}"
        print(text, end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module's docstring; 1 when what is claimed does not hold."""
    parser = argparse.ArgumentParser(prog="python -m assurance.runtime_mutation")
    parser.add_argument("files", nargs="*", help="mutate these only, and tell of each mutant")
    parser.add_argument("--fast", action="store_true", help="a sample of some files' mutants")
    parser.add_argument("--record", type=Path, help="append each result to this file, as JSON")
    options = parser.parse_args(arguments)
    if options.files or options.record:
        results = run(all_mutants(options.files), (STATEFUL, *UNIT), record=options.record)
        for result in results:
            if not result.killed:
                verdict = result.verdict
                print(f"{verdict.outcome if verdict else 'not covered'}: {result.mutant.name}")
        print(json.dumps(figures(results), indent=2))
        return 0
    try:
        print(json.dumps(measure(fast=options.fast), indent=2))
    except AssertionError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
