"""The pool: connections that are kept alive and shared by requests, one request at a time.

Guarantees: never more connections than the limits say, those that are being made included; who
waits is served in the order of coming, but for those whose own host has all the connections that it
may have; an idle connection is closed when another host needs its place, or when its time is over.
Cancel safety: whoever is cancelled, or whose time is up, leaves nothing behind, wherever it was.
Closed: who waits and who asks gets ClosedError; who has a connection keeps it until it is done.

What it has to do is the machine in `spec/http_pool.py`. It opens nothing itself: `Lease` does. It
has no task of its own, so connections past their time are closed when somebody next uses it. Tasks
of several workers may share it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import ClosedError
from zokio.http.client.lease import Host, Lease, Pooled
from zokio.http.client.limits import Limits

CLOSED_TEXT = "the client was closed; make a new one for further requests"
SECOND_NS = 1_000_000_000

C = TypeVar("C", bound=Pooled)


class _Request(Waiter[Lease[C]], Generic[C]):
    """Who waits for a connection to `host`."""

    __slots__ = ("host",)

    host: Host


@dataclass(frozen=True, slots=True)
class _Idle(Generic[C]):
    """A connection that nobody uses."""

    connection: C
    host: Host
    until_ns: int


class Pool(Generic[C]):
    """See the head of this file.

    Args:
        limits: how many connections, and how long they are kept.
        now_ns: the clock.
    """

    def __init__(self, limits: Limits, now_ns: Callable[[], int]) -> None:
        self._limits = limits
        self._now_ns = now_ns
        self._queue: WaitQueue[_Request[C]] = WaitQueue()
        self._idle: list[_Idle[C]] = []  # in the order in which they came back
        self._slots: dict[Host, int] = {}  # by host: leases and idle connections
        self._is_closed = False

    async def acquire(self, host: Host) -> Lease[C]:
        """The right to use one connection to `host`; wait for one's turn.

        Raises:
            ClosedError: the pool is closed, or was while this waited.
        """
        waiter: _Request[C] | None = None
        with self._queue.lock:
            if self._is_closed:
                raise ClosedError(CLOSED_TEXT)
            closing = self._take_old()
            lease = self._serve(host, closing)
            if lease is None:
                waiter = _Request(self._queue, self._on_leave)
                waiter.host = host
                self._queue.append(waiter)
        _close_all(closing)
        if waiter is not None:
            lease = await waiter
        assert lease is not None
        return lease

    def release(self, lease: Lease[C], *, keep: bool) -> None:
        """The lease is over; a connection that is to be kept is the next one's."""
        with self._queue.lock:
            closing = self._take_back(lease, keep=keep)
            woken = self._settle(closing)
        _close_all(closing)
        wake_all(woken)

    def close(self) -> None:
        """Close what is idle, and refuse whoever waits. Twice does nothing."""
        with self._queue.lock:
            self._is_closed = True
            closing = [each.connection for each in self._idle]
            for each in self._idle:
                self._free(each.host)
            self._idle.clear()
            refused = self._queue.refuse_all(CLOSED_TEXT)
        _close_all(closing)
        wake_all(refused)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._is_closed

    @property
    def idle(self) -> int:
        """How many connections nobody uses."""
        return len(self._idle)

    @property
    def open(self) -> int:
        """How many connections there are: in use, being made and idle."""
        return sum(self._slots.values())

    @property
    def waiting(self) -> int:
        """How many requests wait for a connection."""
        return self._queue.length

    # What is done under the lock. Connections that are to be closed are, after it.

    def _serve(self, host: Host, closing: list[C]) -> Lease[C] | None:
        """A lease if there may be one now: of the newest idle connection, or of one to be made."""
        for number in reversed(range(len(self._idle))):
            if self._idle[number].host == host:
                return Lease(self, host, self._idle.pop(number).connection)
        if self._slots.get(host, 0) >= self._limits.per_host:
            return None
        if self.open >= self._limits.total:
            if not self._idle:
                return None
            oldest = self._idle.pop(0)
            self._free(oldest.host)
            closing.append(oldest.connection)
        self._slots[host] = self._slots.get(host, 0) + 1
        return Lease(self, host, None)

    def _settle(self, closing: list[C]) -> list[_Request[C]]:
        """Serve who waits; whom to wake."""
        granted: list[_Request[C]] = []
        request = self._queue.first
        while request is not None:
            following = request.next
            lease = self._serve(request.host, closing)
            if lease is None:
                pass  # its host has all that it may have; another host may not
            elif request.grant(lease):
                granted.append(request)
            else:  # a signal handler has closed the pool just now
                lease.is_over = True
                closing += self._take_back(lease, keep=False)
            request = following
        return granted

    def _take_back(self, lease: Lease[C], *, keep: bool) -> list[C]:
        """What the lease had is idle, or its place is free; which connections to close."""
        connection, lease.connection = lease.connection, None
        closing: list[C] = []
        if connection is not None and keep and not self._is_closed:
            until_ns = self._now_ns() + int(self._limits.idle_seconds * SECOND_NS)
            self._idle.append(_Idle(connection, lease.host, until_ns))
        else:
            self._free(lease.host)
            if connection is not None:
                closing.append(connection)
        return closing + self._take_old()

    def _take_old(self) -> list[C]:
        """The idle connections whose time is over, which are no more in the pool."""
        now_ns = self._now_ns()
        old = [each for each in self._idle if each.until_ns <= now_ns]
        for each in old:
            self._free(each.host)
        self._idle = [each for each in self._idle if each.until_ns > now_ns]
        return [each.connection for each in old]

    def _free(self, host: Host) -> None:
        left = self._slots.pop(host) - 1
        if left:
            self._slots[host] = left

    def _on_leave(self, request: _Request[C], granted: bool) -> list[_Request[C]]:
        """Whoever waited was cancelled; what it had been granted is not used by anybody."""
        closing: list[C] = []
        if granted:
            lease: Lease[C] = request.value
            lease.is_over = True
            closing = self._take_back(lease, keep=False)
        woken = self._settle(closing)
        _close_all(closing)  # under the lock: it waits for nothing
        return woken

    def check_invariants(self) -> None:
        """Assert that the counts agree with the limits and with what is idle."""
        self._queue.check_invariants()
        assert all(0 < count <= self._limits.per_host for count in self._slots.values())
        assert self.open <= self._limits.total, f"{self.open} connections are open"
        connections = [id(each.connection) for each in self._idle]
        assert len(set(connections)) == len(connections), "a connection is idle twice"
        for host in {each.host for each in self._idle}:
            assert sum(each.host == host for each in self._idle) <= self._slots[host]

    def __repr__(self) -> str:
        state = "closed" if self._is_closed else f"{self.waiting} waiting"
        return f"<Pool, {self.open} open, {self.idle} of them idle, {state}>"


def _close_all(connections: Iterable[Pooled]) -> None:
    for connection in connections:
        connection.close()
