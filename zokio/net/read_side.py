"""ReadSide: the half of a stream that reads.

Reading tries the socket at once when the registration says that it is readable, and suspends only
when it is not; a short read means that everything was taken. `read` is written flat: it is what
every message goes through, and a call costs as much as the rest of it.

One task may read at a time. Cancelling an operation loses nothing that was not already handed
over: see each method.
"""

from __future__ import annotations

import errno
from collections.abc import Generator
from types import coroutine

from zokio.errors import EndedError, LimitError, UsageError
from zokio.net.connection import EMPTY, Connection
from zokio.net.readiness import let_others_run, not_here

CHUNK_BYTES = 65_536
"""How much `read_exact`, `read_until` and `peek` ask the socket for at a time."""


class ReadSide(Connection):
    """What reads from a connection, with the bytes that were received and not yet read."""

    __slots__ = ()

    @coroutine
    def read(self, n: int) -> Generator[object, None, bytes]:
        """Read what is there, `n` bytes at the most; wait if there is nothing.

        To be awaited like any coroutine. It is written as a generator, which saves a tenth of an
        echo's time in Python.

        Args:
            n: 1 or more.

        Returns:
            1 to `n` bytes, or b"" at the end of the stream. Cancelled, it has read nothing.

        Raises:
            BusyError: another task already reads this stream.
            ClosedError: it was closed on this side.
            ResetError: the peer reset the connection.
        """
        if n < 1:
            raise UsageError(f"read({n}): ask for at least one byte")
        registration = self._registration
        if registration.reader is not None:
            raise registration.busy_reading()
        if registration.readable or self._buffer:  # it completes at once, so it has to be paid
            if self._budget.spend():
                yield from let_others_run(registration, self._polling, reading=True)
            if self._buffer:
                return self._take(n)
        while True:
            if not registration.readable:  # as `until_readable`, without a generator of its own
                task = self._polling.task
                if task is None:
                    raise not_here(registration)
                registration.reader = task
                try:
                    if registration.on_wait is not None:
                        registration.on_wait(registration)
                    while not registration.readable:
                        if registration.closed:
                            registration.readable = True
                        else:
                            yield task
                finally:
                    registration.reader = None
                    if registration.on_wait is not None:
                        registration.on_wait(registration)
            registration.readable = False  # before: an event that comes meanwhile counts
            try:
                data = self._socket.recv(n)
            except BlockingIOError:
                continue
            except OSError as error:
                registration.readable = True
                raise self._error(error, "read") from error
            if len(data) == n or registration.ended:  # not everything was taken
                registration.readable = True
            return data

    def _take(self, n: int) -> bytes:
        data = bytes(self._buffer[:n])
        del self._buffer[:n]
        if not self._buffer:
            self._buffer = EMPTY
        return data

    def _must_yield(self) -> bool:
        """What a read from the buffer begins with: nobody else reads, and the budget is paid."""
        if self._registration.reader is not None:
            raise self._registration.busy_reading()
        return self._budget.spend()

    async def read_exact(self, n: int) -> bytes:
        """Read exactly `n` bytes. Cancelled, what had come is kept for the next read.

        Raises:
            EndedError: the stream ended before; `partial` holds what had come.
            BusyError, ClosedError, ResetError: as `read`.
        """
        if n < 0:
            raise UsageError(f"read_exact({n}): a number of bytes is not negative")
        if self._must_yield():
            await let_others_run(self._registration, self._polling, reading=True)
        while len(self._buffer) < n:
            await self._fill(f"{n} bytes")
        return self._take(n)

    async def read_until(self, separator: bytes, limit: int = 65_536) -> bytes:
        """Read up to and including `separator`. Cancelled, what had come is kept.

        Args:
            separator: at least one byte.
            limit: how many bytes, the separator included, there may be at the most.

        Raises:
            LimitError: there is no separator within the limit; nothing was taken.
            EndedError: the stream ended before; `partial` holds what had come.
            BusyError, ClosedError, ResetError: as `read`.
        """
        if not separator:
            raise UsageError("read_until(b''): the separator must have at least one byte")
        if self._must_yield():
            await let_others_run(self._registration, self._polling, reading=True)
        searched = 0
        while True:
            found = self._buffer.find(separator, max(0, searched - len(separator) + 1))
            end = found + len(separator) if found >= 0 else len(self._buffer) + 1
            if end > limit:
                raise LimitError(
                    f"no {separator!r} within {limit} bytes; raise the limit, or close the stream"
                )
            if found >= 0:
                return self._take(end)
            searched = len(self._buffer)
            await self._fill(repr(separator))

    async def peek(self, n: int) -> bytes:
        """What the next read begins with, without taking it; wait if there is nothing.

        Args:
            n: 1 or more.

        Returns:
            1 to `n` bytes, or b"" at the end of the stream. Cancelled, nothing is lost.

        Raises:
            BusyError, ClosedError, ResetError: as `read`.
        """
        if n < 1:
            raise UsageError(f"peek({n}): ask for at least one byte")
        if self._must_yield():
            await let_others_run(self._registration, self._polling, reading=True)
        if not self._buffer:
            data = await self.read(CHUNK_BYTES)
            if data:
                self._buffer = bytearray(data)
        return bytes(self._buffer[:n])

    async def _fill(self, wanted: str) -> None:
        """Receive more into the buffer."""
        buffered, self._buffer = self._buffer, EMPTY
        try:
            data = await self.read(CHUNK_BYTES)
        finally:
            if not self._registration.closed:
                self._buffer = buffered
        if not data:
            error = EndedError(
                errno.ECONNRESET,
                f"the peer closed the stream after {len(buffered)} bytes, before {wanted}",
            )
            error.partial, self._buffer = bytes(buffered), EMPTY
            raise error
        if self._buffer is EMPTY:
            self._buffer = bytearray(data)
        else:
            self._buffer += data
