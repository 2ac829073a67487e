"""The Linux reactor: epoll, edge-triggered, each descriptor registered once for both directions.

Guarantees: no event of a closed descriptor reaches its successor, since `deregister` removes it
from the kernel's set before it is closed, and a batch is turned into tasks before anybody runs.
An edge that comes while nobody waits is kept in the registration's flags.

Source: epoll(7), "Questions and answers" 3, 6 and 9.
"""

from __future__ import annotations

import os
import select
import socket
from collections.abc import Callable
from typing import Final

from zokio.core.task import Task
from zokio.env.clock import monotonic_ns
from zokio.errors import broken
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.reactor.system_socket import system_socket

READABLE: Final = select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
WRITABLE: Final = select.EPOLLOUT | select.EPOLLHUP | select.EPOLLERR
# EPOLLPRI: `recv` stops in front of urgent data, however much there is behind it.
ENDED: Final = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR | select.EPOLLPRI
INTEREST: Final = READABLE | WRITABLE | ENDED | select.EPOLLET
TRAFFIC: Final = select.EPOLLIN | select.EPOLLOUT
EVENTS_MAX: Final = 1024
WAIT_MAX_S: Final = 86_400.0
"""epoll_wait counts milliseconds in an int: wait a day at a time."""


class EpollReactor:
    """See `zokio.reactor.contract.Reactor`."""

    def __init__(self, now_ns: Callable[[], int] = monotonic_ns) -> None:
        self._epoll = select.epoll()
        # A pipe and no eventfd: the interpreter writes one byte a signal to `bell_fd`, and an
        # eventfd takes eight at a time.
        self._listen_fd, self.bell_fd = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._epoll.register(self._listen_fd, select.EPOLLIN)
        self._registrations: dict[int, Registration] = {}
        self.signals = 0
        self._closed = False
        self.now_ns = now_ns

    def socket(self, family: int, kind: int = socket.SOCK_STREAM) -> Socket:
        """A new non-blocking socket."""
        return system_socket(family, kind)

    def register(self, fd: int) -> Registration:
        """Watch `fd`."""
        stale = self._registrations.get(fd)
        if stale is not None:  # closed behind the back of its owner: the kernel has forgotten it
            for task in stale.close():
                task.wake()
        registration = Registration(fd)
        self._registrations[fd] = registration
        try:
            self._epoll.register(fd, INTEREST)
        except OSError as error:
            del self._registrations[fd]
            raise broken(error, f"fd {fd} cannot be watched") from error
        return registration

    def deregister(self, registration: Registration) -> list[Task]:
        """Watch it no more."""
        if registration.closed:
            return []
        del self._registrations[registration.fd]
        try:
            self._epoll.unregister(registration.fd)
        except OSError:
            pass  # closed behind our back: the kernel has forgotten it
        return registration.close()

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """One epoll_wait; the flags are set and the tasks collected before it returns."""
        if timeout_ns is None:
            timeout_s = -1.0
        else:
            timeout_s = min(timeout_ns / 1_000_000_000, WAIT_MAX_S)
        batch: list[Task] = []
        registrations = self._registrations
        for fd, mask in self._epoll.poll(timeout_s, EVENTS_MAX):
            try:
                registration = registrations[fd]
            except KeyError:
                if fd == self._listen_fd:
                    self._silence_bell()
                continue
            if mask == TRAFFIC and registration.writable:  # the common case: there is data
                registration.readable = True
                reader = registration.reader  # once: see `Registration.event`
                if reader is not None:
                    batch.append(reader)
            else:
                registration.event(mask & READABLE, mask & WRITABLE, mask & ENDED, batch)
        return batch

    def unpark(self) -> None:
        """Ring the bell; if it is full it is ringing already."""
        try:
            os.write(self.bell_fd, b"!")
        except OSError:
            pass

    def _silence_bell(self) -> None:
        try:
            while True:
                rings = os.read(self._listen_fd, 4096)
                self.signals += len(rings) - rings.count(b"!")
                if len(rings) < 4096:
                    break
        except BlockingIOError:
            pass

    def close(self) -> None:
        """Close the epoll instance and the bell. What is still registered counts as closed."""
        if not self._closed:
            self._closed = True
            for registration in self._registrations.values():
                registration.close()  # its socket may live on, without this reactor
            self._registrations.clear()
            self._epoll.close()
            # First the name, then the pipe: a late ring must not reach a successor.
            bell_fd, self.bell_fd = self.bell_fd, -1
            os.close(bell_fd)
            os.close(self._listen_fd)

    def check_invariants(self) -> None:
        """Assert that every registration stands under its own descriptor, open."""
        for fd, registration in self._registrations.items():
            assert registration.fd == fd and not registration.closed
            registration.check_invariants()
