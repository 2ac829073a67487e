"""Real reactors in virtual time: waiting for time takes none, everything else is the reactor's own.

`VIRTUAL_REACTORS` makes one by name. Each has its `clock`; the simulated reactor has had it always.
A wait for ever is left to the reactor, and so is a ring of the bell.
"""

from __future__ import annotations

from collections.abc import Callable
from socket import SOCK_STREAM
from typing import Protocol

from zokio.core.task import Task
from zokio.env.clock import VirtualClock
from zokio.reactor.contract import Reactor, Socket
from zokio.reactor.epoll import EpollReactor
from zokio.reactor.portable import PortableReactor
from zokio.reactor.registration import Registration
from zokio.reactor.simulated import SimulatedReactor


class VirtualReactor(Reactor, Protocol):
    """A reactor whose clock a test can move."""

    clock: VirtualClock


class VirtualTime:
    """A reactor of the operating system, with a clock that jumps over every wait for time.

    It delegates and does not inherit: a compiled reactor cannot be subclassed.
    """

    def __init__(self, make: Callable[[Callable[[], int]], Reactor]) -> None:
        self.clock = VirtualClock()
        self.now_ns: Callable[[], int] = self.clock.now_ns
        self.inner = make(self.now_ns)
        self.bell_fd = self.inner.bell_fd
        self._rung = False

    @property
    def signals(self) -> int:
        return self.inner.signals

    def socket(self, family: int, kind: int = SOCK_STREAM) -> Socket:
        return self.inner.socket(family, kind)

    def register(self, fd: int) -> Registration:
        return self.inner.register(fd)

    def deregister(self, registration: Registration) -> list[Task]:
        return self.inner.deregister(registration)

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """What is ready now; if nothing is and nobody rang, the time has passed."""
        if timeout_ns is None:
            batch = self.inner.wait(None)
        else:
            batch = self.inner.wait(0)
            if not batch and not self._rung:
                self.clock.advance(timeout_ns)
        self._rung = False
        return batch

    def unpark(self) -> None:
        self._rung = True
        self.inner.unpark()

    def close(self) -> None:
        self.inner.close()

    def check_invariants(self) -> None:
        self.inner.check_invariants()


def _epoll() -> VirtualReactor:
    return VirtualTime(lambda now_ns: EpollReactor(now_ns=now_ns))


def _portable() -> VirtualReactor:
    return VirtualTime(lambda now_ns: PortableReactor(now_ns=now_ns))


VIRTUAL_REACTORS: dict[str, Callable[[], VirtualReactor]] = {
    "epoll": _epoll,
    "portable": _portable,
    "simulated": SimulatedReactor,
}
