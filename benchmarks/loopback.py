"""Starts a server and a load client, on different cores where there are two.

A server is told to stop by the end of its standard input and is killed after five seconds; no
process outlives the `with` block.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.child import ROOT, Failed, raise_for

PATIENCE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens; facts are what it printed (JSON, so Any).

    `pids` among them are the processes that serve, where it is not this one alone.
    """

    process: subprocess.Popen[str]
    facts: dict[str, Any]
    errors: list[str] = field(default_factory=list)
    """What it wrote to its standard error, once it has ended."""

    def cpu_seconds(self) -> float | None:
        """CPU that its threads have used, None where the system does not tell."""
        pids = self.facts.get("pids", [self.process.pid])
        threads = [path for pid in pids for path in Path(f"/proc/{pid}/task").glob("*/schedstat")]
        used = [int(schedstat.read_text().split()[0]) for schedstat in threads]
        return sum(used) / 1e9 if used else None


def cores() -> tuple[int, int] | None:
    """A core for the client and one for the server, or None where they cannot be had."""
    if sys.platform != "linux":
        return None
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[-1]) if len(usable) > 1 else None


@contextmanager
def _pinned(core: int | None) -> Iterator[None]:
    """What is started inside inherits the core; this thread gets its own cores back."""
    if sys.platform != "linux" or core is None:
        yield
        return
    usable = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, usable)


def _start(command: Sequence[str], core: int | None) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    with _pinned(core):
        return subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


@contextmanager
def serving(command: Sequence[str], core: int | None) -> Iterator[Server]:
    """Run a server for as long as the block lasts."""
    process = _start(command, core)
    server = Server(process, {})
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line or "port" not in json.loads(line):
            rest, error = process.communicate(timeout=PATIENCE_SECONDS)
            raise_for(process.returncode, line + rest, error)
        server.facts.update(json.loads(line))
        yield server
    finally:
        server.errors.extend(_stop(server).splitlines())


def _stop(server: Server) -> str:
    process = server.process
    try:
        return process.communicate(timeout=PATIENCE_SECONDS)[1]
    except subprocess.TimeoutExpired:
        for pid in server.facts.get("pids", []):
            if _parent(pid) == process.pid:  # it would outlive the one that is to end it
                os.kill(pid, signal.SIGKILL)
        process.kill()
        return process.communicate()[1]


def _parent(pid: int) -> int | None:
    """None where there is no such process, or the system does not tell."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return None
    return int(status.partition("\nPPid:")[2].split()[0])


def load(command: Sequence[str], core: int | None, timeout_seconds: float) -> dict[str, float]:
    """Run a load client to its end and return the figures on the last line that it printed."""
    process = _start(command, core)
    try:
        output, error = process.communicate(timeout=timeout_seconds)
    except subprocess.TimeoutExpired as expired:
        raise Failed(f"the load client had no end within {timeout_seconds:g} s") from expired
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise_for(process.returncode, output, error)
    figures: dict[str, float] = json.loads(output.strip().splitlines()[-1])
    return figures
