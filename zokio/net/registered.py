"""Registered: a socket with its place in the reactor of the runtime that made it, until its close.

What stands on it knows what the socket is for: `connection.py` (streams), `tcp_listener.py`.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from zokio.net.guarded_socket import guard
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime


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

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
