"""Memory of an idle task: what the process grows by, divided by the tasks that wait on a sleep.

The handle that the runtime gives for a task counts: it is kept in a list, as most programs keep it.
"""

from __future__ import annotations

from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child


def _case(tasks: int) -> Case:
    return Case(f"{tasks:,} sleeping tasks", {"tasks": tasks})


def _verify(measurement: Measurement, parameters: Parameters) -> None:
    expect("tasks asleep", measurement.operations, int(parameters["tasks"]))
    expect("tasks that woke when cancelled", measurement.together, int(parameters["tasks"]))


IDLE_MEMORY = Benchmark(
    name="idle_memory",
    title="resident memory per idle task",
    unit="bytes",
    better="lower",
    baseline="asyncio",
    contestants=RUNTIMES,
    cases=(_case(100_000),),
    quick=(_case(20_000),),
    tiny=(_case(2_000),),
    measure=lambda contestant, parameters: measure_in_child("idle_memory", contestant, parameters),
    verify=_verify,
    figure=lambda measurement: measurement.quantity / measurement.operations,
)
