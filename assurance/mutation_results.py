"""What became of mutants of the runtime: the figures, and the reasons of those that survive."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assurance.forkserver import KILLED, Verdict
from assurance.mutation_operators import Mutant
from assurance.runtime_judges import STATEFUL

FOLDERS = ("zokio/core", "zokio/scheduler", "zokio/timers", "zokio/reactor")
"""What is mutated, or a part of it."""


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


def reasons(path: Path) -> dict[str, str]:
    """By name of a mutant: why it survives, as a file says."""
    with path.open("rb") as file:
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
            for folder in FOLDERS
            if any(each.mutant.file.startswith(folder + "/") for each in valid)
        },
    }


def _ratio(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def with_reasons(results: Sequence[Result], written: Mapping[str, str]) -> list[dict[str, str]]:
    """The survivors, each with its reason or an empty one."""
    return [
        {"mutant": each.mutant.name, "reason": written.get(each.mutant.name, "")}
        for each in results
        if not each.killed and not each.broken
    ]


def check_reasons(
    results: Sequence[Result], written: Mapping[str, str], everything: Sequence[Mutant] = ()
) -> None:
    """Every survivor has a reason, and no reason is left over.

    Args:
        results: Of those that were judged.
        written: By mutant: why it survives.
        everything: All mutants that there are, so that a reason for another one is left over;
            empty where that is not asked.

    Raises:
        AssertionError: it is not so.
    """
    survivors = {each.mutant.name for each in results if not each.killed and not each.broken}
    killed = {
        each.mutant.name: each.verdict and each.verdict.test
        for each in results
        if each.mutant.name not in survivors
    }
    known = {mutant.name for mutant in everything} or written.keys()
    without = sorted(survivors - {name for name, reason in written.items() if reason})
    stale = sorted(name for name in written if name in killed or name not in known)
    assert not without, "survivors without a reason:\n" + "\n".join(without)
    by_whom = [f"{name}, killed by {killed.get(name)}" for name in stale]
    assert not stale, "reasons for what does not survive:\n" + "\n".join(by_whom)
