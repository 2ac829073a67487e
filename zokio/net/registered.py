"""Registered: a socket with its place in the reactor of the runtime that made it, until its close.

What stands on it knows what the socket is for: `connection.py` (streams), `socket_listener.py`,
`udp_socket.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from zokio.errors import ClosedError, broken
from zokio.net.guarded_socket import guard
from zokio.net.readiness import until_readable, until_writable
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime

T = TypeVar("T")


class Registered:
    """Owns a socket and its registration; an async context manager which closes both."""

    __slots__ = ("_budget", "_polling", "_reactor", "_registration", "_socket", "_structure")

    def __init__(self, sock: Socket, registration: Registration | None = None) -> None:
        runtime = current_runtime()
        self._socket = sock if runtime.structure is None else guard(sock)
        self._reactor = runtime.reactor
        self._polling = runtime.polling
        self._structure = runtime.structure
        self._budget = runtime.budget
        self._registration = registration or runtime.reactor.register(sock.fileno())

    def close(self) -> None:
        """Close it, at once and for good. Whoever waits on it gets ClosedError."""
        if self._structure is None:
            self._close()
        else:
            with self._structure:  # two tasks may close it at once
                self._close()

    def _close(self) -> None:
        for task in self._reactor.deregister(self._registration):
            task.wake()
        self._socket.close()

    def _share(self, other: Registered) -> None:
        """Stand for the same socket as `other`, in the same place."""
        for name in Registered.__slots__:
            setattr(self, name, getattr(other, name))

    async def _when_ready(self, call: Callable[[], T], what: str, *, reading: bool = False) -> T:
        """The result of a call that writes, or reads, made anew while it would have to wait."""
        registration = self._registration
        while True:
            if reading and not registration.readable:
                await until_readable(registration, self._polling)
            elif not reading and not registration.writable:
                await until_writable(registration, self._polling)
            # Before the call: an event that comes meanwhile counts.
            _set_flag(registration, reading=reading, ready=False)
            try:
                result = call()
            except BlockingIOError:
                continue
            except OSError as error:
                _set_flag(registration, reading=reading, ready=True)
                raise self._error(error, what) from error
            _set_flag(registration, reading=reading, ready=True)
            return result

    def _set_option(self, level: int, option: int, value: int | bytes, what: str) -> None:
        try:
            self._socket.setsockopt(level, option, value)
        except OSError as error:
            raise self._error(error, what) from error

    def _error(self, error: OSError, what: str) -> Exception:
        """What to call an error of the socket."""
        if self._registration.closed:
            return ClosedError(f"{what}: this socket was closed on this side; open a new one")
        return broken(error, what)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _set_flag(registration: Registration, *, reading: bool, ready: bool) -> None:
    if reading:
        registration.readable = ready
    else:
        registration.writable = ready
