"""TcpStream: a connected TCP socket, read and written by coroutines.

Reading tries the socket at once when the registration says that it is readable, and suspends only
when it is not; a short read means that everything was taken. `read` and `write_all` are written
flat: they are what every message goes through, and a call costs as much as the rest of them.

One task may read and one may write at the same time. Cancelling an operation loses nothing that
was not already handed over: see each method.
"""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from types import coroutine

from zokio.core.suspend import AT_ONCE
from zokio.errors import UsageError
from zokio.net.buffered import Buffered
from zokio.net.connecting import connect_host
from zokio.net.readiness import let_others_run, not_here, until_writable


class TcpStream(Buffered):
    """A connection. Made by `connect` or `TcpListener.accept`; close it, or use `async with`."""

    __slots__ = ()

    @classmethod
    async def connect(cls, host: str, port: int, *, timeout: float | None = None) -> TcpStream:
        """Connect to a host; its addresses are tried one after the other.

        Args:
            host: a name, or an address in figures.
            port: 1 to 65535.
            timeout: seconds for all of it; None waits as long as the system does.

        Raises:
            RefusedError: nobody listens there.
            ConnectTimeoutError: no answer in time, for instance from a full backlog.
            BrokenError: the name is not known, or the network fails otherwise.
        """
        stream = cls(*await connect_host(host, port, timeout))
        stream.set_no_delay()
        return stream

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
        try:
            sent = self._socket.send(data)
        except BlockingIOError:
            sent = 0
        except OSError as error:
            return self._fail_writing(error)
        if sent == len(data):
            return AT_ONCE
        if self._structure is None:  # else an event may have come since: try once more
            registration.clear_writable()
        self._owes = True
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
        registration = self._registration
        if registration.writer is not None or (self._owes and not registration.closed):
            raise registration.busy_writing()
        if self._budget.spend():
            await let_others_run(registration, self._polling, reading=False)
        rest = memoryview(data).cast("B")  # what is sent is counted in bytes, not in items
        await self._write_rest(rest)

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
