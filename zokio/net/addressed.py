"""Addressed: a socket with an address of its own, and with that of a peer."""

from __future__ import annotations

from zokio.net.registered import Registered
from zokio.reactor.contract import Address


class Addressed(Registered):
    """What streams and UDP sockets say of themselves."""

    __slots__ = ()

    @property
    def local_address(self) -> Address:
        """The address of this side; for IPv4 a pair of host and port, for Unix a path.

        Raises:
            ClosedError: it was closed on this side.
        """
        try:
            return self._socket.getsockname()
        except OSError as error:
            raise self._error(error, "local_address") from error

    @property
    def peer_address(self) -> Address:
        """The address of the other side.

        Raises:
            BrokenError: the connection is gone, or there never was one.
            ClosedError: it was closed on this side.
        """
        try:
            return self._socket.getpeername()
        except OSError as error:
            raise self._error(error, "peer_address") from error
