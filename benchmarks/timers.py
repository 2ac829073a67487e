"""Timers: very many tasks that sleep at the same time, each for a time of its own.

The sleeps are longer than it takes to start them all, so that all timers are pending at once; the
cost is therefore taken in seconds of CPU, since the seconds on the wall are mostly the sleep.
"""

from __future__ import annotations

from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child


def _case(tasks: int, shortest: float) -> Case:
    sizes = {"tasks": tasks, "shortest_seconds": shortest, "spread_seconds": shortest / 4}
    return Case(f"{tasks:,} sleeps at once", sizes)


def _verify(measurement: Measurement, parameters: Parameters) -> None:
    expect("sleeps that ended", measurement.operations, int(parameters["tasks"]))
    expect("timers pending at once", measurement.together, int(parameters["tasks"]))


TIMERS = Benchmark(
    name="timers",
    title="sleeps, started and ended, per second of CPU",
    unit="k/s",
    better="higher",
    baseline="asyncio",
    contestants=RUNTIMES,
    cases=(_case(100_000, 8.0),),
    quick=(_case(20_000, 3.0),),
    tiny=(_case(50, 0.5),),
    measure=lambda contestant, parameters: measure_in_child("timers", contestant, parameters),
    verify=_verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e3,
)
