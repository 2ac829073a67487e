"""Buffered: reading a number of bytes, up to a separator, or ahead, with a stream's own `read`.

What had come when such a read is cancelled stands in the buffer, and the next read begins with it.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable

from zokio.errors import EndedError, LimitError, UsageError
from zokio.net.connection import EMPTY, Connection
from zokio.net.readiness import let_others_run

CHUNK_BYTES = 65_536
"""How much `read_exact`, `read_until` and `peek` ask for at a time."""


class Buffered(Connection):
    """What streams have in common that have a `read`."""

    __slots__ = ()

    def read(self, n: int) -> Awaitable[bytes]:
        """Read what is there: see the streams."""
        raise AssertionError(f"{type(self).__name__} does not say how to read")

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

    def _let_others_read(self) -> Awaitable[None]:
        """What follows when it has to be paid."""
        return let_others_run(self._registration, self._polling, reading=True)

    async def read_exact(self, n: int) -> bytes:
        """Read exactly `n` bytes. Cancelled, what had come is kept for the next read.

        Raises:
            EndedError: the stream ended before; `partial` holds what had come.
            BusyError, ClosedError, ResetError: as `read`.
        """
        if n < 0:
            raise UsageError(f"read_exact({n}): a number of bytes is not negative")
        if self._must_yield():
            await self._let_others_read()
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
            await self._let_others_read()
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
            await self._let_others_read()
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
        except EndedError as cut:  # of a stream that can tell an end from a cut
            cut.partial, buffered = bytes(buffered), EMPTY
            raise
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
