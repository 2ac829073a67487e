"""Channels: two tasks that hand numbers to each other, one at a time or as fast as they can.

Every hand-over of the ping-pong has to wait for the other task; of the throughput almost none has.
"""

from __future__ import annotations

from functools import partial

from benchmarks.benchmark import Benchmark, Case, Measurement, Parameters, expect
from benchmarks.child import measure_in_child

CONTESTANTS = ("zokio", "asyncio", "anyio", "trio")
MODULE = "benchmarks.channels_worker"


def _measure(benchmark: str, contestant: str, sizes: Parameters) -> Measurement:
    return measure_in_child(benchmark, contestant, sizes, module=MODULE)


def _verify_rounds(measurement: Measurement, sizes: Parameters) -> None:
    expect("round trips", measurement.operations, int(sizes["rounds"]))


def _verify_items(measurement: Measurement, sizes: Parameters) -> None:
    expect("items", measurement.operations, int(sizes["items"]))


def _rounds(rounds: int) -> Case:
    return Case(f"{rounds:,} round trips", {"rounds": rounds})


def _items(items: int, capacity: int) -> Case:
    sizes = {"items": items, "capacity": capacity}
    return Case(f"{items:,} items, capacity {capacity:,}", sizes)


CHANNELS_PING_PONG = Benchmark(
    name="channels_ping_pong",
    title="round trips over two channels, per second of CPU",
    unit="k/s",
    better="higher",
    baseline="asyncio",
    contestants=CONTESTANTS,
    cases=(_rounds(200_000),),
    quick=(_rounds(50_000),),
    tiny=(_rounds(100),),
    measure=partial(_measure, "channels_ping_pong"),
    verify=_verify_rounds,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e3,
)

CHANNELS_THROUGHPUT = Benchmark(
    name="channels_throughput",
    title="items through one channel, per second of CPU",
    unit="M/s",
    better="higher",
    baseline="asyncio",
    contestants=CONTESTANTS,
    cases=(_items(1_000_000, 1_024),),
    quick=(_items(200_000, 1_024),),
    tiny=(_items(100, 8),),
    measure=partial(_measure, "channels_throughput"),
    verify=_verify_items,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e6,
)
