"""A crowd: connections from client processes to server processes, and what they cost.

Everything goes step by step, so a figure belongs to a number of connections, and a run can be
bounded in number and in time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from benchmarks import loopback
from benchmarks.benchmark import WorkNotDone, expect
from benchmarks.processes import descriptors, resident_bytes
from benchmarks.remote import Remote, client, servers, source

RESERVE = 64
"""Descriptors of a process that are no connections."""
UNEVEN = 0.96
"""The kernel deals connections to servers by chance: together they get a little less than fits."""
PER_SOURCE = 18_000
"""Connections from one loopback address: fewer than there are ports."""
IN_FLIGHT = 64

Announce = Callable[[str], None]


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


class Gathering:
    """Servers, and the clients that were needed so far."""

    def __init__(self, started: list[loopback.Server], stack: ExitStack) -> None:
        self.servers = started
        self.fitting = int(started[0].facts["limit"]) - RESERVE
        self._stack = stack
        self._clients: list[Remote] = []
        self._per_client = min(self.fitting, PER_SOURCE)
        self._descriptors = self._held()
        self.points = [self._weigh(0)]

    def fit(self, count: int) -> int:
        """So many connections, or as many as the descriptors of the servers allow."""
        even = 1.0 if len(self.servers) == 1 else UNEVEN
        return min(count, int(self.fitting * len(self.servers) * even))

    def open(self, count: int) -> None:
        """Open more: so many, or as many as the last client may have."""
        opened = self.points[-1].connections
        if opened >= len(self._clients) * self._per_client:
            port = self.servers[0].facts["port"]
            self._clients.append(self._stack.enter_context(client(port)))
            self._clients[-1].call("limit")
        count = min(count, len(self._clients) * self._per_client - opened)
        self._clients[-1].call("open", source(len(self._clients) - 1), count)
        self.points.append(self._weigh(opened + count))

    def ask(self) -> list[float]:
        """A request on each, and then drop them: seconds until each answer."""
        opened = self.points[-1].connections
        expect("connections that the servers hold", self._held() - self._descriptors, opened)
        asked = [seconds for each in self._clients for seconds in each.call("ask", IN_FLIGHT)]
        expect("connections that answered", len(asked), opened)
        for each in self._clients:
            each.call("drop")
        return asked

    def _held(self) -> int:
        return sum(descriptors(server.process.pid) for server in self.servers)

    def _weigh(self, count: int) -> Point:
        return Point(count, sum(resident_bytes(server.process.pid) for server in self.servers))


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
    who = f"{server_count} server process{'es' if server_count > 1 else ''}"
    with servers(server_count) as started, ExitStack() as stack:
        gathering = Gathering(started, stack)
        wanted, opened = gathering.fit(count), 0
        while opened < wanted and time.monotonic() < until:
            announce(f"{who}, round: {opened:,} of {wanted:,} open")
            gathering.open(min(step, wanted - opened))
            opened = gathering.points[-1].connections
        if not opened:
            raise WorkNotDone("no connection: the time was over before")
        announce(f"{who}, round: asking on {opened:,}")
        asked = gathering.ask()
    return Crowd(server_count, gathering.fitting, wanted, gathering.points, asked)
