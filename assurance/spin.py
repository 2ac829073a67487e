"""SPIN on two-phase commit: the same protocol in Promela, compiled with a C compiler and searched.

It guarantees that what it returns was printed by the verifier of this run. It deliberately does
not install anything: without `spin` or a C compiler there is no verifier.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

MODEL = Path(__file__).with_name("two_phase.pml")
SEARCH = ("-w20", "-m100000")  # 2**20 places in the hash table, and how deep the search may get
MEGABYTE = 1_000_000  # as the verifier counts them, in its own words "(in Megabytes)"
SECONDS_MAX = 120


@dataclass(frozen=True, slots=True)
class SpinRun:
    """What one search found; `seconds` are of processor time, `memory` the bytes of states and
    hash table."""

    states: int
    transitions: int
    seconds: float
    memory: int


def is_installed() -> bool:
    """Whether there is a SPIN, and a compiler for the verifiers that it makes."""
    return shutil.which("spin") is not None and shutil.which("gcc") is not None


def verifier(managers: int, folder: Path) -> Path:
    """Make the verifier of the protocol for so many managers in an empty folder."""
    _run(["spin", f"-DN={managers}", "-a", str(MODEL)], folder)
    _run(["gcc", "-O2", "-DSAFETY", "-o", "pan", "pan.c"], folder)
    return folder / "pan"


def search(pan: Path) -> SpinRun:
    """Run a verifier once, and read what it prints."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    text = _run([str(pan), *SEARCH], pan.parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert "errors: 0" in text, f"SPIN found an error:\n{text}"
    table = _number(r"([\d.]+)\s+memory used for hash table", text)
    held = _number(r"([\d.]+)\s+actual memory usage for states", text)
    return SpinRun(
        states=int(_number(r"(\d+) states, stored", text)),
        transitions=int(_number(r"(\d+) transitions", text)),
        seconds=seconds,
        memory=int((table + held) * MEGABYTE),
    )


def _run(command: list[str], folder: Path) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=SECONDS_MAX, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout}{done.stderr}"
    return done.stdout


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found is not None, f"SPIN did not print {pattern}:\n{text}"
    return float(found[1])
