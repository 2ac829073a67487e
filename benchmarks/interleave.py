"""Runs the rounds: A B C, A B C, ..., each contestant in a process of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.benchmark import Benchmark, Case, WorkNotDone
from benchmarks.child import Failed, Missing
from benchmarks.results import CaseResult, Entry

Announce = Callable[[str], None]


def _measure_once(benchmark: Benchmark, case: Case, entry: Entry) -> None:
    try:
        measurement = benchmark.measure(entry.contestant, case.parameters)
        benchmark.verify(measurement, case.parameters)
    except Missing as error:
        entry.status, entry.reason = "missing", str(error)
    except (Failed, WorkNotDone) as error:
        entry.status, entry.reason = "failed", str(error)
    else:
        entry.measurements.append(measurement)
        entry.figures.append(benchmark.figure(measurement))


def run_case(
    benchmark: Benchmark, case: Case, contestants: Sequence[str], rounds: int, announce: Announce
) -> CaseResult:
    """Measure all contestants in one case; who is missing or fails sits out the later rounds."""
    entries = [Entry(contestant) for contestant in contestants]
    for number in range(1, rounds + 1):
        for entry in entries:
            announce(f"{benchmark.name} {case.name}, round {number}: {entry.contestant}")
            if entry.status == "measured":
                _measure_once(benchmark, case, entry)
    return CaseResult(benchmark, case, entries)
