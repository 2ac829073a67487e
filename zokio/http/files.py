"""File: a file as the body of a response, sent by the system's sendfile where that is possible.

The file is opened in a thread, since that may block. A stream of a socket sends its parts itself
(`SocketStream.send_file`); for others, such as those of TLS, they are read in threads and written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Final

from zokio.errors import BrokenError
from zokio.http.stream import Stream
from zokio.net.file_source import FileSource
from zokio.net.socket_stream import SocketStream
from zokio.runtime.blocking import call_in_thread, spawn_blocking

PART_BYTES: Final = 262_144


class FileCutError(Exception):
    """A file that is being sent is not what it was."""


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

    __slots__ = ("_file", "left", "offset")

    def __init__(self, file: File) -> None:
        self._file = open(file.path, "rb", buffering=0)  # noqa: SIM115 - `close` closes it
        size = os.fstat(self._file.fileno()).st_size
        self.offset = min(file.offset, size)
        left = size - self.offset
        self.left = left if file.count is None else min(left, file.count)

    def close(self) -> None:
        """Give the descriptor back."""
        self._file.close()

    async def send_part(self, stream: Stream) -> None:
        """Send the next part.

        Raises:
            FileCutError: there is less of it than was promised, or it cannot be read any more.
            BrokenError, ClosedError: the client is gone.
        """
        size = min(self.left, PART_BYTES)
        if isinstance(stream, SocketStream):
            with telling_of_the_file():
                sent = await stream.send_file(self._file, self.offset, size)
        else:
            part = await self._read(size)
            sent = len(part)
            if part:
                await stream.write_all(part)
        if not sent:
            raise FileCutError(
                f"it became shorter while it was sent: {self.left} bytes are missing"
            )
        self.offset += sent
        self.left -= sent

    async def _read(self, size: int) -> bytes | memoryview:
        source = FileSource(self._file, self.offset, size)
        part = source.read_at_once(size)
        if part is not None:
            return part
        with telling_of_the_file():
            return await call_in_thread(partial(source.read, size), "read a file")


@contextmanager
def telling_of_the_file() -> Iterator[None]:
    """An error of the system that is not the connection's is the file's."""
    try:
        yield
    except BrokenError:
        raise
    except OSError as error:
        raise FileCutError(f"it cannot be read any more: {error}") from error
