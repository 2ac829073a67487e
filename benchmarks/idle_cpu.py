"""CPU of an idle program: what 10,000 sleeping tasks use up while nothing happens.

Anything that polls shows here. The figures are a fraction of a millisecond, so no ratio is given.
"""

from __future__ import annotations

from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child


def _case(tasks: int, seconds: float) -> Case:
    return Case(f"{tasks:,} sleeping tasks, {seconds:g} s", {"tasks": tasks, "seconds": seconds})


def _verify(measurement: Measurement, parameters: Parameters) -> None:
    expect("tasks asleep", measurement.operations, int(parameters["tasks"]))
    expect("tasks that woke when cancelled", measurement.together, int(parameters["tasks"]))


IDLE_CPU = Benchmark(
    name="idle_cpu",
    title="CPU used while every task sleeps",
    unit="ms",
    better="lower",
    baseline=None,
    contestants=RUNTIMES,
    cases=(_case(10_000, 2.0),),
    quick=(_case(10_000, 1.0),),
    tiny=(_case(20, 0.1),),
    measure=lambda contestant, parameters: measure_in_child("idle_cpu", contestant, parameters),
    verify=_verify,
    figure=lambda measurement: measurement.quantity * 1e3,
)
