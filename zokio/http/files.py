"""File: a file as the body of a response, sent by the system's sendfile where that is possible.

The file is opened in a thread, since that may block. `sendfile` copies from the system's cache to
the socket; where a stream has no socket of the system (TLS, a simulation) or may be used by several
threads, the parts are read in threads and written like others.
"""

from __future__ import annotations

import os
import socket
from typing import Final

from zokio.http.stream import Stream
from zokio.net.readiness import until_writable
from zokio.net.tcp_stream import TcpStream
from zokio.runtime.blocking import spawn_blocking

PART_BYTES: Final = 262_144


class File:
    """`Response(body=File(path))`: the bytes of a file, from `offset` on.

    Args:
        path: of a regular file. Where it comes from a client, check that it stays where it should.
        offset: the first byte to send.
        count: how many bytes; None sends all that is left.
    """

    __slots__ = ("count", "offset", "path")

    def __init__(
        self, path: str | os.PathLike[str], *, offset: int = 0, count: int | None = None
    ) -> None:
        self.path = path
        self.offset = offset
        self.count = count

    async def open(self) -> OpenFile:
        """Open it.

        Raises:
            OSError: it is not there, or may not be read.
        """
        return await spawn_blocking(OpenFile, self)


class OpenFile:
    """A descriptor, and what is still to be sent of it."""

    __slots__ = ("fd", "left", "offset", "was_sent")

    def __init__(self, file: File) -> None:
        self.fd = os.open(file.path, os.O_RDONLY | os.O_CLOEXEC)
        size = os.fstat(self.fd).st_size
        self.offset = min(file.offset, size)
        left = size - self.offset
        self.was_sent = 0
        self.left = left if file.count is None else min(left, file.count)

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.fd)

    async def send_part(self, stream: Stream) -> None:
        """Send the next part; `was_sent` says how much, 0 when the file has become shorter."""
        size = min(self.left, PART_BYTES)
        if isinstance(stream, TcpStream) and isinstance(stream._socket, socket.socket):
            sent = await self._send_by_the_system(stream, stream._socket, size)
        else:
            part = await spawn_blocking(os.pread, self.fd, size, self.offset)
            sent = len(part)
            if part:
                await stream.write_all(part)
        self.was_sent = sent
        self.offset += sent
        self.left -= sent

    async def _send_by_the_system(self, stream: TcpStream, sock: socket.socket, size: int) -> int:
        registration = stream._registration
        while True:
            if not registration.writable:
                await until_writable(registration, stream._polling)
            registration.clear_writable()  # before: an event that comes meanwhile counts
            try:
                sent = os.sendfile(sock.fileno(), self.fd, self.offset, size)
            except BlockingIOError:
                continue
            except OSError as error:
                registration.writable = True
                raise stream._error(error, "send a file") from error
            registration.writable = True  # a short one is found out by the next
            return sent
