"""SocketListener: a socket of any family that accepts connections."""

from __future__ import annotations

import errno
from abc import ABC, abstractmethod
from collections.abc import Generator
from typing import Generic, Self, TypeVar

from zokio.errors import BrokenError, ClosedError, broken
from zokio.net.exhaustion import Exhaustion
from zokio.net.readiness import let_others_run, until_readable
from zokio.net.registered import Registered
from zokio.net.socket_stream import SocketStream
from zokio.reactor.contract import Address, Socket

# What accept(2) says of a connection that failed before it was accepted, or that a firewall
# forbids: it concerns that connection, not the listener.
_FAILED_BEFORE = (
    *("ECONNABORTED", "ECONNRESET", "EPERM", "EPROTO", "ENETDOWN", "ENOPROTOOPT", "EHOSTDOWN"),
    *("ENONET", "EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH", "ETIMEDOUT"),
)
FAILED_BEFORE = frozenset(getattr(errno, name, -1) for name in _FAILED_BEFORE)


S = TypeVar("S", bound=SocketStream)


class SocketListener(Registered, ABC, Generic[S]):
    """What accepts connections; the classes below it say how it is bound, and to what."""

    __slots__ = ("_exhaustion",)

    def __init__(self, sock: Socket) -> None:
        super().__init__(sock)
        self._exhaustion = Exhaustion()

    @abstractmethod
    def _stream(self, sock: Socket) -> S:
        """The stream of a connection that was accepted."""

    async def accept(self) -> tuple[S, Address]:
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

    def _wrap(self, sock: Socket) -> S:
        try:
            sock.setblocking(False)
            return self._stream(sock)
        except BaseException:
            sock.close()
            raise

    def _raise_unless_failed_before(self, error: OSError) -> None:
        """A connection that failed before it was accepted concerns nobody."""
        if self._registration.closed:
            raise ClosedError("accept: the listener was closed on this side; bind it again")
        if error.errno not in FAILED_BEFORE:
            raise broken(error, "accept") from error

    @property
    def local_address(self) -> Address:
        """Where it listens; for IPv4 a pair of host and port, for Unix a path.

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

    async def __anext__(self) -> tuple[S, Address]:
        while True:
            try:
                accepted = await self.accept()
            except BrokenError as error:
                await self._exhaustion.pause(error)
            except ClosedError:
                raise StopAsyncIteration from None
            else:
                self._exhaustion.end()
                return accepted
