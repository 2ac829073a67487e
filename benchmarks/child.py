"""Runs one contestant in a process of its own, and reads what it reports.

The protocol: the child (`worker.py`, `workers_worker.py`) prints one JSON object, a `Measurement`
by its field names, and exits 0; where the contestant is not installed it prints {"missing": reason}
and exits 3. Anything else is a failure, with the last line of its standard error as the reason.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from benchmarks.benchmark import Measurement, Parameters

ROOT = Path(__file__).resolve().parent.parent
EXIT_MISSING = 3
TIMEOUT_SECONDS = 300.0


class Missing(Exception):
    """The contestant is not installed here."""


class Failed(Exception):
    """The contestant started and did not come to its end."""


def raise_for(exit_code: int, output: str, error: str) -> NoReturn:
    """Say why a child process ended as it did."""
    if exit_code == EXIT_MISSING:
        raise Missing(json.loads(output)["missing"])
    lines = error.strip().splitlines() or [f"exit code {exit_code} and not a word"]
    raise Failed(lines[-1])


def exit_with(main: Callable[[], int]) -> NoReturn:
    """End the program with what `main` returns; a signal ends it by an exception.

    So child processes and the compiled programs are cleaned up.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)


def when_input_ends(end: Callable[[], object]) -> None:
    """Called in a child: have `end` called, on another thread, when its standard input ends.

    The input ends with the parent, however that ends, so no child outlives it.
    """

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)
        end()

    threading.Thread(target=wait, daemon=True).start()


def measure_in_child(
    benchmark: str, contestant: str, parameters: Parameters, module: str = "benchmarks.worker"
) -> Measurement:
    """Measure one contestant once, by the program `module`.

    Raises:
        Missing: it is not installed.
        Failed: it broke, or took longer than five minutes.
    """
    words = [benchmark, contestant, json.dumps(dict(parameters))]
    command = [sys.executable, "-m", module, *words]
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"no end within {TIMEOUT_SECONDS:g} s") from error
    if done.returncode:
        raise_for(done.returncode, done.stdout, done.stderr)
    return Measurement(**json.loads(done.stdout))
