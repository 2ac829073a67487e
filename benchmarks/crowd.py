"""A crowd: connections from client processes to server processes, and what they cost.

Everything goes step by step, so a figure belongs to a number of connections, and a run can be
bounded in number and in time. All processes end with the `with` block that started them.
"""

from __future__ import annotations

import json
import selectors
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from benchmarks import loopback
from benchmarks.benchmark import WorkNotDone, expect
from benchmarks.child import ROOT, Failed
from benchmarks.processes import descriptors, resident_bytes

SERVER = [sys.executable, "-m", "benchmarks.connections_server"]
CLIENT = [sys.executable, "-m", "benchmarks.connections_client"]
RESERVE = 64
"""Descriptors of a process that are no connections."""
UNEVEN = 0.96
"""The kernel deals connections to servers by chance: together they get a little less than fits."""
PER_SOURCE = 18_000
"""Connections from one loopback address: fewer than there are ports."""
IN_FLIGHT = 64
PATIENCE_SECONDS = 120.0

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Remote:
    """A client in a process of its own."""

    process: subprocess.Popen[str]

    def call(self, *words: object) -> Any:  # JSON
        """Have it do something, and wait for what it says.

        Raises:
            Failed: it has ended, with its last words, or says nothing for two minutes.
        """
        assert self.process.stdin is not None and self.process.stdout is not None
        try:
            print(json.dumps(words), file=self.process.stdin, flush=True)
        except BrokenPipeError:
            pass  # its last words say why
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            if not selector.select(PATIENCE_SECONDS):
                raise Failed(f"a client says nothing for {PATIENCE_SECONDS:g} s")
        line = self.process.stdout.readline()
        if not line:
            assert self.process.stderr is not None
            lines = self.process.stderr.read().strip().splitlines() or ["a client has ended"]
            raise Failed(lines[-1])
        return json.loads(line)


@contextmanager
def client(port: int) -> Iterator[Remote]:
    """A client for as long as the block lasts."""
    pipe = subprocess.PIPE
    command = [*CLIENT, str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    with process:
        try:
            yield Remote(process)
        finally:
            process.kill()


@contextmanager
def servers(count: int) -> Iterator[list[loopback.Server]]:
    """So many servers on one port.

    Raises:
        WorkNotDone: one of them complained, or broke.
    """
    with ExitStack() as stack:
        started = [stack.enter_context(loopback.serving([*SERVER, "0"], None))]
        port = str(started[0].facts["port"])
        for _ in range(count - 1):
            started.append(stack.enter_context(loopback.serving([*SERVER, port], None)))
        yield started
    for server in started:
        if server.errors:
            raise WorkNotDone(f"a server complained: {server.errors[-1]}")


def source(number: int) -> str:
    """A loopback address; the first one is left to the servers."""
    return f"127.0.0.{2 + number % 250}"


@dataclass(frozen=True, slots=True)
class Point:
    """Memory of all servers together, with so many connections open."""

    connections: int
    resident_bytes: int


@dataclass(frozen=True, slots=True)
class Crowd:
    """What one crowd cost. Seconds are those from a request to its whole answer."""

    servers: int
    fitting: int
    """How many one server process can hold here."""
    wanted: int
    """How many were to be opened; fewer are open when the time was over."""
    points: list[Point]
    latencies: list[float]

    @property
    def connections(self) -> int:
        """How many were open in the end."""
        return self.points[-1].connections

    @property
    def bytes_each(self) -> float:
        """Resident memory of the servers for each connection."""
        grown = self.points[-1].resident_bytes - self.points[0].resident_bytes
        return grown / self.connections

    def percentile(self, percent: float) -> float:
        """Seconds in which so many of a hundred had their answer."""
        ranked = sorted(self.latencies)
        return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]


def gather(count: int, server_count: int, step: int, until: float, announce: Announce) -> Crowd:
    """Open `count` connections, or as many as the descriptors allow, ask on each, and drop them.

    Args:
        count: how many, at the most.
        server_count: processes on one port, among which the kernel deals them out.
        step: between two points of the curve.
        until: when to stop opening, by `time.monotonic`.
        announce: told of each step.

    Raises:
        Failed, WorkNotDone: anything went wrong on a connection, or one is missing in the end.
    """
    with servers(server_count) as started, ExitStack() as stack:
        fitting = int(started[0].facts["limit"]) - RESERVE
        per_client = min(fitting, PER_SOURCE)
        even = 1.0 if server_count == 1 else UNEVEN
        wanted = min(count, int(fitting * server_count * even))
        before = sum(descriptors(server.process.pid) for server in started)
        clients: list[Remote] = []
        points = [_weigh(0, started)]
        while points[-1].connections < wanted and time.monotonic() < until:
            opened = points[-1].connections
            announce(f"{_processes(server_count)}, round: {opened:,} of {wanted:,} open")
            if opened >= len(clients) * per_client:
                clients.append(stack.enter_context(client(started[0].facts["port"])))
                clients[-1].call("limit")
            room = min(step, wanted - opened, len(clients) * per_client - opened)
            clients[-1].call("open", source(len(clients) - 1), room)
            points.append(_weigh(opened + room, started))
        if not points[-1].connections:
            raise WorkNotDone("no connection: the time was over before")
        held = sum(descriptors(server.process.pid) for server in started) - before
        expect("connections that the servers hold", held, points[-1].connections)
        announce(f"{_processes(server_count)}, round: asking on {held:,}")
        asked = [seconds for each in clients for seconds in each.call("ask", IN_FLIGHT)]
        expect("connections that answered", len(asked), held)
        for each in clients:
            each.call("drop")
    return Crowd(server_count, fitting, wanted, points, asked)


def _processes(count: int) -> str:
    return f"{count} server process{'es' if count > 1 else ''}"


def _weigh(connections: int, started: Sequence[loopback.Server]) -> Point:
    return Point(connections, sum(resident_bytes(server.process.pid) for server in started))
