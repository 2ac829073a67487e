"""Connection: the socket of a stream with its place in the reactor, from its making to its close.

It knows what belongs to a connection's life: the close, and what to call an error. What goes
through it is in `read_side.py` and `write_side.py`.
"""

from __future__ import annotations

from typing import Final

from zokio.errors import ClosedError
from zokio.net.addressed import Addressed
from zokio.net.given_away import GivenAway
from zokio.reactor.contract import Socket
from zokio.reactor.registration import Registration

EMPTY: Final = bytearray()
"""The buffer of every stream that holds nothing. Nobody writes into it."""


class Connection(Addressed):
    """The part of a stream that moves no bytes."""

    __slots__ = ("_buffer", "_is_shut", "_owes")

    def __init__(self, sock: Socket, registration: Registration | None = None) -> None:
        super().__init__(sock, registration)
        self._registration.writable = True  # a new connection has room
        # What was received and not yet read: bytes are taken from its front, line by line, which
        # costs a bytearray nothing and would copy all the rest of a bytes object.
        self._buffer = EMPTY
        self._is_shut = False  # for writing
        self._owes = False  # a write has sent a part, and what awaits it owes the rest

    def close(self) -> None:
        """Close the connection, at once and for good. Whoever waits on it gets ClosedError."""
        self._buffer = EMPTY
        super().close()

    def _error(self, error: OSError, what: str) -> Exception:
        if isinstance(self._socket, GivenAway):
            return ClosedError(f"{what}: {self._socket.reason}")
        if self._registration.closed:
            return ClosedError(f"{what}: this stream was closed on this side; open a new one")
        return super()._error(error, what)
