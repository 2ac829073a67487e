"""Spawn and join: start a task that only returns a number, await it, start the next."""

from __future__ import annotations

from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child


def _case(tasks: int) -> Case:
    return Case(f"{tasks:,} tasks, one by one", {"tasks": tasks})


def _verify(measurement: Measurement, parameters: Parameters) -> None:
    expect("tasks joined", measurement.operations, int(parameters["tasks"]))


SPAWN_JOIN = Benchmark(
    name="spawn_join",
    title="tasks spawned and joined per second of CPU",
    unit="k/s",
    better="higher",
    baseline="asyncio",
    contestants=RUNTIMES,
    cases=(_case(200_000),),
    quick=(_case(40_000),),
    tiny=(_case(50),),
    measure=lambda contestant, parameters: measure_in_child("spawn_join", contestant, parameters),
    verify=_verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e3,
)
