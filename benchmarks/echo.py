"""Echo over loopback TCP: clients in another process, one request in flight per connection.

The load comes from `echo_client.c` (or, without a compiler, from `echo_client.py`), which compares
what comes back with what it sent. `echo_server.c` is the ceiling: the same work without a runtime.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

from benchmarks import loopback, native
from benchmarks.benchmark import Benchmark, Case, Measurement, Parameters, WorkNotDone, expect
from benchmarks.child import Missing

CEILING = "C epoll"
CONTESTANTS = (
    "zokio streams",
    "asyncio streams",
    "asyncio Protocol",
    "uvloop streams",
    "uvloop Protocol",
    "rloop streams",
    "rloop Protocol",
    "trio streams",
    CEILING,
)


def _server_command(contestant: str) -> list[str]:
    if contestant == CEILING:
        program = native.compiled("echo_server")
        if program is None:
            raise Missing("no C compiler, or a system without epoll")
        return [str(program)]
    return [sys.executable, "-m", "benchmarks.echo_worker", *contestant.split()]


def _client_command(port: int, sizes: Parameters) -> list[str]:
    program = native.compiled("echo_client")
    client = [str(program)] if program else [sys.executable, "-m", "benchmarks.echo_client"]
    numbers = [int(sizes["connections"]), int(sizes["size"]), sizes["seconds"], sizes["warmup"]]
    return [*client, "127.0.0.1", str(port), *map(str, numbers)]


def conditions() -> str:
    """Under which conditions this machine runs the benchmark, for the report."""
    client = "in C" if native.compiled("echo_client") else "in Python (no C compiler): it is slow"
    pinned = loopback.cores()
    where = f"client on core {pinned[0]}, server on core {pinned[1]}" if pinned else "not pinned"
    return f"load client {client}; {where}"


def measure(
    contestant: str,
    sizes: Parameters,
    server_command: Callable[[str], list[str]] | None = None,
    *,
    server_pinned: bool = True,
) -> Measurement:
    """Serve and load once."""
    client_core, server_core = loopback.cores() or (None, None)
    if not server_pinned:
        server_core = None
    with loopback.serving((server_command or _server_command)(contestant), server_core) as server:
        before = server.cpu_seconds()
        command = _client_command(server.facts["port"], sizes)
        patience = sizes["seconds"] + sizes["warmup"] + 30
        figures = loopback.load(command, client_core, patience)
        after = server.cpu_seconds()
    if before is not None and after is not None and figures["total"]:
        figures["server_cpu_us_per_request"] = (after - before) / figures["total"] * 1e6
    requests, connections = int(figures["requests"]), int(figures["connections"])
    label = server.facts.get("label", CEILING)
    shown = label if contestant == CEILING else f"{label} {contestant.split()[1]}"
    version = server.facts.get("version", "")
    return Measurement(shown, version, requests, connections, figures["seconds"], figures)


def verify(measurement: Measurement, sizes: Parameters) -> None:
    """Every connection was answered, and answers were compared."""
    expect("connections", measurement.together, int(sizes["connections"]))
    if measurement.extra["least"] < 1:
        raise WorkNotDone("one connection at least had no answer in the measured time")
    if measurement.extra["compared"] < 1:
        raise WorkNotDone("no answer was compared with its request")


def _case(connections: int, kib: int, seconds: float, warmup: float) -> Case:
    sizes = {"connections": connections, "size": kib * 1024, "seconds": seconds, "warmup": warmup}
    return Case(f"{connections} x {kib} KiB", sizes)


ECHO = Benchmark(
    name="echo",
    title="echo requests per second, connections x message",
    unit="k/s",
    better="higher",
    baseline="asyncio streams",
    contestants=CONTESTANTS,
    cases=tuple(_case(count, kib, 1.5, 0.4) for kib in (1, 16) for count in (1, 64, 512)),
    quick=(_case(1, 1, 0.6, 0.2), _case(64, 1, 1.0, 0.3), _case(64, 16, 0.6, 0.2)),
    tiny=(_case(3, 1, 0.2, 0.1),),
    measure=measure,
    verify=verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e3,
)
