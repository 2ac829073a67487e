"""Registered: a socket with its place in the reactor of the runtime that made it, until its close.

What stands on it knows what the socket is for: `connection.py` (streams), `tcp_listener.py`.
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime


class Registered:
    """Owns a socket and its registration; an async context manager which closes both."""

    __slots__ = ("_budget", "_queue", "_reactor", "_registration", "_socket")

    def __init__(self, sock: Socket, registration: Registration | None = None) -> None:
        runtime = current_runtime()
        self._socket = sock
        self._reactor = runtime.reactor
        self._queue = runtime.queue
        self._budget = runtime.budget
        self._registration = registration or runtime.reactor.register(sock.fileno())

    def close(self) -> None:
        """Close it, at once and for good. Whoever waits on it gets ClosedError."""
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
