"""A million registrations, timers and sleeps on the simulated reactor: the bookkeeping alone.

    python -m benchmarks.million [--count N] [--json FILE]

For each step it tells the CPU and the growth of resident memory for one of them. No system call is
in it, no kernel memory and no socket: `python -m benchmarks.connections` has those, for fewer. A
million takes a minute or two, and about 2 GB of memory.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks import machine
from benchmarks.benchmark import Measurement, WorkNotDone, expect
from benchmarks.child import Failed, exit_with, measure_in_child
from benchmarks.million_worker import WORKLOADS
from benchmarks.progress import Progress

MODULE = "benchmarks.million_worker"


def measure(workload: str, count: int) -> Measurement:
    """Measure one workload in a process of its own.

    Raises:
        Failed: it broke, or took longer than five minutes.
        WorkNotDone: not every task was woken, or not every timer has fired once.
    """
    found = measure_in_child(workload, "zokio", {"count": count}, module=MODULE)
    expect(f"{workload} that came", found.operations, count)
    return found


def lines(workload: str, found: Measurement) -> Iterator[str]:
    """A line for each step: CPU and memory of one."""
    for key, seconds in found.extra.items():
        step, _, unit = key.partition(" ")
        if unit == "seconds":
            each = seconds / found.operations * 1e6
            grown = found.extra[f"{step} bytes"] / found.operations
            yield f"{workload:14} {step:12} {each:8.2f} us of CPU {grown:10,.0f} bytes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and report: 0 when everything came, 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million")
    parser.add_argument("--count", type=int, default=1_000_000, help="of each (1,000,000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    options = parser.parse_args(arguments)
    if options.count < 1:
        parser.error("--count must be at least 1")
    progress, found = Progress(len(WORKLOADS)), {}
    try:
        for workload in WORKLOADS:
            progress.step(f"{options.count:,} {workload}")
            found[workload] = measure(workload, options.count)
    except (Failed, WorkNotDone) as error:
        print(f"failed: {error}", file=sys.stderr)
        return 1
    finally:
        progress.close()
    print(f"{options.count:,} of each; growth of resident memory")
    print("\n".join(line for name, each in found.items() for line in lines(name, each)))
    if options.json:
        whole = {name: dataclasses.asdict(each) for name, each in found.items()}
        options.json.write_text(json.dumps({"machine": machine.describe(), **whole}) + "\n")
    return 0


if __name__ == "__main__":
    exit_with(main)
