"""HTTP/1.1 servers: zokio's handlers and its ASGI server, against uvicorn, granian and aiohttp.

The load comes from `wrk` (or, where it is not installed, from `http_client.py`). A round asks the
server before and after the load and compares each of these answers whole; during the load the
number of answers is held against the bytes that came, so that an answer which is not the one that
was compared shows. A load in which wrk saw one error is no figure.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks import loopback
from benchmarks.benchmark import Benchmark, Case, Measurement, Parameters, WorkNotDone, expect
from benchmarks.contestants.http_servers import SERVERS
from benchmarks.http_answers import check

SCRIPT = Path(__file__).with_name("http_load.lua")
BASELINE = "uvicorn"
Figures = dict[str, float]


def path_of(sizes: Parameters) -> str:
    """What is asked for."""
    return "/json" if sizes["json"] else "/"


def conditions() -> str:
    """What loads the servers on this machine, for the report."""
    return "wrk" if shutil.which("wrk") else "a client in Python (no wrk): it is slow"


def load_command(port: int, sizes: Parameters, seconds: float) -> list[str]:
    """The command of one load; wrk takes whole seconds."""
    path, connections, depth = path_of(sizes), int(sizes["connections"]), int(sizes["depth"])
    if shutil.which("wrk"):
        url = f"http://127.0.0.1:{port}{path}"
        numbers = [f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s"]
        return ["wrk", "-t1", *numbers, "-s", str(SCRIPT), url, "--", str(depth)]
    words = [str(port), path, str(connections), str(depth), str(seconds)]
    return [sys.executable, "-m", "benchmarks.http_client", *words]


def load(port: int, sizes: Parameters, seconds: float, core: int | None) -> Figures:
    """Load a server once.

    Raises:
        Failed: the client broke, or had no end.
    """
    return loopback.load(load_command(port, sizes, seconds), core, seconds + 60)


def measure(contestant: str, sizes: Parameters) -> Measurement:
    """Serve, ask, load, and ask again."""
    client_core, server_core = loopback.cores() or (None, None)
    path, depth = path_of(sizes), int(sizes["depth"])
    command = [sys.executable, "-m", "benchmarks.http_worker", contestant]
    with loopback.serving(command, server_core) as server:
        port = int(server.facts["port"])
        compared, length = check(port, path, depth)
        if sizes["warmup"]:
            load(port, sizes, sizes["warmup"], client_core)
        before = server.cpu_seconds()
        figures = load(port, sizes, sizes["seconds"], client_core)
        after = server.cpu_seconds()
        compared += check(port, path, depth)[0]
    figures |= {"compared": compared, "answer_bytes": length}
    requests = int(figures["requests"])
    if before is not None and after is not None and requests:
        figures["server_cpu_us_per_request"] = (after - before) / requests * 1e6
    version = str(server.facts["version"])
    connections = int(sizes["connections"])
    return Measurement(contestant, version, requests, connections, figures["seconds"], figures)


def verify(measurement: Measurement, sizes: Parameters) -> None:
    """No error, answers compared before and after, and all of them of the length of those."""
    extra, in_flight = measurement.extra, int(sizes["connections"] * sizes["depth"])
    expect("errors that the client saw", int(extra["errors"]), 0)
    expect("answers compared", int(extra["compared"]), 2 * int(sizes["depth"]))
    if measurement.operations < in_flight:
        raise WorkNotDone(f"{measurement.operations} answers to {in_flight} requests in flight")
    # At the end of the load some answers are there in part, or whole and not counted.
    missing = extra["bytes"] - measurement.operations * extra["answer_bytes"]
    if not 0 <= missing <= in_flight * extra["answer_bytes"]:
        raise WorkNotDone(f"{missing:,.0f} bytes more than so many answers have")


def _case(name: str, json_: bool, connections: int, depth: int, seconds: float) -> Case:
    warmup = 0.0 if seconds <= 1 else 1.0
    sizes = {"json": json_, "connections": connections, "depth": depth, "seconds": seconds}
    return Case(name, {**sizes, "warmup": warmup})


def _cases(seconds: float) -> tuple[Case, ...]:
    return (
        _case("plaintext, 64 connections", False, 64, 1, seconds),
        _case("JSON, 64 connections", True, 64, 1, seconds),
        _case("plaintext, 1 connection", False, 1, 1, seconds),
        _case("plaintext, 64 connections, 16 pipelined", False, 64, 16, seconds),
    )


HTTP = Benchmark(
    name="http",
    title="HTTP requests per second",
    unit="k/s",
    better="higher",
    baseline=BASELINE,
    contestants=tuple(SERVERS),
    cases=_cases(3.0),
    quick=_cases(2.0),
    tiny=(_case("plaintext, 4 connections", False, 4, 2, 1.0),),
    measure=measure,
    verify=verify,
    figure=lambda measurement: measurement.operations / measurement.quantity / 1e3,
)
