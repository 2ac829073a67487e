"""Runs programs with the trace probe, and validates what they recorded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from spec import MACHINES
from tests.mutants.mutant import Mutant
from zokio.model import Machine, RecordedTrace, Validation, read_traces, validate

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "zokio/env/probe/launch.py"
STORM = ROOT / "tests/env/programs/storm.py"
ENDINGS = ROOT / "tests/env/programs/endings.py"
BLOCKING = ROOT / "tests/env/programs/blocking.py"
TIMEOUT_SECONDS = 60.0

AnyMachine = Machine[Any]  # Any: traces are of any machine


def launch_command(file: Path, words: Sequence[str]) -> list[str]:
    """The command that runs a program with the probe; its traces go to `file`."""
    return [sys.executable, str(LAUNCHER), "--output", str(file), *words]


def record(file: Path, *words: str) -> list[RecordedTrace]:
    """Run a program with the probe to its end, and read its traces."""
    done = subprocess.run(
        launch_command(file, words),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return read(file)


def record_with_bug(folder: Path, mutant: Mutant, *words: str) -> list[RecordedTrace]:
    """Run a program with the probe and a planted bug; it may fail, and then it still has traces.

    Raises:
        subprocess.TimeoutExpired: it did not end.
    """
    source = folder / "source.py"
    source.write_text(mutant.mutate((ROOT / mutant.file).read_text()))
    file = folder / "traces.jsonl"
    plant = ["--source", f"{mutant.module}={source}"]
    subprocess.run(
        launch_command(file, [*plant, *words]),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=TIMEOUT_SECONDS,
        check=False,
    )
    return read(file)


def read(file: Path) -> list[RecordedTrace]:
    """The traces of a file."""
    with file.open(encoding="utf-8") as lines:
        return read_traces(lines)


def machine_of(trace: RecordedTrace) -> AnyMachine:
    """The machine that a trace should be a run of."""
    return type(MACHINES[trace.machine][0])(**trace.constants)


def validation_of(trace: RecordedTrace) -> Validation[Any]:
    """What comes of it."""
    return validate(machine_of(trace), trace.events, complete=trace.complete)
