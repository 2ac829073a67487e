"""The contract of a reactor, which every backend keeps and one conformance suite checks.

Readiness, not completion: the reactor says when a descriptor can be read or written, the streams
do it. `wait` is the only call that blocks. `unpark` is the only one for other threads.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from zokio.reactor.registration import Registration

if TYPE_CHECKING:
    from zokio.core.task import Task

# What `socket.getsockname` and the like give: a tuple whose shape depends on the family.
Address = Any


class Socket(Protocol):
    """What zokio.net uses of a non-blocking socket; the simulated ones have no more."""

    def fileno(self) -> int: ...
    def bind(self, address: Address, /) -> None: ...
    def listen(self, backlog: int, /) -> None: ...
    def accept(self) -> tuple[Socket, Address]: ...
    def connect_ex(self, address: Address, /) -> int: ...
    def recv(self, size: int, /) -> bytes: ...
    def send(self, data: bytes | bytearray | memoryview, /) -> int: ...
    def sendmsg(self, buffers: Sequence[memoryview], /) -> int: ...
    def recvfrom(self, size: int, /) -> tuple[bytes, Address]: ...
    def sendto(self, data: bytes | bytearray | memoryview, address: Address, /) -> int: ...
    def dup(self) -> Socket: ...
    def shutdown(self, how: int, /) -> None: ...
    def getsockname(self) -> Address: ...
    def getpeername(self) -> Address: ...
    def getsockopt(self, level: int, option: int, /) -> int: ...
    def setsockopt(self, level: int, option: int, value: int | bytes, /) -> None: ...
    def setblocking(self, blocking: bool, /) -> None: ...
    def close(self) -> None: ...


class Reactor(Protocol):
    """Waits for readiness, for time, and for other threads."""

    now_ns: Callable[[], int]
    """The reactor's clock: monotonic nanoseconds."""

    bell_fd: int
    """Writing a byte here does what `unpark` does, for signal handlers in C; -1: there is none."""

    @property
    def signals(self) -> int:
        """How many bytes others than `unpark` have written there: signals that arrived."""
        ...

    def socket(self, family: int, kind: int = socket.SOCK_STREAM) -> Socket:
        """A new non-blocking socket of this reactor's world, for a stream or SOCK_DGRAM."""
        ...

    def register(self, fd: int) -> Registration:
        """Watch a descriptor, for both directions, until `deregister`."""
        ...

    def deregister(self, registration: Registration) -> list[Task]:
        """Watch it no more, before it is closed; gives the tasks that waited, to be woken."""
        ...

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """Wait for events, `timeout_ns` at most (None: for ever, 0: not at all).

        Returns the tasks to wake.
        """
        ...

    def unpark(self) -> None:
        """End the running `wait`, or else the next one, at once. From any thread."""
        ...

    def close(self) -> None:
        """Give the operating system's things back. Twice does nothing."""
        ...

    def check_invariants(self) -> None:
        """Assert that the bookkeeping is consistent."""
        ...
