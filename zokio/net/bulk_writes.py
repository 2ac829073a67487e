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

from zokio.errors import UsageError
from zokio.net.file_source import FileSource
from zokio.net.readiness import let_others_run, until_writable
from zokio.net.write_side import WriteSide
from zokio.reactor.room import has_room
from zokio.runtime.blocking import call_in_thread

BUFFERS_MAX: Final = min(os.sysconf("SC_IOV_MAX"), 1024) if hasattr(os, "sysconf") else 16
"""How many buffers the system takes in one call (IOV_MAX)."""
SENDS_SEVERAL: Final = hasattr(socket.socket, "sendmsg")
"""Windows does not."""
FILE_CHUNK_BYTES: Final = 1 << 22
"""How much of a file the system sends in one call of a thread."""
READ_BYTES: Final = 1 << 20
"""How much of it is read in one, where the system does not send files."""
AT_ONCE_BYTES: Final = 1 << 18
"""How much is sent without a thread, which costs a copy and saves the way there and back."""
ROOM_WAIT_MS: Final = 1
"""How long a thread waits for a peer that reads, rather than come back for the rest."""
SENDS_MAX: Final = 16
"""How often it tries, so that a cancellation soon finds the thread done."""
CANNOT: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP})
"""What sendfile(2) says of files that it cannot send, and of systems that lack it."""
NO_ROOM: Final = -1
UNSUPPORTED: Final = -2


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
        views = (memoryview(each).cast("B") for each in buffers)
        rest = deque(view for view in views if view)
        self._begin_to_write()
        try:
            if self._budget.spend():
                await let_others_run(self._registration, self._polling, reading=False)
            while rest:
                some = list(islice(rest, BUFFERS_MAX))
                drop_front(rest, await self._when_ready(partial(self._send_some, some), "write"))
        finally:
            self._owes = False

    def _send_some(self, buffers: list[memoryview]) -> int:
        if SENDS_SEVERAL:
            return self._socket.sendmsg(buffers)
        return self._socket.send(buffers[0])

    async def send_file(self, file: BinaryIO, offset: int = 0, count: int | None = None) -> int:
        """Send a part of a file, by the system's sendfile where it can.

        What is in memory of the first 256 KiB is sent at once, where the system tells (Linux); all
        else is read in the threads of `spawn_blocking`, so that a slow disk holds up nobody else.
        The file's position afterwards is not defined.

        Args:
            file: open for reading bytes.
            offset: where to begin, in bytes from the start of the file.
            count: how many bytes; None sends all to the end of the file.

        Returns:
            How many bytes were sent: less than `count` when the file ended before.

        Cancelled or failed in the middle, an unknown part has been sent: close the stream then.

        Raises:
            BusyError, ClosedError, PipeError, ResetError: as `write_all`.
            OSError: the file cannot be read; it is no BrokenError then.
        """
        if offset < 0 or (count is not None and count < 0):
            raise UsageError(f"send_file(offset={offset}, count={count}): neither is negative")
        source = FileSource(file, offset, count)
        self._begin_to_write()
        try:
            if self._budget.spend():
                await let_others_run(self._registration, self._polling, reading=False)
            await self._send_source(source)
        finally:
            self._owes = False
        return source.sent

    async def _send_source(self, source: FileSource) -> None:
        """A beginning that is in memory is sent from here, which a small file is; threads send the
        rest, without a copy."""
        by_system = source.fd is not None and hasattr(os, "sendfile")
        while size := source.size(FILE_CHUNK_BYTES):
            data: bytes | memoryview | None = None
            if source.sent < AT_ONCE_BYTES:
                data = source.read_at_once(min(size, AT_ONCE_BYTES))
            if data is None and by_system:
                by_system = await self._send_by_system(source, size)
                continue
            if data is None:
                data = await call_in_thread(
                    partial(source.read, min(size, READ_BYTES)), "send_file"
                )
            if data:
                await self._write_rest(memoryview(data))
            source.advance(len(data))

    async def _send_by_system(self, source: FileSource, size: int) -> bool:
        """Have the system send the next part; False when it cannot."""
        assert source.fd is not None
        try:
            out = self._socket.dup()  # a close meanwhile gives the number to nobody else
        except OSError as error:
            if error.errno == errno.EOPNOTSUPP:  # a simulated one
                return False
            raise self._error(error, "send_file") from error
        with closing(out):
            call = partial(send_by_system, out.fileno(), source.fd, source.offset, size)
            part = await self._send_part(call)
        if part == UNSUPPORTED:
            return False
        source.advance(part)
        return True

    async def _send_part(self, call: Callable[[], int | OSError]) -> int:
        """As `_when_ready`, in a thread, since it may have to wait for a disk."""
        registration = self._registration
        while True:
            if not registration.writable:
                await until_writable(registration, self._polling)
            registration.clear_writable()  # before: an event that comes meanwhile counts
            if self._registration.closed:  # the duplicate is open, and would go on
                raise self._error(OSError(errno.EBADF, os.strerror(errno.EBADF)), "send_file")
            part: int | OSError = 0
            try:
                part = await call_in_thread(call, "sendfile")
            finally:  # cancelled too: nobody has said that there is no room
                if part != NO_ROOM:
                    registration.writable = True
            if isinstance(part, OSError):
                raise self._error(part, "send_file") from part
            if part != NO_ROOM:
                return part


def send_by_system(out: int, fd: int, offset: int, size: int) -> int | OSError:
    """os.sendfile, which says NO_ROOM where it would have to wait, or UNSUPPORTED.

    An error that is the socket's is given back, one that is the file's is raised: for that the file
    is asked by itself.
    """
    sent = 0
    try:
        for _ in range(SENDS_MAX):
            try:
                part = os.sendfile(out, fd, offset + sent, size - sent)
            except BlockingIOError:
                if not sent:
                    return NO_ROOM
                if not has_room(out, ROOM_WAIT_MS):
                    break
            else:
                sent += part
                if not part or sent == size:
                    break
    except OSError as error:
        if sent:
            return sent  # the next call gets it again
        if error.errno in CANNOT:
            return UNSUPPORTED
        os.pread(fd, 1, offset)
        return error
    return sent


def drop_front(buffers: deque[memoryview], size: int) -> None:
    """Take `size` bytes from the front of the buffers."""
    while size:
        first = buffers.popleft()
        if size < len(first):
            buffers.appendleft(first[size:])
            return
        size -= len(first)
