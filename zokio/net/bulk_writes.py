"""BulkWrites: writing what is no single piece of bytes: several buffers, or a file.

Both wait for room as `write_all` does, and hold the place of the writer until they have ended.
"""

from __future__ import annotations

import errno
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from itertools import islice
from typing import BinaryIO, Final

from zokio.errors import BrokenError, UsageError
from zokio.net.file_source import FileSource
from zokio.net.readiness import let_others_run, until_writable
from zokio.net.write_side import WriteSide
from zokio.runtime.blocking import call_in_thread

BUFFERS_MAX: Final = min(os.sysconf("SC_IOV_MAX"), 1024) if hasattr(os, "sysconf") else 16
"""How many buffers the system takes in one call (IOV_MAX)."""
SENDS_SEVERAL: Final = hasattr(socket.socket, "sendmsg")
"""Windows does not."""
FILE_CHUNK_BYTES: Final = 1 << 20
"""How much of a file is sent, or read, in one call of a thread."""
UNSUPPORTED: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
"""What sendfile(2) says of files that it cannot send, and of systems that lack it."""
NO_ROOM: Final = -1


class BulkWrites(WriteSide):
    """What writes more than one piece of bytes at a time."""

    __slots__ = ()

    async def write_vectored(self, buffers: Iterable[bytes | bytearray | memoryview]) -> None:
        """Write all of several buffers, in order, without joining them first.

        Args:
            buffers: any number of them; empty ones are skipped. They may not change meanwhile.

        Cancelled or failed in the middle, an unknown part has been sent: close the stream then.

        Raises:
            BusyError, ClosedError, PipeError, ResetError: as `write_all`.
        """
        if self._must_yield_writing():
            await let_others_run(self._registration, self._polling, reading=False)
        views = (memoryview(each).cast("B") for each in buffers)
        rest = deque(view for view in views if view)
        while rest:
            some = list(islice(rest, BUFFERS_MAX))
            drop_front(rest, await self._when_ready(partial(self._send_some, some), "write"))

    def _send_some(self, buffers: list[memoryview]) -> int:
        if SENDS_SEVERAL:
            return self._socket.sendmsg(buffers)
        return self._socket.send(buffers[0])

    async def send_file(self, file: BinaryIO, offset: int = 0, count: int | None = None) -> int:
        """Send a part of a file, by the system's sendfile where it can.

        The file is read in the threads of `spawn_blocking`, so that a slow disk holds up nobody
        else. Its position afterwards is not defined.

        Args:
            file: open for reading bytes.
            offset: where to begin, in bytes from the start of the file.
            count: how many bytes; None sends all to the end of the file.

        Returns:
            How many bytes were sent: less than `count` when the file ended before.

        Cancelled or failed in the middle, an unknown part has been sent: close the stream then.

        Raises:
            BusyError, ClosedError, PipeError, ResetError: as `write_all`.
            OSError: the file cannot be read.
        """
        if offset < 0 or (count is not None and count < 0):
            raise UsageError(f"send_file(offset={offset}, count={count}): neither is negative")
        if self._must_yield_writing():
            await let_others_run(self._registration, self._polling, reading=False)
        source = FileSource(file, offset, count)
        self._owes = True  # nobody else writes while a thread does
        try:
            if source.fd is None or not await self._send_by_system(source, source.fd):
                await self._send_by_reading(source)
        finally:
            self._owes = False
        return source.sent

    async def _send_by_reading(self, source: FileSource) -> None:
        while size := source.size(FILE_CHUNK_BYTES):
            data = await call_in_thread(partial(source.read, size), "send_file")
            if data:
                await self._write_rest(memoryview(data))
            source.advance(len(data))

    async def _send_by_system(self, source: FileSource, fd: int) -> bool:
        """Have the system send it; False when it cannot, and has sent nothing."""
        if not hasattr(os, "sendfile"):
            return False
        try:
            out = self._socket.dup()  # a close meanwhile gives the number to nobody else
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:  # a simulated one
                return False
            raise self._error(error, "send_file") from error
        with closing(out):
            while size := source.size(FILE_CHUNK_BYTES):
                call = partial(send_by_system, out.fileno(), fd, source.offset, size)
                try:
                    source.advance(await self._send_part(call))
                except BrokenError as error:
                    if source.sent or error.errno not in UNSUPPORTED:
                        raise
                    return False
        return True

    async def _send_part(self, call: Callable[[], int]) -> int:
        """As `_when_ready`, in a thread, since it may have to wait for a disk."""
        registration = self._registration
        while True:
            if not registration.writable:
                await until_writable(registration, self._polling)
            registration.clear_writable()  # before: an event that comes meanwhile counts
            if self._registration.closed:  # the duplicate is open, and would go on
                raise self._error(OSError(errno.EBADF, os.strerror(errno.EBADF)), "send_file")
            part = 0
            try:
                part = await call_in_thread(call, "sendfile")
            except OSError as error:
                raise self._error(error, "send_file") from error
            finally:  # cancelled too: nobody has said that there is no room
                if part != NO_ROOM:
                    registration.writable = True
            if part != NO_ROOM:
                return part


def send_by_system(out: int, fd: int, offset: int, size: int) -> int:
    """os.sendfile, which says NO_ROOM where it would have to wait."""
    try:
        return os.sendfile(out, fd, offset, size)
    except BlockingIOError:
        return NO_ROOM


def drop_front(buffers: deque[memoryview], size: int) -> None:
    """Take `size` bytes from the front of the buffers."""
    while size:
        first = buffers.popleft()
        if size < len(first):
            buffers.appendleft(first[size:])
            return
        size -= len(first)
