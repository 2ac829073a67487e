"""Pipelined echo: how many socket operations a second a server completes for its user.

A socket operation is a read or a write of a stream that was awaited and has completed: the server
awaits one message of known length (`read_exact`, `readexactly`), awaits its write, and begins anew.
So each message is two operations. They are not system calls: one `recv` may bring many messages,
since the client sends DEPTH of them in one write, and the next ones when all have come back.

The client is that of `echo.py`, for which a whole batch is one message: it compares the stamp of
every batch, and every byte of each sixteenth. Protocols have no reads, and are left out; trio's is
the usual helper over `receive_some`.
"""

from __future__ import annotations

import dataclasses
import sys
from functools import partial

from benchmarks import echo
from benchmarks.benchmark import RUNTIMES, Benchmark, Case, Measurement, Parameters, expect

CONTESTANTS = tuple(f"{name} messages" for name in RUNTIMES)
OPERATIONS_PER_MESSAGE = 2


def operations_of_a_batch(sizes: Parameters) -> int:
    """What the server has completed when the client has a batch back."""
    return int(sizes["depth"]) * OPERATIONS_PER_MESSAGE


def _server_command(contestant: str, size: int) -> list[str]:
    name, api = contestant.split()
    return [sys.executable, "-m", "benchmarks.echo_worker", name, api, str(size)]


def measure(contestant: str, sizes: Parameters) -> Measurement:
    """Serve and load once; what the client counts in batches is told in operations."""
    batch = {**sizes, "size": sizes["size"] * sizes["depth"]}
    serve = partial(_server_command, size=int(sizes["size"]))
    found, each = echo.measure(contestant, batch, serve), operations_of_a_batch(sizes)
    extra = {**found.extra, "batches": found.operations}
    key = "server_cpu_us_per_request"
    if key in extra:
        extra[key] /= each
    return dataclasses.replace(found, operations=found.operations * each, extra=extra)


def verify(measurement: Measurement, sizes: Parameters) -> None:
    """As for echo; and the operations are those of the batches that came back."""
    echo.verify(measurement, sizes)
    batches = int(measurement.extra["batches"])
    expect("operations", measurement.operations, batches * operations_of_a_batch(sizes))


def _case(connections: int, depth: int, seconds: float, warmup: float, size: int = 64) -> Case:
    sizes = {"connections": connections, "depth": depth, "size": size}
    name = f"{connections} x {depth} messages of {size} bytes"
    return Case(name, {**sizes, "seconds": seconds, "warmup": warmup})


ECHO_PIPELINED = Benchmark(
    name="echo_pipelined",
    title="socket operations (reads and writes completed for the user) per second",
    unit="k/s",
    better="higher",
    baseline="asyncio messages",
    contestants=CONTESTANTS,
    cases=(_case(16, 16, 1.5, 0.4), _case(16, 64, 1.5, 0.4)),
    quick=(_case(16, 16, 0.8, 0.3), _case(16, 64, 0.8, 0.3)),
    tiny=(_case(3, 4, 0.2, 0.1),),
    measure=measure,
    verify=verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e3,
)
