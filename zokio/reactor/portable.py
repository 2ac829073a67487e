"""The portable reactor: any selector of the standard library behind the same contract.

The selectors are level-triggered, so interest lasts only while somebody waits: whoever begins to
wait or ceases to calls `Registration.on_wait`. A flag that is down therefore means "ask the
selector", and nothing is missed. The end of a stream is not reported as such here; it is found by
reading. A descriptor that was closed behind the back of its owner harms nobody else.

Other threads ring through a socket pair. Windows' `select` takes sockets only, so does this.
"""

from __future__ import annotations

import errno
import os
import select
import selectors
import socket
from collections.abc import Callable
from typing import Final

from zokio.core.task import Task
from zokio.core.task_state import IDLE
from zokio.env.clock import monotonic_ns
from zokio.env.threads import RLock
from zokio.errors import DescriptorsExhaustedError, broken
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.reactor.system_socket import system_socket

READ: Final = selectors.EVENT_READ
WRITE: Final = selectors.EVENT_WRITE
WAIT_MAX_S: Final = 86_400.0
SELECT_MAX: Final = 1024
"""FD_SETSIZE on POSIX: `select` takes only descriptors below it."""


def _is_closed(fd: int) -> bool:
    try:
        select.select([fd], [], [], 0)
    except (OSError, ValueError):
        return True
    return False


class PortableReactor:
    """See `zokio.reactor.contract.Reactor`."""

    def __init__(
        self,
        selector: selectors.BaseSelector | None = None,
        now_ns: Callable[[], int] = monotonic_ns,
    ) -> None:
        self._selector = selector if selector is not None else selectors.DefaultSelector()
        self.signals = 0
        self._listen_bell, self._ring_bell = socket.socketpair()
        self._listen_bell.setblocking(False)
        self._ring_bell.setblocking(False)
        try:
            self._refuse_beyond_limit(self._listen_bell.fileno())
        except DescriptorsExhaustedError:
            for each in (self._selector, self._listen_bell, self._ring_bell):
                each.close()
            raise
        self._selector.register(self._listen_bell, READ)
        self.bell_fd = self._ring_bell.fileno()
        self._registrations: dict[int, Registration] = {}
        self._interest = RLock()  # several workers may begin to wait at once
        self._is_waiting = False
        self._has_changed = False
        self._closed = False
        self.now_ns = now_ns

    def socket(self, family: int, kind: int = socket.SOCK_STREAM) -> Socket:
        """A new non-blocking socket."""
        return system_socket(family, kind)

    def register(self, fd: int) -> Registration:
        """Watch `fd`, once somebody waits for it."""
        self._refuse_beyond_limit(fd)
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
        try:
            events = self._select(timeout_s)
        except (OSError, ValueError) as error:
            return self._end_closed(error)
        for key, mask in events:
            registration = self._registrations.get(key.fd)
            if registration is not None:
                registration.event(mask & READ != 0, mask & WRITE != 0, False, batch)
            elif key.fileobj is self._listen_bell:
                self._silence_bell()
        return batch

    def _select(self, timeout_s: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        self._has_changed = False
        self._is_waiting = True  # before: whoever changes an interest from now on rings the bell
        try:
            return self._selector.select(timeout_s)
        finally:
            self._is_waiting = False

    def unpark(self) -> None:
        """Ring the bell; if it cannot ring any louder it is ringing already."""
        try:
            self._ring_bell.send(b"!")
        except OSError:
            pass

    def close(self) -> None:
        """Close the selector and the bell. What is still registered counts as closed."""
        if not self._closed:
            self._closed = True
            for registration in self._registrations.values():
                registration.close()  # its socket may live on, without this reactor
            self._registrations.clear()
            self._selector.close()
            self.bell_fd = -1
            self._listen_bell.close()
            self._ring_bell.close()

    def _silence_bell(self) -> None:
        try:
            while True:
                rings = self._listen_bell.recv(4096)
                self.signals += len(rings) - rings.count(b"!")
                if len(rings) < 4096:
                    break
        except BlockingIOError:
            pass

    def _end(self, registration: Registration) -> None:
        for task in self.deregister(registration):
            task.wake()

    def _end_closed(self, error: Exception) -> list[Task]:
        """`select` fails as a whole for one descriptor that is closed: end those which are."""
        watched = [
            each for each in list(self._registrations.values()) if each.reader or each.writer
        ]
        closed = [each for each in watched if _is_closed(each.fd)]
        if not closed and not self._has_changed:  # else it was closed meanwhile, as it should be
            raise error
        return [task for each in closed for task in self.deregister(each)]

    def _refuse_beyond_limit(self, fd: int) -> None:
        is_select = isinstance(self._selector, selectors.SelectSelector) and os.name == "posix"
        if is_select and fd >= SELECT_MAX:
            raise DescriptorsExhaustedError(
                errno.EMFILE,
                f"fd {fd} cannot be watched: select takes descriptors below {SELECT_MAX}; "
                'use another reactor, such as "poll"',
            )

    def _update_interest(self, registration: Registration) -> None:
        """Have the selector watch exactly what somebody waits for."""
        with self._interest:
            self._watch(registration)
        if self._is_waiting:  # on another thread, which may not look at the change otherwise
            self._has_changed = True
            self.unpark()

    def _watch(self, registration: Registration) -> None:
        fd = registration.fd
        if self._registrations.get(fd) is not registration:
            return  # closed: the number is somebody else's, or nobody's
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
        """Assert that the selector watches what somebody sleeps for, and nothing for nobody."""
        for fd, registration in self._registrations.items():
            assert registration.fd == fd and not registration.closed
            registration.check_invariants()
            key = self._selector.get_map().get(fd)
            events = 0 if key is None else key.events
            places = ((registration.reader, READ), (registration.writer, WRITE))
            standing = sum(event for task, event in places if task is not None)
            asleep = sum(event for task, event in places if task and task.state is IDLE)
            assert events & ~standing == 0, f"fd {fd} is watched for {events}, for nobody"
            assert asleep & ~events == 0, f"fd {fd} is watched for {events}, waited for {asleep}"
