"""Churn: connections that are opened and dropped, very many, and what is left of them.

The first tenth is not counted: allocators and caches grow to what they need. After it the server
has as many descriptors in the end as before, or a connection has leaked; memory may have grown by
what allocators do, and not by an object for each connection.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from benchmarks.benchmark import WorkNotDone, expect
from benchmarks.connections_client import BATCH
from benchmarks.crowd import Announce
from benchmarks.processes import descriptors, resident_bytes
from benchmarks.remote import client, servers, source

SOURCES = 8
STEP = 1_000
GROWTH_BYTES = 2 << 20
GROWTH_BYTES_EACH = 16
"""Less than any object of Python has, in the long run of many connections."""
SETTLING_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Churn:
    """What was done, and the server before and after."""

    connections: int
    seconds: float
    silent: int
    answered: int
    unread: int
    descriptors_before: int
    descriptors_after: int
    bytes_before: int
    bytes_after: int

    def check(self) -> None:
        """Raise `WorkNotDone` if a connection is missing, or something of it is left."""
        expect("connections", self.silent + self.answered + self.unread, self.connections)
        expect("descriptors left", self.descriptors_after, self.descriptors_before)
        grown = self.bytes_after - self.bytes_before
        if grown > GROWTH_BYTES + GROWTH_BYTES_EACH * self.connections:
            raise WorkNotDone(f"the server has grown by {grown:,} bytes")


def churn(count: int, until: float, announce: Announce) -> Churn:
    """Open and drop `count` connections, after a tenth of that which does not count.

    Args:
        until: when to stop, by `time.monotonic`; what was done until then counts.
        announce: told of each step.

    Raises:
        Failed, WorkNotDone: anything went wrong on a connection, or in the server.
    """
    with servers(1) as (server,), client(server.facts["port"]) as remote:
        pid, done = server.process.pid, [0, 0, 0]
        remote.call("limit")
        idle = descriptors(pid)
        for number in range(SOURCES):  # each address takes part in the warm-up
            remote.call("churn", source(number), max(BATCH, count // 10 // SOURCES))
        _settle(pid, idle)
        before, began, number = resident_bytes(pid), time.monotonic(), 0
        while sum(done) < count and time.monotonic() < until:
            announce(f"churn, round: {sum(done):,} of {count:,} connections")
            some = remote.call("churn", source(number % SOURCES), min(STEP, count - sum(done)))
            done, number = [a + b for a, b in zip(done, some, strict=True)], number + 1
        seconds = time.monotonic() - began
        left = _settle(pid, idle)
        after = resident_bytes(pid)
    silent, answered, unread = done
    return Churn(sum(done), seconds, silent, answered, unread, idle, left, before, after)


def _settle(pid: int, wanted: int) -> int:
    """The descriptors of the server, once they are as few as wanted or do not get fewer."""
    until = time.monotonic() + SETTLING_SECONDS
    while (found := descriptors(pid)) > wanted and time.monotonic() < until:
        time.sleep(0.01)
    return found
