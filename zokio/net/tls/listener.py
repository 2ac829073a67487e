"""TlsListener: accepts connections whose handshake is done.

A task of its own takes connections from the inner listener, and each handshake has a task too, with
a time limit. So a client that is slow, silent or hostile holds up nobody: others overtake it, and
what fails is dropped. At most `pending_max` connections are on their way from the inner listener to
`accept`; more wait in the system's backlog.
"""

from __future__ import annotations

import logging
import ssl
from typing import Self

from zokio.core.current import current_task
from zokio.core.task import Task
from zokio.errors import BrokenError, ClosedError, EmptyError, UsageError
from zokio.net.tcp_listener import TcpListener
from zokio.net.tcp_stream import TcpStream
from zokio.net.tls.opening import HANDSHAKE_SECONDS, wrap
from zokio.net.tls.stream import TlsStream
from zokio.reactor.contract import Address
from zokio.runtime.spawn import spawn
from zokio.sync.closing import Closing
from zokio.sync.mpsc import unbounded
from zokio.sync.receiver import Receiver
from zokio.sync.semaphore import Semaphore
from zokio.sync.sender import Sender

LOGGER = logging.getLogger("zokio")
PENDING_MAX = 256
Accepted = tuple[TlsStream, Address]


class TlsListener(Closing):
    """Accepts connections with TLS. Made by `wrap_server`; close it, or use `async with`.

    `async for stream, address in listener` accepts for ever, until the listener is closed. Any
    number of tasks may accept. The order is that in which the handshakes end.
    """

    def __init__(
        self, inner: TcpListener, context: ssl.SSLContext, timeout: float | None, pending_max: int
    ) -> None:
        self._inner = inner
        self._context = context
        self._timeout = timeout
        self._room = Semaphore(pending_max)
        self._handshakes: set[Task] = set()
        self._failure: BrokenError | None = None
        ends: tuple[Sender[Accepted], Receiver[Accepted]] = unbounded()
        self._sender, self._receiver = ends
        self._acceptor = spawn(self._accept_all(), name="TlsListener")

    async def accept(self) -> Accepted:
        """Wait for the next connection whose handshake is done. Cancelled, it has taken none.

        Returns:
            The stream, and the address of its other side.

        Raises:
            ClosedError: the listener was closed.
            BrokenError: the system gives no more connections.
        """
        try:
            accepted = await self._receiver.recv()
        except ClosedError:
            if self._failure is not None:
                raise self._failure from None
            raise ClosedError(
                "accept: the listener was closed on this side; bind it again"
            ) from None
        self._room.release()
        return accepted

    async def _accept_all(self) -> None:
        """Take connections while there is room; each gets a task for its handshake."""
        try:
            while True:
                await self._room.acquire()
                stream, address = await anext(self._inner)
                spawn(self._shake(stream, address), name=f"TLS handshake with {address}")
        except StopAsyncIteration:
            self.close()  # somebody has closed the inner one
        except BrokenError as error:
            self._failure = error
            self.close()

    async def _shake(self, inner: TcpStream, address: Address) -> None:
        """One handshake. What fails is said in the log, for who looks for it."""
        task, is_done = current_task(), False
        self._handshakes.add(task)
        try:
            if self._receiver.is_closed():  # since this task was spawned
                inner.close()
            else:
                stream = await wrap(inner, self._context, server_side=True, timeout=self._timeout)
                is_done = self._hand_over(stream, address)
        except BrokenError as error:
            LOGGER.debug("%s: %s", address, error)
        finally:
            self._handshakes.discard(task)
            if not is_done:
                self._room.release()

    def _hand_over(self, stream: TlsStream, address: Address) -> bool:
        try:
            self._sender.try_send((stream, address))
        except ClosedError:
            stream.abort()
            return False
        return True

    def close(self) -> None:
        """Close it, and every connection that nobody has accepted. Twice does nothing.

        Whoever waits in `accept` gets ClosedError.
        """
        self._inner.close()
        self._acceptor.abort()
        for task in tuple(self._handshakes):
            task.abort()
        self._receiver.close()
        self._drop_the_rest()

    def _drop_the_rest(self) -> None:
        while True:
            try:
                stream, _ = self._receiver.try_recv()
            except (ClosedError, EmptyError):
                return
            stream.abort()

    @property
    def local_address(self) -> Address:
        """Where it listens; for IPv4 a pair of host and port.

        Raises:
            ClosedError: the listener was closed.
        """
        return self._inner.local_address

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Accepted:
        try:
            return await self.accept()
        except ClosedError:
            raise StopAsyncIteration from None


def wrap_server(
    listener: TcpListener,
    context: ssl.SSLContext,
    *,
    handshake_timeout: float | None = HANDSHAKE_SECONDS,
    pending_max: int = PENDING_MAX,
) -> TlsListener:
    """A listener whose connections have TLS, in place of `listener`, which is its own from now on.

    Args:
        listener: as `TcpListener.bind` gives it.
        context: one of ssl.PROTOCOL_TLS_SERVER, with a certificate (`load_cert_chain`). Its
            `sni_callback` may choose another context by the name that a client asks for.
        handshake_timeout: seconds for each handshake; None waits for ever.
        pending_max: how many connections may be in their handshake, or wait for `accept`.

    Raises:
        UsageError: the context is not for servers, or `pending_max` is less than 1.
        NoRuntimeError: no runtime is running on this thread.
    """
    if pending_max < 1:
        raise UsageError(f"wrap_server(pending_max={pending_max}): it must be 1 or more")
    if context.protocol == ssl.PROTOCOL_TLS_CLIENT:
        raise UsageError(
            "wrap_server: this context is for clients; make one of ssl.PROTOCOL_TLS_SERVER and "
            "give it a certificate with load_cert_chain"
        )
    return TlsListener(listener, context, handshake_timeout, pending_max)
