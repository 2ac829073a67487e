"""UnixListener: a Unix socket that accepts connections."""

from __future__ import annotations

import socket
from typing import Self

from zokio.errors import AddressInUseError
from zokio.net.binding import bound_socket, check_backlog
from zokio.net.socket_listener import SocketListener
from zokio.net.unix_address import SocketFile, UnixPath, describe, unix_endpoint
from zokio.net.unix_stream import UnixStream
from zokio.reactor.contract import Socket


class UnixListener(SocketListener[UnixStream]):
    """Accepts connections. Made by `bind`; close it, or use `async with`.

    `async for stream, address in listener` accepts as that of a `TcpListener`. The address of who
    has connected is mostly "".
    """

    __slots__ = ("_file",)

    def __init__(self, sock: Socket) -> None:
        super().__init__(sock)
        self._file: SocketFile | None = None

    @classmethod
    def bind(cls, path: UnixPath, *, backlog: int = 1024) -> Self:
        """Listen at a path, or at an abstract name. It does not wait; `await` it or do not.

        The file that it makes is removed by `close`. Nothing else is ever removed: a file that a
        server has left behind is in the way until you remove it.

        Args:
            path: where to make the file, or a name that begins with a NUL, on Linux.
            backlog: connections that the system holds until they are accepted.

        Raises:
            AddressInUseError: something is there already; the message says what.
            BrokenError: the system refuses, for instance a folder that does not exist.
            UsageError: it is no path, it is too long, or the backlog is out of its range.
            NoRuntimeError: no runtime is running on this thread.
        """
        check_backlog(backlog)
        endpoint = unix_endpoint(path)
        where = f"bind {endpoint.address!r}"
        try:
            with bound_socket(endpoint, where) as sock:
                file = _file_of(sock, endpoint.address)
                try:
                    sock.listen(backlog)
                    listener = cls(sock)
                except BaseException:
                    if file is not None:
                        file.remove()
                    raise
        except AddressInUseError as error:
            in_the_way = f"{where}: {describe(endpoint.address)}"
            raise AddressInUseError(error.errno, in_the_way) from error
        listener._file = file
        return listener

    def _stream(self, sock: Socket) -> UnixStream:
        return UnixStream(sock)

    def _close(self) -> None:
        if self._file is not None:
            self._file.remove()  # first: who finds the file finds a listener
            self._file = None
        super()._close()


def _file_of(sock: Socket, address: str | bytes) -> SocketFile | None:
    """The file that `bind` has made; simulated sockets and abstract names have none."""
    if isinstance(sock, socket.socket) and isinstance(address, str):
        return SocketFile(address)
    return None
