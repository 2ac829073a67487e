"""A planted bug: one change of one file of zokio/, and the stateful test that has to notice it.

`run_mutant` runs the stateful test of the mutant's machine in a process of its own, where
`tests/mutants/plugin.py` loads the changed text in place of the file; the file itself is never
touched. Only a test that failed while it ran counts as caught: a mutant that cannot be imported,
that hangs, or whose test does not exist proves nothing.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from assurance.inner_pytest import of_no_outer_pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGIN = "tests.mutants.plugin"
MUTANT_VARIABLE = "ZOKIO_MUTANT"
RECORD_VARIABLE = "ZOKIO_MUTANT_RECORD"
TIMEOUT_S = 100
# Raised by a change that does not even run, as opposed to one that runs wrongly.
NOT_A_FINDING = {"ImportError", "ModuleNotFoundError", "NameError", "SyntaxError", "Failed"}

Outcome = Literal["caught", "survived", "broken"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A bug by name: in `file`, the text `before`, which occurs once, becomes `after`.

    `machine` names the stateful test: tests/stateful/test_<machine>.py.
    """

    name: str
    file: str
    before: str
    after: str
    machine: str

    @property
    def module(self) -> str:
        """The dotted name of the changed module."""
        return self.file.removesuffix(".py").replace("/", ".")

    @property
    def stateful_test(self) -> str:
        """The test that has to fail."""
        return f"tests/stateful/test_{self.machine}.py"

    def mutate(self, text: str) -> str:
        """The changed text of the file.

        Raises:
            ValueError: `before` does not occur exactly once, or nothing would change.
        """
        occurrences = text.count(self.before)
        if occurrences != 1:
            raise ValueError(
                f"{self.name}: `before` occurs {occurrences} times in {self.file}; the code has "
                "changed, so write the mutant anew"
            )
        if self.before == self.after:
            raise ValueError(f"{self.name}: `after` is the same as `before`")
        return text.replace(self.before, self.after)


@dataclass(frozen=True, slots=True)
class MutantRun:
    """How the stateful test took the bug, and what it said."""

    outcome: Outcome
    findings: tuple[str, ...]
    """The tests which failed, with the error: `test: error`."""
    output: str


def run_mutant(mutant: Mutant) -> MutantRun:
    """Run the stateful test of the mutant's machine with the bug planted.

    Raises:
        ValueError: the mutant does not fit the file.
        FileNotFoundError: there is no such file or no such stateful test.
    """
    mutant.mutate((ROOT / mutant.file).read_text())
    if not (ROOT / mutant.stateful_test).is_file():
        raise FileNotFoundError(f"{mutant.name}: there is no {mutant.stateful_test}")
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "record.json"
        returncode, output = _run(mutant, record)
        text = record.read_text() if record.exists() else "{}"
    loaded, failures = _read(text)
    findings = tuple(
        f"{failure['test']}: {failure['error']}: {failure['message']}"
        for failure in failures
        if failure["when"] == "call" and failure["error"] not in NOT_A_FINDING
    )
    outcome: Outcome = "broken"
    if loaded and returncode == 0:
        outcome = "survived"
    elif loaded and returncode == 1 and findings:
        outcome = "caught"
    return MutantRun(outcome, findings, output)


def _read(text: str) -> tuple[bool, list[dict[str, str]]]:
    record = json.loads(text)
    return record.get("loaded", False), record.get("failures", [])


def _run(mutant: Mutant, record: Path) -> tuple[int, str]:
    environment = of_no_outer_pytest()
    environment[MUTANT_VARIABLE] = json.dumps(asdict(mutant))
    environment[RECORD_VARIABLE] = str(record)
    environment["HYPOTHESIS_PROFILE"] = "mutants"
    command = [sys.executable, "-m", "pytest", "-p", PLUGIN, "-p", "no:cacheprovider", "-x", "-q"]
    command.append("--tb=native")  # pytest would parse the real file, whose lines are others
    try:
        process = subprocess.run(
            [*command, mutant.stateful_test],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        return -1, f"{error}\n{error.stdout!r}"
    return process.returncode, process.stdout
