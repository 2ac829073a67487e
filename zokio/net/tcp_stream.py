"""TcpStream: a connected TCP socket, read and written by coroutines.

Reading tries the socket at once when the registration says that it is readable, and suspends only
when it is not; a short read means that everything was taken. `read` and `write_all` are written
flat: they are what every message goes through, and a call costs as much as the rest of them.

One task may read and one may write at the same time. Cancelling an operation loses nothing that
was not already handed over: see each method.
"""

from __future__ import annotations

import errno
import socket
from types import TracebackType
from typing import Self

from zokio.errors import ClosedError, EndedError, LimitError, UsageError, broken
from zokio.net.connecting import connect_host
from zokio.net.readiness import let_others_run, until_readable, until_writable
from zokio.reactor.contract import Address, Socket
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime

CHUNK_BYTES = 65_536
"""How much `read_exact` and `read_until` ask the socket for at a time."""


class TcpStream:
    """A connection. Made by `connect` or `TcpListener.accept`; close it, or use `async with`."""

    __slots__ = (
        "_budget",
        "_buffer",
        "_is_shut",
        "_queue",
        "_reactor",
        "_recv",
        "_registration",
        "_send",
        "_socket",
    )

    def __init__(self, sock: Socket, registration: Registration | None = None) -> None:
        runtime = current_runtime()
        self._socket = sock
        self._reactor = runtime.reactor
        self._queue = runtime.queue
        self._registration = registration or runtime.reactor.register(sock.fileno())
        self._registration.writable = True  # a new connection has room
        # What was received and not yet read: bytes are taken from its front, line by line, which
        # costs a bytearray nothing and would copy all the rest of a bytes object.
        self._buffer = bytearray()
        self._is_shut = False  # for writing
        # Bound once: these are called for every message.
        self._recv = sock.recv
        self._send = sock.send
        self._budget = runtime.budget

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

    def set_no_delay(self) -> None:
        """Send small messages at once (TCP_NODELAY)."""
        try:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError:
            pass  # the peer has reset already: the next operation says so

    async def read(self, n: int) -> bytes:
        """Read what is there, `n` bytes at the most; wait if there is nothing.

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
        budget = self._budget
        if budget.left:
            budget.left -= 1
        else:
            budget.refill()
            await let_others_run(registration, self._queue, reading=True)
        if self._buffer:
            return self._take(n)
        while True:
            if registration.readable:
                try:
                    data = self._recv(n)
                except BlockingIOError:
                    registration.would_block_reading()
                except OSError as error:
                    raise self._error(error, "read") from error
                else:
                    if len(data) < n:  # everything was taken
                        registration.readable = registration.ended
                    return data
            await until_readable(registration, self._queue)

    def _take(self, n: int) -> bytes:
        data = bytes(self._buffer[:n])
        del self._buffer[:n]
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
            await let_others_run(self._registration, self._queue, reading=True)
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
            await let_others_run(self._registration, self._queue, reading=True)
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

    async def _fill(self, wanted: str) -> None:
        """Receive more into the buffer."""
        buffered, self._buffer = self._buffer, bytearray()
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
            error.partial, self._buffer = bytes(buffered), bytearray()
            raise error
        self._buffer += data

    async def write_all(self, data: bytes | bytearray | memoryview) -> None:
        """Write all of `data`; wait while the peer does not read.

        Cancelled or failed in the middle, an unknown part has been sent: close the stream then.

        Raises:
            BusyError: another task already waits to write to this stream.
            ClosedError: it was closed on this side, or shut down for writing.
            PipeError, ResetError: the peer reads no more.
        """
        registration = self._registration
        if registration.writer is not None:
            raise registration.busy_writing()
        budget = self._budget
        if budget.left:
            budget.left -= 1
        else:
            budget.refill()
            await let_others_run(registration, self._queue, reading=False)
        rest = data
        if type(rest) is not bytes and type(rest) is not bytearray:
            rest = memoryview(rest).cast("B")  # what is sent is counted in bytes, not in items
        while True:
            if registration.writable:
                try:
                    sent = self._send(rest)
                except BlockingIOError:
                    registration.clear_writable()
                except OSError as error:
                    raise self._error(error, "write") from error
                else:
                    if sent == len(rest):
                        return
                    rest = memoryview(rest)[sent:]
                    registration.clear_writable()
            else:
                await until_writable(registration, self._queue)

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

    def close(self) -> None:
        """Close the connection, at once and for good. Whoever waits on it gets ClosedError."""
        for task in self._reactor.deregister(self._registration):
            task.wake()
        self._buffer = bytearray()
        self._socket.close()

    def _error(self, error: OSError, what: str) -> Exception:
        if self._registration.closed:
            return ClosedError(f"{what}: this stream was closed on this side; open a new one")
        if self._is_shut and error.errno == errno.EPIPE:
            return ClosedError(
                f"{what}: shutdown_write was called on this stream; write before you call it"
            )
        return broken(error, what)

    @property
    def local_address(self) -> Address:
        """The address of this side; for IPv4 a pair of host and port."""
        try:
            return self._socket.getsockname()
        except OSError as error:
            raise self._error(error, "local_address") from error

    @property
    def peer_address(self) -> Address:
        """The address of the other side.

        Raises:
            BrokenError: the connection is gone.
        """
        try:
            return self._socket.getpeername()
        except OSError as error:
            raise self._error(error, "peer_address") from error

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
