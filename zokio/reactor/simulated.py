"""The simulated reactor: sockets in memory and a clock that jumps to the next deadline.

Guarantees: the contract of the real reactors, edges included, and the same order in every run. A
wait for time takes no time. A wait for ever, when no other thread exists that could end it, raises
`DeadlockError` instead of hanging.
"""

from __future__ import annotations

import socket

from zokio.core.task import Task
from zokio.env.bystanders import active_count
from zokio.env.clock import VirtualClock
from zokio.env.threads import Event
from zokio.errors import DeadlockError
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.reactor.simulated_datagrams import SimulatedDatagrams
from zokio.reactor.simulated_network import SimulatedNetwork
from zokio.reactor.simulated_socket import SimulatedSocket


class SimulatedReactor:
    """See `zokio.reactor.contract.Reactor`."""

    def __init__(self, clock: VirtualClock | None = None) -> None:
        self.clock = VirtualClock() if clock is None else clock
        self.now_ns = self.clock.now_ns
        self.bell_fd = -1  # it has no descriptor for signals to write to
        self.signals = 0
        self.network = SimulatedNetwork(self._note_change)
        self._registrations: dict[int, Registration] = {}
        self._changed: dict[int, None] = {}  # an ordered set of descriptors
        self._bell = Event()
        self._is_waiting = False
        self.threads = 1
        """How many threads wait for this reactor, so that none of them can end the wait."""

    def socket(self, family: int, kind: int = socket.SOCK_STREAM) -> Socket:
        """A new socket in memory; the family makes no difference."""
        if kind == socket.SOCK_DGRAM:
            return SimulatedDatagrams(self.network)
        return SimulatedSocket(self.network)

    def register(self, fd: int) -> Registration:
        """Watch `fd`."""
        with self.network.lock:
            return self._register(fd)

    def _register(self, fd: int) -> Registration:
        stale = self._registrations.get(fd)
        if stale is not None:
            for task in stale.close():
                task.wake()
        registration = self._registrations[fd] = Registration(fd)
        self._note_change(fd)
        return registration

    def deregister(self, registration: Registration) -> list[Task]:
        """Watch it no more."""
        with self.network.lock:
            if registration.closed:
                return []
            del self._registrations[registration.fd]
            self._changed.pop(registration.fd, None)
            return registration.close()

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """Report what has changed; if nothing has, let the time pass."""
        with self.network.lock:
            batch = self._report_changes()
            self._is_waiting = timeout_ns is None  # whoever changes something from now on rings
        if self._bell.is_set():
            self._bell.clear()
        elif not batch:
            if timeout_ns is None:
                self._wait_for_bell()
            else:
                self.clock.advance(timeout_ns)
        self._is_waiting = False
        return batch

    def _wait_for_bell(self) -> None:
        # In this order: the last of the others may ring and end just now.
        if active_count() <= self.threads and not self._bell.is_set():
            self._is_waiting = False
            raise DeadlockError(
                "every task waits, no timer is pending, and no other thread could wake one; "
                "look at Runtime.dump() for what each task waits for"
            )
        self._bell.wait()
        self._bell.clear()

    def _report_changes(self) -> list[Task]:
        batch: list[Task] = []
        changed, self._changed = self._changed, {}
        for fd in changed:
            registration = self._registrations.get(fd)
            sock = self.network.sockets.get(fd)
            if registration is not None and sock is not None:
                registration.event(sock.is_readable(), sock.is_writable(), sock.has_ended(), batch)
        return batch

    def _note_change(self, fd: int) -> None:
        self._changed[fd] = None
        if self._is_waiting:  # on another worker, as a real reactor would see it
            self._bell.set()

    def unpark(self) -> None:
        """Ring the bell."""
        self._bell.set()

    def close(self) -> None:
        """Forget everything. What is still registered counts as closed."""
        for registration in self._registrations.values():
            registration.close()  # its socket may live on, without this reactor
        self._registrations.clear()
        self._changed.clear()

    def check_invariants(self) -> None:
        """Assert that every registration stands under its own descriptor, open."""
        for fd, registration in self._registrations.items():
            assert registration.fd == fd and not registration.closed
            registration.check_invariants()
