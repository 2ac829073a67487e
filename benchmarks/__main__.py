"""The command line: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, report
from benchmarks.benchmark import Benchmark, Case
from benchmarks.catalogue import BENCHMARKS
from benchmarks.child import exit_with
from benchmarks.interleave import run_case
from benchmarks.progress import Progress
from benchmarks.results import CaseResult


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments; wrong ones end the program with exit code 2."""
    names = [benchmark.name for benchmark in BENCHMARKS]
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller sizes, 3 rounds")
    parser.add_argument("--tiny", action="store_true", help="the sizes of the smoke test, 1 round")
    parser.add_argument("--only", action="append", choices=names, help="may be repeated")
    parser.add_argument("--against", action="append", help="only contestants of this name, too")
    parser.add_argument("--rounds", type=int, help="5, or fewer with --quick and --tiny")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure")
    parser.add_argument("--png", type=Path, metavar="FILE", help="draw the ratios (matplotlib)")
    options = parser.parse_args(arguments)
    if options.rounds is None:
        options.rounds = 1 if options.tiny else 3 if options.quick else 5
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    return options


def _cases(benchmark: Benchmark, options: argparse.Namespace) -> tuple[Case, ...]:
    if options.tiny:
        return benchmark.tiny
    return benchmark.quick if options.quick else benchmark.cases


def _contestants(benchmark: Benchmark, against: Sequence[str] | None) -> list[str]:
    if not against:
        return list(benchmark.contestants)
    chosen = [name for name in benchmark.contestants if any(word in name for word in against)]
    return [n for n in benchmark.contestants if n in chosen or n == benchmark.baseline]


def run(options: argparse.Namespace) -> list[CaseResult]:
    """Run what was asked for, with a progress bar."""
    chosen = [b for b in BENCHMARKS if not options.only or b.name in options.only]
    plan = [(b, c, _contestants(b, options.against)) for b in chosen for c in _cases(b, options)]
    progress = Progress(options.rounds * sum(len(names) for _, _, names in plan))
    try:
        return [run_case(b, c, names, options.rounds, progress.step) for b, c, names in plan]
    finally:
        progress.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and report: 0 when nothing failed, 1 when a contestant did."""
    options = parse(arguments)
    facts = machine.describe()
    results = run(options)
    report.print_report(results, facts)
    if options.json:
        report.write_json(options.json, results, facts)
    if options.png:
        from benchmarks.chart import write_chart  # matplotlib only where a chart is asked for

        write_chart(options.png, results, facts)
    return int(any(entry.status == "failed" for result in results for entry in result.entries))


if __name__ == "__main__":
    exit_with(main)
