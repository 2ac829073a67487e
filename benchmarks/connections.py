"""Connections, as many as the descriptors allow: what each costs, and whether all are answered.

    python -m benchmarks.connections [--quick] [--servers N] [--most N] [--json FILE] [--png FILE]
    python -m benchmarks.connections --churn N [--quick]

The first way opens idle connections to an HTTP server of zokio: 10,000, then what one process may
have, then several processes on one port. It tells the servers' resident memory for each connection,
and in how much time each of them answers a request in the end. The second way opens and drops N,
by resets, and tells what is left of them. Both stop by themselves, at the latest after --seconds.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import machine
from benchmarks.benchmark import WorkNotDone
from benchmarks.child import Failed, exit_with
from benchmarks.churn import STEP, Churn, churn
from benchmarks.crowd import Crowd, gather
from benchmarks.processes import is_told
from benchmarks.progress import Progress

QUICK = 500
MANY = 10_000
MILLION = 1_000_000
STEPS = 20


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments; wrong ones end the program with exit code 2."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.connections")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK} connections, a few seconds")
    parser.add_argument("--servers", type=int, default=2, help="processes on one port (2)")
    parser.add_argument("--most", type=int, default=100_000, help="connections (100,000)")
    parser.add_argument("--churn", type=int, metavar="N", help="open and drop N connections")
    parser.add_argument("--seconds", type=float, default=600.0, help="open nothing after these")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the crowds (matplotlib)")
    options = parser.parse_args(arguments)
    if min(options.servers, options.most, options.churn or 1) < 1 or options.churn == 0:
        parser.error("--servers, --most and --churn must be at least 1")
    return options


def crowds(options: argparse.Namespace, until: float) -> list[Crowd]:
    """Each crowd in turn, with a progress bar."""
    most, servers = options.most, options.servers
    plan = [(min(MANY, most), 1), (most, 1), (most, servers)]
    if options.quick:
        plan = [(min(QUICK, most), 1), (min(QUICK, most), servers)]
    progress = Progress(len(plan) * (STEPS + 1))
    try:
        return [
            gather(count, processes, _step(count, processes), until, progress.step)
            for count, processes in plan
        ]
    finally:
        progress.close()


def _step(count: int, processes: int) -> int:
    return max(1, min(count // STEPS, 1_000 * processes))


def dropped(options: argparse.Namespace, until: float) -> Churn:
    """The churn, with a progress bar."""
    count = min(options.churn, QUICK) if options.quick else options.churn
    progress = Progress(-(-count // STEP))
    try:
        return churn(count, until, progress.step)
    finally:
        progress.close()


def lines_of_crowd(crowd: Crowd) -> Iterator[str]:
    """What to say of one crowd, with what a million would need by the same figures."""
    count, each = crowd.connections, crowd.bytes_each
    stopped = "" if count == crowd.wanted else f" (the time was over, before {crowd.wanted:,})"
    yield f"{count:,} connections, server processes: {crowd.servers}; all answered{stopped}"
    yield f"  resident memory of the servers: {each:,.0f} bytes each, without the kernel's"
    p50, p99, most = (crowd.percentile(percent) * 1e3 for percent in (50, 99, 100))
    yield f"  a request on each: p50 {p50:.2f} ms, p99 {p99:.2f} ms, {most:.2f} ms at the most"
    processes = -(-MILLION // crowd.fitting)
    whole = f"{each * MILLION / 1e9:.1f} GB in {processes:,} processes of {crowd.fitting:,}"
    yield f"  a million, extrapolated: {whole}"


def lines_of_churn(found: Churn) -> Iterator[str]:
    """What to say of a churn."""
    counts = f"{found.silent:,} silent, {found.answered:,} answered, {found.unread:,} unread"
    yield f"{found.connections:,} connections opened and dropped in {found.seconds:.1f} s: {counts}"
    left = f"{found.descriptors_before} before, {found.descriptors_after} after"
    yield f"  descriptors of the server: {left}"
    yield f"  resident memory: {found.bytes_before:,} bytes before, {found.bytes_after:,} after"


def run(options: argparse.Namespace) -> dict[str, object]:
    """Do what was asked for, and report it; everything that was found, for the JSON file."""
    facts, until = machine.describe(), time.monotonic() + options.seconds
    if options.churn is not None:
        found = dropped(options, until)
        print("\n".join(lines_of_churn(found)))
        found.check()
        return {"machine": facts, "churn": dataclasses.asdict(found)}
    gathered = crowds(options, until)
    print("\n".join(line for crowd in gathered for line in lines_of_crowd(crowd)))
    if options.png:
        from benchmarks.connections_chart import write_chart  # matplotlib only where asked for

        write_chart(options.png, gathered, facts)
    return {"machine": facts, "crowds": [dataclasses.asdict(crowd) for crowd in gathered]}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and report: 0 when all was answered and nothing is left, 1 otherwise."""
    options = parse(arguments)
    if not is_told():
        print("this system does not tell the memory of other processes")
        return 3
    try:
        found = run(options)
    except (Failed, WorkNotDone) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    if options.json:
        options.json.write_text(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    exit_with(main)
