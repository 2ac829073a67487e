"""TcpStream: a connected TCP socket, and the options that only TCP has."""

from __future__ import annotations

import socket
import struct

from zokio.dns.resolver import Resolver
from zokio.errors import UsageError
from zokio.net.connecting import connect_host
from zokio.net.socket_stream import SocketStream

IDLE_OPTION = getattr(socket, "TCP_KEEPIDLE", None) or getattr(socket, "TCP_KEEPALIVE", None)
"""After which idleness to ask; macOS calls it TCP_KEEPALIVE."""
KEEP_ALIVE_MAX_SECONDS = 32_767
"""What Linux takes."""


class TcpStream(SocketStream):
    """A connection. Made by `connect` or `TcpListener.accept`; close it, or use `async with`."""

    __slots__ = ()

    @classmethod
    async def connect(
        cls,
        host: str,
        port: int,
        *,
        timeout: float | None = None,
        resolver: Resolver | None = None,
    ) -> TcpStream:
        """Connect to a host; of several addresses the first that answers counts (RFC 8305).

        Args:
            host: a name, or an address in figures.
            port: 1 to 65535.
            timeout: seconds for all of it; None waits as long as the system does.
            resolver: looks the name up; None does as `zokio.dns.lookup`.

        Raises:
            RefusedError: nobody listens there.
            ConnectTimeoutError: no answer in time, for instance from a full backlog.
            BrokenError: the name is not known, or the network fails otherwise.
        """
        stream = cls(*await connect_host(host, port, timeout, resolver))
        stream.set_no_delay()
        return stream

    def set_no_delay(self, enabled: bool = True) -> None:
        """Send small messages at once (TCP_NODELAY). So does every new stream."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, int(enabled))
        except OSError:
            pass  # the peer has reset already: the next operation says so

    def set_keep_alive(self, idle: int | None, interval: int = 15, count: int = 4) -> None:
        """Have the system ask a silent peer whether it is still there (SO_KEEPALIVE).

        A peer that does not answer breaks the connection: whoever waits on it gets an error, at
        the latest after `idle + interval * count` seconds.

        Args:
            idle: seconds of silence before the first question; None asks no more.
            interval: seconds between questions.
            count: how many of them may stay without an answer.

        Raises:
            ClosedError: it was closed on this side.
            BrokenError: the system refuses.
        """
        for name, value, most in (
            ("idle", idle, KEEP_ALIVE_MAX_SECONDS),
            ("interval", interval, KEEP_ALIVE_MAX_SECONDS),
            ("count", count, 127),
        ):
            if value is not None and not 1 <= value <= most:
                raise UsageError(f"set_keep_alive({name}={value}): from 1 to {most}")
        what = "set_keep_alive"
        self._set_option(socket.SOL_SOCKET, socket.SO_KEEPALIVE, int(idle is not None), what)
        if idle is None:
            return
        for option, value in (
            (IDLE_OPTION, idle),
            (getattr(socket, "TCP_KEEPINTVL", None), interval),
            (getattr(socket, "TCP_KEEPCNT", None), count),
        ):
            if option is not None:
                self._set_option(socket.IPPROTO_TCP, option, value, what)

    def set_linger(self, seconds: int | None) -> None:
        """What `close` does with what was written and is still on its way (SO_LINGER).

        Args:
            seconds: 0 drops it and resets the connection; None, as it is at first, has the system
                try to deliver it, and nobody waits. More is refused: on Linux `close` would block
                the thread so long, also with a socket that does not block.

        Raises:
            ClosedError: it was closed on this side.
            UsageError: it is neither 0 nor None.
        """
        if seconds not in (0, None):
            raise UsageError(
                f"set_linger({seconds!r}): 0 or None; with more, close would block the thread"
            )
        shape = "hh" if hasattr(socket, "SIO_RCVALL") else "ii"  # Windows has its own
        value = struct.pack(shape, seconds is not None, 0)
        self._set_option(socket.SOL_SOCKET, socket.SO_LINGER, value, "set_linger")
