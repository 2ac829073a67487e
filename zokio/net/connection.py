"""Connection: the socket of a stream with its place in the reactor, from its making to its close.

It knows what belongs to a connection's life: options, addresses, the end of writing, the close, and
what to call an error. What goes through it is `tcp_stream.py`.
"""

from __future__ import annotations

import errno
import socket
from typing import Final

from zokio.errors import ClosedError, broken
from zokio.net.registered import Registered
from zokio.reactor.contract import Address, Socket
from zokio.reactor.registration import Registration

EMPTY: Final = bytearray()
"""The buffer of every stream that holds nothing. Nobody writes into it."""


class Connection(Registered):
    """The part of `TcpStream` that moves no bytes."""

    __slots__ = ("_buffer", "_is_shut", "_owes")

    def __init__(self, sock: Socket, registration: Registration | None = None) -> None:
        super().__init__(sock, registration)
        self._registration.writable = True  # a new connection has room
        # What was received and not yet read: bytes are taken from its front, line by line, which
        # costs a bytearray nothing and would copy all the rest of a bytes object.
        self._buffer = EMPTY
        self._is_shut = False  # for writing
        self._owes = False  # a call of write_all has sent a part, and its await owes the rest

    def set_no_delay(self) -> None:
        """Send small messages at once (TCP_NODELAY)."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            pass  # the peer has reset already: the next operation says so

    async def shutdown_write(self) -> None:
        """Tell the peer that nothing more will come; reading goes on.

        Raises:
            ClosedError: it was closed on this side.
            BrokenError: the connection is gone.
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise self._error(error, "shut down") from error
        self._is_shut = True

    def close(self) -> None:
        """Close the connection, at once and for good. Whoever waits on it gets ClosedError."""
        self._buffer = EMPTY
        super().close()

    def _error(self, error: OSError, what: str) -> Exception:
        if self._registration.closed:
            return ClosedError(f"{what}: this stream was closed on this side; open a new one")
        if self._is_shut and error.errno == errno.EPIPE:
            return ClosedError(
                f"{what}: shutdown_write was called on this stream; write before you call it"
            )
        return broken(error, what)

    @property
    def local_address(self) -> Address:
        """The address of this side; for IPv4 a pair of host and port."""
        try:
            return self._socket.getsockname()
        except OSError as error:
            raise self._error(error, "local_address") from error

    @property
    def peer_address(self) -> Address:
        """The address of the other side.

        Raises:
            BrokenError: the connection is gone.
        """
        try:
            return self._socket.getpeername()
        except OSError as error:
            raise self._error(error, "peer_address") from error
