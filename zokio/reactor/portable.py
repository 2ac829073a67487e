"""The portable reactor: any selector of the standard library behind the same contract.

The selectors are level-triggered, so interest lasts only while somebody waits: `wait_readable` adds
it, `stop_reading` takes it away. A flag that is down therefore means "ask the selector", and
nothing is missed. The end of a stream is not reported as such here; it is found by reading.

Other threads ring through a socket pair. Windows' `select` takes sockets only, so does this.
"""

from __future__ import annotations

import selectors
import socket
from collections.abc import Callable
from typing import Final

from zokio.core.task import Task
from zokio.env.clock import monotonic_ns
from zokio.errors import broken
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration

READ: Final = selectors.EVENT_READ
WRITE: Final = selectors.EVENT_WRITE
WAIT_MAX_S: Final = 86_400.0


class PortableReactor:
    """See `zokio.reactor.contract.Reactor`."""

    def __init__(
        self,
        selector: selectors.BaseSelector | None = None,
        now_ns: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._selector = selector if selector is not None else selectors.DefaultSelector()
        self._listen_bell, self._ring_bell = socket.socketpair()
        self._listen_bell.setblocking(False)
        self._ring_bell.setblocking(False)
        self._selector.register(self._listen_bell, READ)
        self.bell_fd = self._ring_bell.fileno()
        self._registrations: dict[int, Registration] = {}
        self._closed = False
        self.now_ns = now_ns

    def socket(self, family: int) -> Socket:
        """A new non-blocking stream socket."""
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
        except OSError as error:
            raise broken(error, "no socket can be made") from error
        sock.setblocking(False)
        return sock

    def register(self, fd: int) -> Registration:
        """Watch `fd`, once somebody waits for it."""
        stale = self._registrations.get(fd)
        if stale is not None:  # closed behind the back of its owner
            self._end(stale)
        registration = Registration(fd, self._update_interest)
        self._registrations[fd] = registration
        return registration

    def deregister(self, registration: Registration) -> list[Task]:
        """Watch it no more."""
        if registration.closed:
            return []
        waiting = registration.close()
        self._update_interest(registration)
        del self._registrations[registration.fd]
        return waiting

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """One select; whoever waits for what it reports is collected."""
        timeout_s = None if timeout_ns is None else min(timeout_ns / 1_000_000_000, WAIT_MAX_S)
        batch: list[Task] = []
        for key, mask in self._selector.select(timeout_s):
            registration = self._registrations.get(key.fd)
            if registration is not None:
                registration.event(mask & READ != 0, mask & WRITE != 0, False, batch)
            elif key.fileobj is self._listen_bell:
                self._silence_bell()
        return batch

    def unpark(self) -> None:
        """Ring the bell; if it cannot ring any louder it is ringing already."""
        try:
            self._ring_bell.send(b"!")
        except OSError:
            pass

    def close(self) -> None:
        """Close the selector and the bell."""
        if not self._closed:
            self._closed = True
            self._selector.close()
            self._listen_bell.close()
            self._ring_bell.close()
            self.bell_fd = -1

    def _silence_bell(self) -> None:
        try:
            while self._listen_bell.recv(4096):
                pass
        except BlockingIOError:
            pass

    def _end(self, registration: Registration) -> None:
        for task in self.deregister(registration):
            task.wake()

    def _update_interest(self, registration: Registration) -> None:
        """Have the selector watch exactly what somebody waits for."""
        fd = registration.fd
        wanted = (READ if registration.reader else 0) | (WRITE if registration.writer else 0)
        key = self._selector.get_map().get(fd)
        try:
            if key is None:
                if wanted:
                    self._selector.register(fd, wanted)
            elif not wanted:
                self._selector.unregister(fd)
            elif key.events != wanted:
                self._selector.modify(fd, wanted)
        except OSError as error:
            raise broken(error, f"fd {fd} cannot be watched") from error

    def check_invariants(self) -> None:
        """Assert that the selector watches what is waited for, and nothing else."""
        for fd, registration in self._registrations.items():
            assert registration.fd == fd and not registration.closed
            registration.check_invariants()
            key = self._selector.get_map().get(fd)
            events = 0 if key is None else key.events
            wanted = (READ if registration.reader else 0) | (WRITE if registration.writer else 0)
            assert events == wanted, f"fd {fd} is watched for {events}, waited for {wanted}"
