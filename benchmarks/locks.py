"""One lock: taken by one task again and again, and by many in turns."""

from __future__ import annotations

from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child


def _case(tasks: int, rounds: int) -> Case:
    kind = "nobody waits" if tasks == 1 else f"{tasks:,} tasks in turns"
    return Case(f"{kind}, {tasks * rounds:,} times", {"tasks": tasks, "rounds": rounds})


def _verify(measurement: Measurement, parameters: Parameters) -> None:
    tasks, rounds = int(parameters["tasks"]), int(parameters["rounds"])
    expect("locks taken, one at a time", measurement.operations, tasks * rounds)
    if tasks > 1:
        expect("tasks under way when the first one ended", measurement.together, tasks)


LOCKS = Benchmark(
    name="locks",
    title="locks taken and let go of per second of CPU",
    unit="M/s",
    better="higher",
    baseline="asyncio",
    contestants=RUNTIMES,
    cases=(_case(1, 1_000_000), _case(10, 50_000)),
    quick=(_case(1, 200_000), _case(10, 10_000)),
    tiny=(_case(10, 20), _case(1, 20)),
    measure=lambda contestant, parameters: measure_in_child("locks", contestant, parameters),
    verify=_verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e6,
)
