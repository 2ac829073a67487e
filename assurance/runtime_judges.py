"""Which tests judge a mutant of the runtime, and in which order.

A rehearsal on the unchanged runtime says which test runs which line. A mutant is shown the stateful
tests that run its line, those of the nearest machine first, then the unit tests. The choice depends
on names and lines alone, so that it is the same in every run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from assurance.forkserver import Rehearsal
from assurance.mutation_operators import Mutant

STATEFUL = "tests/stateful"
STATEFUL_MAX = 10
UNIT_MAX = 200
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
    # A thousand tests of streams; those beside them run the same lines of what is below.
    "tests/net/conformance",
    "tests/net/tls",
    # Threads at work: which lines they run differs from run to run, and so would the verdicts.
    "tests/runtime/test_workers.py",
)
NOBODY = "no test is called so"
LEFT_OUT_MAX = 3
"""So many tests may fail on the unchanged runtime, by a machine that is too busy: they are named
among the figures, and judge nobody, which can only lower the score."""


@dataclass(frozen=True, slots=True)
class Judges:
    """Which tests run a line.

    Attributes:
        rehearsals: One stateful test of each machine after the other, and one unit test of each
            function: the first ones of a long line differ most.
        loading: By file: the lines that run while everything is imported.
        left_out: Tests that failed although nothing was changed, so that they judge nobody.
        always: Tests that judge every mutant at last: nobody counts which lines they run.
    """

    rehearsals: list[Rehearsal]
    loading: dict[str, set[int]]
    left_out: list[str]
    always: tuple[str, ...] = ()

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
        return stateful[:STATEFUL_MAX], [*unit[:UNIT_MAX], *self.always]

    def runs_while_loading(self, mutant: Mutant) -> bool:
        """Whether the line runs before any test does, so that all has to be imported anew."""
        lines = self.loading.get(mutant.file, set())
        return any(line in lines for line in range(mutant.lines[0], mutant.lines[1] + 1))


def judges_from(
    rehearsals: Iterable[Rehearsal], loading: dict[str, list[int]], always: str = NOBODY
) -> Judges:
    """The judges in their order: it does not depend on how long anything took.

    Args:
        rehearsals: Of all tests.
        loading: By file: the lines that run while everything is imported.
        always: How the names of those begin that judge every mutant, whatever they run.

    Raises:
        AssertionError: more than a few tests fail although nothing was changed.
    """
    rehearsed = list(rehearsals)
    known = {each.test: each for each in rehearsed if not each.failure}
    left_out = [f"{each.test}: {each.failure}" for each in rehearsed if each.failure]
    assert len(left_out) <= LEFT_OUT_MAX, f"tests that fail on the unchanged runtime: {left_out}"
    before: Counter[str] = Counter()
    places = {}
    for test in sorted(known, key=lambda test: (_is_random(test), test)):
        kin = test.partition("::" if test.startswith(STATEFUL) else "[")[0]
        places[test] = (before[kin], test)
        before[kin] += 1
    return Judges(
        [known[test] for test in sorted(known, key=places.__getitem__)],
        {file: set(lines) for file, lines in loading.items()},
        left_out,
        tuple(sorted(test for test in known if test.startswith(always))),
    )


def _is_random(test: str) -> bool:
    """Whether Hypothesis chooses the steps; a replay takes the same ones in less time."""
    return "random_runs" in test or test.endswith("runTest")


def _runs(rehearsal: Rehearsal, mutant: Mutant, loading: bool) -> bool:
    lines = rehearsal.lines.get(mutant.file, ())
    if loading:  # a constant, a default: whoever runs anything of the file, or is about it
        return bool(lines) or rehearsal.test.startswith(mutant.tests)
    return any(mutant.lines[0] <= line <= mutant.lines[1] for line in lines)
