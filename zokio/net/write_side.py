"""WriteSide: the half of a stream that writes.

Writing tries the socket at once, and suspends only when its buffer is full. `write_all` is written
flat, as `read_side.py`. One task may write at a time.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Awaitable

from zokio.core.suspend import AT_ONCE
from zokio.errors import ClosedError
from zokio.net.connection import Connection
from zokio.net.readiness import let_others_run, until_writable


class WriteSide(Connection):
    """What writes to a connection, and ends the writing."""

    __slots__ = ()

    async def shutdown_write(self) -> None:
        """Tell the peer that nothing more will come; reading goes on.

        Raises:
            ClosedError: it was closed on this side.
            BrokenError: the connection is gone.
        """
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError as error:
            raise self._error(error, "shut down") from error
        self._is_shut = True

    def _error(self, error: OSError, what: str) -> Exception:
        if self._is_shut and error.errno == errno.EPIPE and not self._registration.closed:
            return ClosedError(
                f"{what}: shutdown_write was called on this stream; write before you call it"
            )
        return super()._error(error, what)

    def write_all(self, data: bytes | bytearray | memoryview) -> Awaitable[None]:
        """Write all of `data`; wait while the peer does not read.

        To be awaited. The call itself sends what there is room for, which is mostly all; awaiting
        sends the rest, and until then nobody else may write. A forgotten `await` is told by Python
        if it lost anything.

        Cancelled or failed in the middle, an unknown part has been sent: close the stream then.

        Raises:
            BusyError: another task already waits to write to this stream.
            ClosedError: it was closed on this side, or shut down for writing.
            PipeError, ResetError: the peer reads no more.
        """
        registration, budget = self._registration, self._budget
        if not (
            registration.writable
            and registration.writer is None
            and not self._owes
            and budget.left
            and type(data) is bytes
        ):
            return self._write_with_care(data)
        budget.left -= 1
        self._owes = True  # before: on another worker somebody else may begin meanwhile
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            self._owes = False
            return self._fail_writing(error)
        if sent == len(data):
            self._owes = False
            return AT_ONCE
        if self._structure is None:  # else an event may have come since: try once more
            registration.clear_writable()
        return self._write_owed(memoryview(data)[sent:])

    async def _write_owed(self, rest: memoryview) -> None:
        """What a call has left; until its end nobody else writes."""
        try:
            await self._write_rest(rest)
        finally:
            self._owes = False

    async def _fail_writing(self, error: OSError) -> None:
        raise self._error(error, "write") from error

    async def _write_with_care(self, data: bytes | bytearray | memoryview) -> None:
        """For what is not the common case: see `write_all`."""
        rest = memoryview(data).cast("B")  # what is sent is counted in bytes, not in items
        self._begin_to_write()
        try:
            if self._budget.spend():
                await let_others_run(self._registration, self._polling, reading=False)
            await self._write_rest(rest)
        finally:
            self._owes = False

    def _begin_to_write(self) -> None:
        """Until `_owes` is down again nobody else writes."""
        registration = self._registration
        if registration.writer is not None or (self._owes and not registration.closed):
            raise registration.busy_writing()
        self._owes = True

    async def _write_rest(self, rest: memoryview) -> None:
        """Send all of it; wait whenever the buffer is full."""
        registration = self._registration
        while True:
            if not registration.writable:
                await until_writable(registration, self._polling)
            registration.clear_writable()  # before: an event that comes meanwhile counts
            try:
                sent = self._socket.send(rest)
            except BlockingIOError:
                continue
            except OSError as error:
                registration.writable = True
                raise self._error(error, "write") from error
            if sent == len(rest):
                registration.writable = True
                return
            rest = rest[sent:]
