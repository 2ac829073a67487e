"""Every benchmark runs, in tiny sizes, on every contestant, and counts work really done."""

from __future__ import annotations

import dataclasses

import pytest

import zokio
from benchmarks.benchmark import Benchmark, Measurement, WorkNotDone
from benchmarks.catalogue import BENCHMARKS
from benchmarks.echo import ECHO
from benchmarks.echo_pipelined import ECHO_PIPELINED
from benchmarks.http import HTTP
from benchmarks.interleave import run_case
from benchmarks.results import CaseResult
from benchmarks.workers import COUNTS

OPTIONAL = {"uvloop", "rloop", "trio", "anyio", "C", "uvicorn", "granian", "aiohttp"}
each_benchmark = pytest.mark.parametrize("benchmark", BENCHMARKS, ids=lambda b: b.name)


def run_tiny(benchmark: Benchmark, contestants: tuple[str, ...]) -> CaseResult:
    return run_case(benchmark, benchmark.tiny[0], contestants, 1, lambda _: None)


def refused_workers() -> set[str]:
    """The contestants which this zokio cannot run, since it refuses their number of workers."""
    refused = set()
    for count in COUNTS:
        try:
            zokio.RuntimeConfig(workers=count)
        except zokio.UsageError:
            refused.add(f"workers={count}")
    return refused


@each_benchmark
def test_every_contestant_does_the_work_or_is_reported_missing(benchmark: Benchmark) -> None:
    result = run_tiny(benchmark, benchmark.contestants)
    failed = {e.contestant: e.reason for e in result.entries if e.status == "failed"}
    assert failed == {}
    missing = {e.contestant for e in result.entries if e.status == "missing"}
    assert {name.split()[0] for name in missing} <= OPTIONAL | refused_workers()
    assert all(e.figures[0] > 0 for e in result.entries if e.status == "measured")


@each_benchmark
def test_a_benchmark_refuses_a_measurement_that_lacks_work(benchmark: Benchmark) -> None:
    case = benchmark.tiny[0]
    measurement = benchmark.measure(benchmark.contestants[0], case.parameters)
    benchmark.verify(measurement, case.parameters)
    for lacking in shortened(measurement, benchmark):
        with pytest.raises(WorkNotDone):
            benchmark.verify(lacking, case.parameters)


def shortened(measurement: Measurement, benchmark: Benchmark) -> list[Measurement]:
    """The measurement with less done: fewer operations, or what a client may find missing."""
    if benchmark.verify is ECHO.verify:
        fewer = dataclasses.replace(measurement, together=measurement.together - 1)
        return [fewer, *(with_extra(measurement, **{key: 0}) for key in ("least", "compared"))]
    if benchmark.verify is ECHO_PIPELINED.verify:
        fewer = dataclasses.replace(measurement, operations=measurement.operations - 8)
        return [fewer, with_extra(measurement, least=0), with_extra(measurement, compared=0)]
    if benchmark.verify is HTTP.verify:
        fewer = dataclasses.replace(measurement, operations=1)
        return [fewer, with_extra(measurement, errors=1), with_extra(measurement, compared=2)]
    return [dataclasses.replace(measurement, operations=measurement.operations - 1)]


def with_extra(measurement: Measurement, **extra: float) -> Measurement:
    return dataclasses.replace(measurement, extra={**measurement.extra, **extra})
