"""TlsStream: an encrypted connection, with the manners of TcpStream.

One task may read and one may write at the same time. Cancelling an operation loses no byte that
was reported as read, and leaves the stream whole: a `write_all` that is cancelled has sent an
unknown part of its data, in whole records, and reading and writing go on.

An end is told from a cut: `read` gives b"" only when the peer has said that there is no more;
a connection that just ends raises TruncatedError.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import TypeVar

from zokio.core.suspend import yield_now
from zokio.errors import BrokenError, BusyError, ClosedError, UsageError
from zokio.net.buffered import Buffered
from zokio.net.connection import EMPTY, Connection
from zokio.net.tls.engine import MORE, Engine, Needs
from zokio.net.tls.exchange import CHUNK_BYTES, Exchange
from zokio.net.tls.failures import HANDSHAKE, tls_error
from zokio.net.tls.session import Session
from zokio.net.tls.sides import Side
from zokio.time.timeout import move_on_after

T = TypeVar("T")

GOODBYE_SECONDS = 5.0
"""How long `aclose` waits for the peer's last word."""


class TlsStream(Session, Buffered):
    """A connection with TLS. Made by `connect`, `wrap` or a TlsListener; use `async with`.

    Leaving the block says goodbye (`aclose`); leaving it by an error does not (`abort`), so that
    the peer cannot take what it got for the whole.
    """

    __slots__ = ("_engine", "_exchange", "_failure")

    def __init__(self, inner: Connection, engine: Engine) -> None:
        """Take a connection over, which nobody uses from now on; `handshake` comes next."""
        super().__init__(inner._socket, inner._registration)
        self._engine = engine
        self._exchange = Exchange(engine, self._socket, self._registration, self._polling)
        self._failure: ssl.SSLError | None = None
        if inner._buffer:  # the peer's first words came with the last ones in the clear
            engine.feed(bytes(inner._buffer))
            inner._buffer = EMPTY

    # Operations

    async def handshake(self) -> None:
        """Agree with the peer on keys; `connect`, `wrap` and listeners have done it.

        Raises:
            CertificateError: a certificate was not accepted, by this side or by the other.
            TlsError: the peer speaks no TLS, or none that this side's context allows.
            TruncatedError, ResetError: the peer is gone.
        """
        with self._exchange.reading, self._exchange.writing:
            await self._drive(self._exchange.reading, self._engine.handshake, HANDSHAKE)
            await self._flush(self._exchange.reading, HANDSHAKE)
            if self._exchange.send_error is not None:
                raise self._error(self._exchange.send_error, HANDSHAKE)

    async def read(self, n: int) -> bytes:
        """Read what is there, `n` bytes at the most; wait if there is nothing.

        Args:
            n: 1 or more.

        Returns:
            1 to `n` bytes, or b"" when the peer has said that there is no more. Cancelled, it has
            read nothing.

        Raises:
            BusyError: another task already reads this stream.
            ClosedError: it was closed on this side.
            TruncatedError: the connection ended, and the peer has not said so.
            TlsError: what came is not right.
            ResetError: the peer reset the connection.
        """
        if n < 1:
            raise UsageError(f"read({n}): ask for at least one byte")
        if self._must_yield():
            await self._let_others_read()
        if self._buffer:
            return self._take(n)
        with self._exchange.reading:
            return await self._drive(self._exchange.reading, partial(self._engine.read, n), "read")

    async def write_all(self, data: bytes | bytearray | memoryview) -> None:
        """Write all of `data`; wait while the peer does not read.

        Cancelled in the middle, an unknown part has been sent, and the stream can be used on.

        Raises:
            BusyError: another task already writes to this stream.
            ClosedError: it was closed on this side, or shut down for writing.
            PipeError, ResetError: the peer reads no more.
            TlsError: the connection broke before.
        """
        with self._exchange.writing:
            if self._budget.spend():
                await yield_now()
            if self._is_shut:
                raise ClosedError(
                    "write: shutdown_write was called on this stream; write before you call it"
                )
            rest = memoryview(data).cast("B")
            while True:
                rest = rest[await self._write(partial(self._engine.write, rest[:CHUNK_BYTES])) :]
                if not rest:
                    return

    async def _write(self, step: Callable[[], Needs | T]) -> T:
        """A step that is done when what it gave was sent."""
        side = self._exchange.writing
        self._check_sending()
        result = await self._drive(side, step, "write")
        await self._flush(side, "write")
        self._check_sending()
        return result

    def _check_sending(self) -> None:
        error = self._exchange.send_error
        if error is not None:
            raise self._error(error, "write") from error

    async def shutdown_write(self) -> None:
        """Tell the peer that nothing more will come (close_notify); reading goes on.

        Raises:
            BusyError: another task writes.
            ClosedError: it was closed on this side.
            BrokenError: the connection is gone.
        """
        with self._exchange.writing:
            await self._write(self._say_goodbye)

    def _say_goodbye(self) -> None:
        if not self._is_shut:
            self._is_shut = True
            self._engine.say_goodbye()

    async def _drive(self, side: Side, step: Callable[[], Needs | T], what: str) -> T:
        """Attempt it until it is done."""
        while True:
            result = self._attempt(side, step, what)
            if not isinstance(result, Needs):
                return result
            await self._exchange.wait(side)
            if self._budget.spend():
                await yield_now()

    def _attempt(self, side: Side, step: Callable[[], Needs | T], what: str) -> Needs | T:
        self._check_open(what)
        if self._failure is not None:
            raise tls_error(self._failure, what)
        try:
            return self._exchange.attempt(side, step)
        except ssl.SSLError as error:
            self._failure = error
            raise tls_error(error, what) from error
        except OSError as error:
            raise self._error(error, what) from error

    async def _flush(self, side: Side, what: str) -> None:
        """Until all that is to be sent was sent, or cannot be."""
        while self._exchange.flush(side) is MORE:
            await self._exchange.wait(side)
            self._check_open(what)

    def _check_open(self, what: str) -> None:
        if self._registration.closed:
            raise ClosedError(f"{what}: this stream was closed on this side; open a new one")

    # What `Buffered` asks for

    def _must_yield(self) -> bool:
        """Nobody else reads, and the budget is paid."""
        self._exchange.reading.check_free()
        return self._budget.spend()

    async def _let_others_read(self) -> None:
        """See `Buffered`; the reader keeps its place."""
        with self._exchange.reading:
            await yield_now()

    # The end

    def close(self) -> None:
        """Close it, at once and for good. Whoever waits on it gets ClosedError.

        The peer is told that this is the end (close_notify) if it can be told without waiting and
        nobody is in the middle of a write. `aclose` waits for that, `abort` does not tell.
        """
        with self._exchange.lock:
            can_tell = not (self._registration.closed or self._failure or self._is_shut)
            if can_tell and not self._exchange.writing.is_busy:
                try:
                    self._say_goodbye()
                except ssl.SSLError:
                    pass  # in the middle of a handshake, or broken: there is nothing to say
                self._exchange.part()
        self.abort()

    def abort(self) -> None:
        """Close it, and do not tell the peer: it sees a cut, and cannot take it for the end."""
        super().close()

    async def aclose(self, timeout: float | None = GOODBYE_SECONDS) -> None:
        """Close it with a goodbye from both sides, so that all that was written arrives.

        Says that this is the end, and drops what comes until the peer has said the same. Does not
        wait for a task that reads or writes: that gets ClosedError. A peer that is gone, or takes
        too long, is no error. Cancelled, the stream is closed.

        Args:
            timeout: seconds to wait for the peer; None waits for ever.
        """
        try:
            with move_on_after(timeout):
                await self.shutdown_write()
                while await self.read(CHUNK_BYTES):
                    pass
        except (BrokenError, BusyError, ClosedError):
            pass  # nobody is there to say goodbye to, or somebody here goes on
        finally:
            self.abort()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            await self.aclose()
        else:
            self.abort()
