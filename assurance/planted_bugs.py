"""How long the stateful tests take to find each planted bug of the runtime.

The bugs are those of tests/mutants/, each with the machine whose stateful tests have to find it.
They are planted in forks of one process that has imported everything (`forkserver.py`), so the
seconds are those of the search: from the fork to the first failing test, by the wall clock, and
the processor's seconds beside them. Where a bug changes more than bodies of functions, the import
of zokio and the tests is in it; `in_place` says which.

Caught means that a test failed. A bug that makes the process spin, hang or crash has been noticed
as well, and is counted apart. One that survives, or that cannot even run, is an error.

    python -m assurance.planted_bugs [--fast]
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from statistics import median

from assurance.command import run_as_command
from assurance.count_bar import CountBar
from assurance.forkserver import KILLED, ROOT, Change, ForkServer, Verdict
from tests.mutants.mutant import Mutant
from tests.mutants.test_mutants import planted

EXAMPLES = 50
STEPS_MAX = 3_000
"""Of each replay of edges: enough, since what these miss Hypothesis finds."""
LONGER_EXAMPLES = 200
LONGER_STEPS_MAX = 100_000
"""For those that chance has kept from being found."""

MEASURED = ("zokio/core", "zokio/reactor")
"""What a rehearsal reports of is not used here, but may not be empty."""

BUGS_MIN = 40
KERNEL = ("task", "scheduler", "timers", "registration", "cancel_scopes", "join", "shutdown")
"""The machines whose bugs the fast part plants."""


def measure(*, fast: bool) -> dict[str, object]:
    """Plant the bugs, and return who caught each, and in how many seconds.

    Args:
        fast: Only the bugs of the kernel.

    Raises:
        AssertionError: A bug was not noticed or could not be planted, a test fails without any,
            or there are fewer bugs than promised.
    """
    bugs = chosen(fast=fast)
    verdicts = hunt(bugs, EXAMPLES, STEPS_MAX)
    missed = [bug for bug in bugs if verdicts[name_of(bug)].outcome not in KILLED]
    if missed:
        verdicts |= hunt(missed, LONGER_EXAMPLES, LONGER_STEPS_MAX)
    names = [name_of(bug) for bug in missed if verdicts[name_of(bug)].outcome not in KILLED]
    assert not names, f"not noticed: {', '.join(names)}"
    assert fast or len(bugs) >= BUGS_MIN, f"only {len(bugs)} planted bugs"
    return figures(bugs, verdicts) | {"hunted longer": [name_of(bug) for bug in missed]}


def hunt(bugs: Sequence[Mutant], examples: int, steps_max: int) -> dict[str, Verdict]:
    """The verdicts by name; the tests are rehearsed without any bug first."""
    files = tuple(dict.fromkeys(bug.stateful_test for bug in bugs))
    verdicts = {}
    with (
        ForkServer(files, measured=MEASURED, examples=examples, steps_max=steps_max) as server,
        CountBar("planted bugs", len(server.tests) + len(bugs)) as bar,
    ):
        for rehearsal in server.rehearse(server.tests):
            bar.advance()
            assert not rehearsal.failure, f"{rehearsal.test} fails by itself: {rehearsal.failure}"
        for verdict in server.judge([change_of(bug, server.tests) for bug in bugs]):
            bar.advance()
            verdicts[verdict.name] = verdict
    return verdicts


def chosen(*, fast: bool) -> list[Mutant]:
    """The bugs to plant, machine by machine in turn."""
    by_machine: dict[str, list[Mutant]] = {}
    for bug in planted():
        by_machine.setdefault(bug.machine, []).append(bug)
    if fast:
        by_machine = {name: by_machine[name] for name in KERNEL}
    turns = max(map(len, by_machine.values()))
    return [bugs[turn] for turn in range(turns) for bugs in by_machine.values() if turn < len(bugs)]


def name_of(bug: Mutant) -> str:
    """The name with that of the machine."""
    return f"{bug.machine}.{bug.name}"


def change_of(bug: Mutant, tests: Sequence[str]) -> Change:
    """The bug as a changed file, judged by the stateful tests of its machine."""
    source = bug.mutate((ROOT / bug.file).read_text())
    judges = tuple(test for test in tests if test.partition("::")[0] == bug.stateful_test)
    return Change(name_of(bug), bug.file, source, judges)


def figures(bugs: Sequence[Mutant], verdicts: dict[str, Verdict]) -> dict[str, object]:
    """What is published."""
    found = [verdicts[name_of(bug)] for bug in bugs]
    seconds = sorted(verdict.seconds for verdict in found)
    return {
        "bugs": len(found),
        "outcomes": dict(Counter(verdict.outcome for verdict in found)),
        "by_machine": dict(Counter(bug.machine for bug in bugs)),
        "examples": EXAMPLES,
        "seconds_median": median(seconds),
        "seconds_max": seconds[-1],
        "found": {
            verdict.name: {
                "outcome": verdict.outcome,
                "test": verdict.test,
                "error": verdict.error,
                "seconds": verdict.seconds,
                "cpu_seconds": verdict.cpu_seconds,
                "tests_begun": verdict.tests,
                "in_place": verdict.in_place,
            }
            for verdict in found
        },
    }


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
