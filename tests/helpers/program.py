"""Program: a small Python program in a process of its own, where signals and exit codes matter."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.default_workers import search_path

ROOT = Path(__file__).resolve().parents[2]

# A safety net: a program which hangs fails its test after this, and nothing else depends on it.
STUCK_S = 60.0


@dataclass(frozen=True)
class Ended:
    """How a program ended."""

    exit_code: int
    output: str
    error: str


class Program:
    """A program that runs, in development mode: what it leaves open is said on standard error."""

    def __init__(self, text: str) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-u", "-c", textwrap.dedent(text)],
            stdout=pipe,
            stderr=pipe,
            text=True,
            env={**os.environ, "PYTHONPATH": search_path(ROOT)},
        )

    def line(self) -> str:
        """The next line that it prints; empty at the end."""
        assert self._process.stdout is not None
        return self._process.stdout.readline().rstrip("\n")

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def end(self) -> Ended:
        """Wait for its end."""
        try:
            output, error = self._process.communicate(timeout=STUCK_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, error = self._process.communicate()
            error += "\n(killed: it did not end)"
        return Ended(self._process.returncode, output, error)


def run_program(text: str) -> Ended:
    """Run a program to its end."""
    return Program(text).end()
