"""A reactor that lets a test in before it waits; everything else is the reactor's own."""

from __future__ import annotations

from collections.abc import Callable
from socket import SOCK_STREAM

from tests.helpers.virtual_time import VirtualReactor
from zokio.core.task import Task
from zokio.env.clock import VirtualClock
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration


class StoppingReactor:
    """Calls `before_wait` at the beginning of each `wait`."""

    def __init__(self, inner: VirtualReactor, before_wait: Callable[[], None]) -> None:
        self.inner = inner
        self.clock: VirtualClock = inner.clock
        self.now_ns: Callable[[], int] = inner.now_ns
        self.bell_fd = inner.bell_fd
        self._before_wait = before_wait

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
        self._before_wait()
        return self.inner.wait(timeout_ns)

    def unpark(self) -> None:
        self.inner.unpark()

    def close(self) -> None:
        self.inner.close()

    def check_invariants(self) -> None:
        self.inner.check_invariants()
