"""Task switches: many tasks, each of which yields to the others many times."""

from __future__ import annotations

from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child


def _case(tasks: int, yields: int) -> Case:
    return Case(f"{tasks:,} tasks x {yields:,}", {"tasks": tasks, "yields": yields})


def _verify(measurement: Measurement, parameters: Parameters) -> None:
    tasks, yields = int(parameters["tasks"]), int(parameters["yields"])
    expect("switches", measurement.operations, tasks * yields)
    expect("tasks under way when the first one ended", measurement.together, tasks)


SWITCHES = Benchmark(
    name="switches",
    title="task switches per second of CPU",
    unit="M/s",
    better="higher",
    baseline="asyncio",
    contestants=RUNTIMES,
    cases=(_case(1_000, 1_000),),
    quick=(_case(1_000, 200),),
    tiny=(_case(10, 20),),
    measure=lambda contestant, parameters: measure_in_child("switches", contestant, parameters),
    verify=_verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e6,
)
