"""TcpListener: a TCP socket that accepts connections."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Generator
from typing import Self

from zokio.errors import BrokenError, ClosedError, UsageError, broken
from zokio.net.readiness import let_others_run, until_readable
from zokio.net.registered import Registered
from zokio.net.resolve import numeric_endpoint
from zokio.net.tcp_stream import TcpStream
from zokio.reactor.contract import Address, Socket
from zokio.runtime.current import current_runtime
from zokio.time.sleep import sleep

LOGGER = logging.getLogger("zokio")
PAUSE_SECONDS = 0.1
"""How long iteration pauses when there is no descriptor or memory for another connection."""
EXHAUSTED = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
# What accept(2) says of a connection that failed before it was accepted, or that a firewall
# forbids: it concerns that connection, not the listener.
_FAILED_BEFORE = (
    *("ECONNABORTED", "ECONNRESET", "EPERM", "EPROTO", "ENETDOWN", "ENOPROTOOPT", "EHOSTDOWN"),
    *("ENONET", "EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH", "ETIMEDOUT"),
)
FAILED_BEFORE = frozenset(getattr(errno, name, -1) for name in _FAILED_BEFORE)


class TcpListener(Registered):
    """Accepts connections. Made by `bind`; close it, or use `async with`.

    `async for stream, address in listener` accepts for ever, until the listener is closed. When
    the process has run out of descriptors or memory it says so in the log, pauses, and goes on.
    """

    __slots__ = ()

    @classmethod
    def bind(
        cls, host: str, port: int, *, backlog: int = 1024, reuse_port: bool = False
    ) -> TcpListener:
        """Listen on an address of this machine. It does not wait; `await` it or do not.

        Args:
            host: an address in figures, "localhost" (127.0.0.1), or "" for every IPv4 address.
            port: 0 to 65535; 0 takes any free one, see `local_address`.
            backlog: connections that the system holds until they are accepted.
            reuse_port: let several processes listen on the same port (SO_REUSEPORT).

        Raises:
            AddressInUseError: somebody else listens there.
            BrokenError: the system refuses, for instance a port below 1024.
            UsageError: the host is a name, or a number is out of its range.
            NoRuntimeError: no runtime is running on this thread.
        """
        if not 1 <= backlog < 1 << 31:
            raise UsageError(f"bind(backlog={backlog!r}): it must be a whole number over 0")
        if reuse_port and not hasattr(socket, "SO_REUSEPORT"):
            raise UsageError("bind(reuse_port=True): this platform has no SO_REUSEPORT")
        endpoint = numeric_endpoint(host, port)
        if endpoint is None:
            raise UsageError(
                f"bind({host!r}): give an address of this machine in figures, "
                'such as "127.0.0.1" or "::1"'
            )
        sock = current_runtime().reactor.socket(endpoint.family)
        try:
            if os.name == "posix":  # on Windows it would let others take the port over
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if reuse_port:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            sock.bind(endpoint.address)
            sock.listen(backlog)
            return cls(sock)
        except BaseException as error:
            sock.close()
            if isinstance(error, OSError) and not isinstance(error, BrokenError):
                raise broken(error, f"bind {host or '*'} port {port}") from error
            raise

    async def accept(self) -> tuple[TcpStream, Address]:
        """Wait for the next connection. Cancelled, it has accepted none.

        Returns:
            The stream, and the address of its other side.

        Raises:
            BusyError: another task already accepts here.
            ClosedError: the listener was closed.
            DescriptorsExhaustedError: no descriptor is left for the connection, which waits on.
        """
        registration = self._registration
        if registration.reader is not None:
            raise registration.busy_reading()
        if self._budget.spend():
            await let_others_run(registration, self._polling, reading=True)
        while True:
            if registration.readable:
                # Before the call: an event that comes meanwhile counts for the next one.
                registration.would_block_reading()
                try:
                    sock, address = self._socket.accept()
                except BlockingIOError:
                    continue
                except OSError as error:
                    registration.readable = True
                    self._raise_unless_failed_before(error)
                    await let_others_run(registration, self._polling, reading=True)
                else:
                    registration.readable = True
                    return self._wrap(sock), address
            else:
                await until_readable(registration, self._polling)

    def _wrap(self, sock: Socket) -> TcpStream:
        try:
            sock.setblocking(False)
            stream = TcpStream(sock)
        except BaseException:
            sock.close()
            raise
        stream.set_no_delay()
        return stream

    def _raise_unless_failed_before(self, error: OSError) -> None:
        """A connection that failed before it was accepted concerns nobody."""
        if self._registration.closed:
            raise ClosedError("accept: the listener was closed on this side; bind it again")
        if error.errno not in FAILED_BEFORE:
            raise broken(error, "accept") from error

    @property
    def local_address(self) -> Address:
        """Where it listens; for IPv4 a pair of host and port.

        Raises:
            ClosedError: the listener was closed.
        """
        if self._registration.closed:
            raise ClosedError("local_address: the listener was closed on this side")
        return self._socket.getsockname()

    def __await__(self) -> Generator[None, None, Self]:
        """The listener itself, at once: `await TcpListener.bind(...)` reads as in Tokio."""
        yield from ()
        return self

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[TcpStream, Address]:
        while True:
            try:
                return await self.accept()
            except BrokenError as error:
                if error.errno not in EXHAUSTED:
                    raise
                LOGGER.warning("%s; accepting again in %s s", error, PAUSE_SECONDS)
                await sleep(PAUSE_SECONDS)
            except ClosedError:
                raise StopAsyncIteration from None
