"""TcpListener: a TCP socket that accepts connections."""

from __future__ import annotations

from typing import Self

from zokio.net.binding import bound_socket, check_backlog, local_endpoint
from zokio.net.socket_listener import SocketListener
from zokio.net.tcp_stream import TcpStream
from zokio.reactor.contract import Socket


class TcpListener(SocketListener[TcpStream]):
    """Accepts connections. Made by `bind`; close it, or use `async with`.

    `async for stream, address in listener` accepts for ever, until the listener is closed. When
    the process has run out of descriptors or memory it says so in the log, backs off, and goes on.
    """

    __slots__ = ()

    @classmethod
    def bind(cls, host: str, port: int, *, backlog: int = 1024, reuse_port: bool = False) -> Self:
        """Listen on an address of this machine. It does not wait; `await` it or do not.

        Args:
            host: an address in figures, "localhost" (127.0.0.1), or "" for every IPv4 address.
            port: 0 to 65535; 0 takes any free one, see `local_address`.
            backlog: connections that the system holds until they are accepted.
            reuse_port: let several processes listen on the same port (SO_REUSEPORT).

        Raises:
            AddressInUseError: somebody else listens there.
            BrokenError: the system refuses, for instance a port below 1024.
            UsageError: the host is a name, or a number is out of its range.
            NoRuntimeError: no runtime is running on this thread.
        """
        check_backlog(backlog)
        endpoint = local_endpoint(host, port)
        where = f"bind {host or '*'} port {port}"
        with bound_socket(endpoint, where, reuse_address=True, reuse_port=reuse_port) as sock:
            sock.listen(backlog)
            return cls(sock)

    def _stream(self, sock: Socket) -> TcpStream:
        stream = TcpStream(sock)
        stream.set_no_delay()
        return stream
