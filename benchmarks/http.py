"""HTTP plaintext over keep-alive, zokio against uvicorn on uvloop with httptools, loaded by wrk.

    python -m benchmarks.http [--rounds N] [--seconds N] [--connections N]

It needs `wrk`, and the extras `http` and `bench`. Both servers run from the beginning on one core,
wrk on another one, and are loaded in turns; what counts is the ratio of the rounds, and the CPU
that a request costs the server, which a busy machine disturbs less. It is no part of `make bench`.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks import loopback

NAMES = ("zokio", "uvicorn")
TOTAL = re.compile(r"(\d+) requests in")
RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
BAD = re.compile(r"Non-2xx|Socket errors")


@dataclass(frozen=True, slots=True)
class Round:
    """What one load of one server gave."""

    per_second: float
    cpu_us: float
    """Microseconds of the server's CPU for each request."""


def understood(output: str) -> tuple[int, float]:
    """How many requests wrk has counted, and how many in a second.

    Raises:
        ValueError: some were not answered, or not well.
    """
    total, rate = TOTAL.search(output), RATE.search(output)
    if total is None or rate is None or BAD.search(output):
        raise ValueError(f"not every request was answered well:\n{output}")
    return int(total[1]), float(rate[1])


def load(server: loopback.Server, options: argparse.Namespace) -> Round:
    """Load a server once."""
    before = server.cpu_seconds() or 0.0
    url = f"http://127.0.0.1:{server.facts['port']}/"
    command = ["wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", url]
    cores = loopback.cores()
    if cores is not None:
        command = ["taskset", "-c", str(cores[0]), *command]
    found = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    total, rate = understood(found.stdout)
    return Round(rate, ((server.cpu_seconds() or 0.0) - before) / total * 1e6)


def compare(options: argparse.Namespace) -> dict[str, list[Round]]:
    """Load both in turns."""
    cores = loopback.cores()
    core = None if cores is None else cores[1]
    commands = {name: [sys.executable, "-m", "benchmarks.http_worker", name] for name in NAMES}
    rounds: dict[str, list[Round]] = {name: [] for name in NAMES}
    with (
        loopback.serving(commands["zokio"], core) as zokio,
        loopback.serving(commands["uvicorn"], core) as uvicorn,
    ):
        for _ in range(options.rounds):
            for name, server in zip(NAMES, (zokio, uvicorn), strict=True):
                rounds[name].append(load(server, options))
    return rounds


def report(rounds: dict[str, list[Round]]) -> str:
    """Medians, and the median of the rounds' ratios."""
    lines = []
    for name, of_one in rounds.items():
        rate = statistics.median(each.per_second for each in of_one)
        cpu = statistics.median(each.cpu_us for each in of_one)
        lines.append(f"{name:8} {rate:10,.0f} requests/s {cpu:8.1f} us of CPU a request")
    pairs = [*zip(rounds["zokio"], rounds["uvicorn"], strict=True)]
    ratio = statistics.median(ours.per_second / theirs.per_second for ours, theirs in pairs)
    by_cpu = statistics.median(theirs.cpu_us / ours.cpu_us for ours, theirs in pairs)
    return "\n".join([*lines, f"zokio / uvicorn: {ratio:.2f}, by CPU {by_cpu:.2f}"])


def main(words: Sequence[str] | None = None) -> int:
    """Compare, and print; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args(words)
    if shutil.which("wrk") is None:
        print("wrk is not installed; it is in most distributions, under this name")
        return 3
    print(report(compare(options)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
