"""FileSource: the part of a file that is to be sent, and how far it has come.

What the system holds in memory can be had at once, where it tells (Linux: RWF_NOWAIT, with most
file systems). All other reading may wait for a disk, and belongs into a thread.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO, Final

WITHOUT_WAITING: Final[int | None] = getattr(os, "RWF_NOWAIT", None)
"""Has preadv(2) say no where it would have to wait for a disk."""


class FileSource:
    """Bytes of a file from an offset on, `count` at the most, or all to its end."""

    __slots__ = ("_buffer", "_count", "_file", "_start", "fd", "offset")

    def __init__(self, file: BinaryIO, offset: int, count: int | None) -> None:
        self._file = file
        self._start = offset
        self._count = count
        self._buffer = bytearray()
        self.offset = offset
        self.fd = descriptor_of(file)
        """What the system calls the file; None for one in memory."""

    @property
    def sent(self) -> int:
        """How many bytes have been sent."""
        return self.offset - self._start

    def size(self, most: int) -> int:
        """How many bytes to ask for next, `most` at the most; 0 when there were enough."""
        return most if self._count is None else min(most, self._count - self.sent)

    def read_at_once(self, size: int) -> memoryview | None:
        """As `read`, of what is in memory; None if a disk may have to be waited for.

        What it gives is good until the next call. It has the first of the bytes at least.
        """
        if self.fd is None or WITHOUT_WAITING is None:
            return None
        if not self._buffer:
            self._buffer = bytearray(size)
        room = memoryview(self._buffer)[:size]
        try:
            return room[: os.preadv(self.fd, [room], self.offset, WITHOUT_WAITING)]
        except OSError:
            return None  # not in memory, or the file system cannot tell; or `read` fails as well

    def read(self, size: int) -> bytes:
        """The next bytes, which are not sent yet; none at the end of the file. It may wait."""
        if self.fd is not None and hasattr(os, "pread"):
            return os.pread(self.fd, size, self.offset)
        self._file.seek(self.offset)
        return self._file.read(size)

    def advance(self, size: int) -> None:
        """So many bytes were sent; none means that the file has ended."""
        self.offset += size
        if not size:
            self._count = self.sent


def descriptor_of(file: BinaryIO) -> int | None:
    """The file's descriptor, if it has one."""
    try:
        return file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return None
