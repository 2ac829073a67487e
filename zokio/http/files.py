"""File: a file as the body of a response, sent by the system's sendfile where that is possible.

The file is opened in a thread, since that may block. A stream of a socket sends its parts itself
(`SocketStream.send_file`); for others, such as those of TLS, they are read in threads and written.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Final

from zokio.http.stream import Stream
from zokio.net.file_source import FileSource
from zokio.net.socket_stream import SocketStream
from zokio.runtime.blocking import call_in_thread, spawn_blocking

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
    """An open file, and what is still to be sent of it."""

    __slots__ = ("_file", "left", "offset", "was_sent")

    def __init__(self, file: File) -> None:
        self._file = open(file.path, "rb", buffering=0)  # noqa: SIM115 - `close` closes it
        size = os.fstat(self._file.fileno()).st_size
        self.offset = min(file.offset, size)
        left = size - self.offset
        self.was_sent = 0
        self.left = left if file.count is None else min(left, file.count)

    def close(self) -> None:
        """Give the descriptor back."""
        self._file.close()

    async def send_part(self, stream: Stream) -> None:
        """Send the next part; `was_sent` says how much, 0 when the file has become shorter."""
        size = min(self.left, PART_BYTES)
        if isinstance(stream, SocketStream):
            sent = await stream.send_file(self._file, self.offset, size)
        else:
            part = await self._read(size)
            sent = len(part)
            if part:
                await stream.write_all(part)
        self.was_sent = sent
        self.offset += sent
        self.left -= sent

    async def _read(self, size: int) -> bytes:
        source = FileSource(self._file, self.offset, size)
        return await call_in_thread(partial(source.read, size), "read a file")
