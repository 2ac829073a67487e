"""WebSocket: messages both ways over a connection that was taken over.

A task of its own reads (`_pump`): it answers pings and the peer's close also while nobody receives,
and stops reading when one message waits, so that a slow receiver slows the peer.

    open --close--> closing --the peer's close, or its time is up--> over
      `--the peer's close, which is answered, or the connection breaks--^

How it is closed is specified in `spec/websocket_close.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Self

from zokio.errors import BrokenError, BusyError, ClosedError, UsageError
from zokio.http.channel import READ_BYTES
from zokio.http.upgrade import Upgraded
from zokio.http.websocket.closing import (
    BROKEN,
    FAILED,
    GOING_AWAY,
    NORMAL,
    QUIET,
    TOO_BIG,
    WebSocketClosed,
    check_close,
)
from zokio.http.websocket.library import (
    BytesMessage,
    CloseConnection,
    Connection,
    Event,
    Ping,
    TextMessage,
)
from zokio.http.websocket.writer import FrameWriter
from zokio.runtime.group import TaskGroup
from zokio.sync.event import Event as Flag
from zokio.sync.mpsc import mpsc
from zokio.sync.receiver import Receiver
from zokio.sync.sender import Sender
from zokio.time.sleep import sleep
from zokio.time.timeout import move_on_after

LOGGER: Final = logging.getLogger("zokio.http")
PIECE_BYTES: Final = 4_096
"""So much is inflated at once: a thousand times as much may come out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """See `accept`."""

    max_message: int
    ping_interval: float
    close_timeout: float


class WebSocket:
    """An open WebSocket; made by `accept`. Any task may send and close, one may receive.

    Attributes:
        subprotocol: the one that was agreed on, or None.
    """

    __slots__ = (
        *("_heard", "_is_asked", "_is_full", "_is_receiving", "_over", "_parts", "_protocol"),
        *("_receiver", "_sender", "_settings", "_size", "_upgraded", "_writer", "subprotocol"),
    )

    def __init__(
        self,
        upgraded: Upgraded,
        protocol: Connection,
        settings: Settings,
        subprotocol: str | None,
    ) -> None:
        self.subprotocol = subprotocol
        self._upgraded = upgraded
        self._protocol = protocol
        self._settings = settings
        ends: tuple[Sender[str | bytes], Receiver[str | bytes]] = mpsc(1)
        self._sender, self._receiver = ends
        self._writer = FrameWriter(upgraded, protocol)
        self._over = Flag()
        self._parts: list[str | bytes] = []
        self._size = 0
        self._heard = False
        self._is_asked = False
        self._is_full = False
        self._is_receiving = False

    async def send(self, message: str | bytes) -> None:
        """Send a message; waits while the peer does not read.

        Cancelled while it waits for its turn, it has sent nothing; in the middle of its own
        message, the WebSocket is broken, since nothing could follow.

        Raises:
            WebSocketClosed: it is closed, or the peer does not read for the server's
                `write_timeout`.
            UsageError: it is neither text nor bytes.
        """
        if isinstance(message, str):
            await self._writer.send(TextMessage(message))
        elif isinstance(message, bytes | bytearray | memoryview):
            await self._writer.send(BytesMessage(bytes(message)))
        else:
            raise UsageError(f"WebSocket.send({message!r}): a message is text or bytes")

    async def receive(self) -> str | bytes:
        """The next message. Cancelled, it has lost none.

        Raises:
            WebSocketClosed: it is closed, and all messages before were received.
            BusyError: another task receives.
        """
        if self._is_receiving:
            raise BusyError("another task receives from this WebSocket; let one task receive")
        self._is_receiving = True
        try:
            return await self._receiver.recv()
        except ClosedError:
            raise self._writer.error() from None
        finally:
            self._is_receiving = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str | bytes:
        """The next message; a close with 1000, 1001 or without a code is the end, others raise."""
        try:
            return await self.receive()
        except WebSocketClosed as closed:
            if closed.code in QUIET:
                raise StopAsyncIteration from None
            raise

    async def close(self, code: int = NORMAL, reason: str = "") -> None:
        """Say that this is the end, and wait for the peer to say so; again it only waits.

        Messages that come meanwhile are dropped. A peer that does not answer within
        `close_timeout` is cut off. Cancelled, it stays closing.

        Raises:
            UsageError: such a code or reason cannot be sent.
        """
        check_close(code, reason)
        with move_on_after(self._settings.close_timeout):
            await self._writer.close(code, reason, self._receiver.close)
            await self._over.wait()
        if not self._over.is_set():
            self._writer.break_off("the peer did not answer the close")

    async def run(self, talk: Callable[[WebSocket], Awaitable[object]]) -> None:
        """Let `talk` use it, and close it; see `accept`."""
        async with TaskGroup() as group:
            group.spawn(self._pump(), name="WebSocket reader")
            group.spawn(self._keep_alive(), name="WebSocket pings")
            group.spawn(self._heed_stop(), name="WebSocket shutdown")
            code = NORMAL
            try:
                await talk(self)
            except* WebSocketClosed:
                pass
            except* Exception as errors:
                code = FAILED
                LOGGER.error("the handler of a WebSocket failed", exc_info=errors)
            await self.close(code)
            group.cancel_scope.cancel()

    # Reading

    async def _pump(self) -> None:
        """Read until a close, or until the connection ends."""
        data = self._upgraded.buffered
        try:
            while await self._take(data):
                data = await self._upgraded.stream.read(READ_BYTES)
                if not data:
                    break
                self._heard = True
        except (BrokenError, ClosedError, WebSocketClosed):
            pass
        finally:
            self._writer.note(BROKEN, "the connection ended without a close")
            self._sender.close()
            self._over.set()

    async def _take(self, data: bytes) -> bool:
        """What came; whether more may come."""
        for begin in range(0, len(data), PIECE_BYTES):
            self._protocol.receive_data(data[begin : begin + PIECE_BYTES])
            for event in self._protocol.events():
                if isinstance(event, CloseConnection):
                    await self._take_close(event)
                    return False
                if isinstance(event, Ping):
                    await self._answer(event.response())
                elif isinstance(event, TextMessage | BytesMessage) and not await self._take_part(
                    event
                ):
                    return False
        return True

    async def _take_part(self, event: TextMessage | BytesMessage) -> bool:
        """A part of a message, which is given on when it is whole; False: it is too long."""
        part = event.data if isinstance(event.data, str) else bytes(event.data)
        self._size += len(part) if isinstance(part, bytes) else len(part.encode())
        if self._size > self._settings.max_message:
            await self._fail(TOO_BIG, f"a message has {self._settings.max_message} bytes at most")
            return False
        self._parts.append(part)
        if event.message_finished:
            empty = "" if isinstance(part, str) else b""
            message = empty.join(self._parts)  # type: ignore[arg-type]  # all of one message alike
            self._parts, self._size = [], 0
            self._is_full = True
            try:
                await self._sender.send(message)
            except ClosedError:  # it is closing, and nobody receives
                pass
            self._is_full, self._heard = False, True
        return True

    async def _take_close(self, event: CloseConnection) -> None:
        """The peer's close, or what it sent is against the protocol."""
        if self._writer.is_open():
            await self._fail(event.code, event.reason or "")
            return
        self._writer.note(event.code, event.reason or "")
        await self._answer(event.response())

    async def _fail(self, code: int, reason: str) -> None:
        self._writer.note(code, reason)
        await self._answer(CloseConnection(code, reason))

    async def _answer(self, event: Event) -> None:
        """Send what is only of use if it can be sent."""
        try:
            await self._writer.send(event)
        except WebSocketClosed:
            pass

    # Waiting

    async def _keep_alive(self) -> None:
        """Ping a silent peer, and break with one that stays silent."""
        while True:
            await sleep(self._settings.ping_interval)
            if self._heard or self._is_full:
                self._is_asked = False
            elif self._is_asked:
                return self._writer.break_off("the peer does not answer pings")
            else:
                self._is_asked = True
                await self._answer(Ping())
            self._heard = False

    async def _heed_stop(self) -> None:
        await self._upgraded.stopping.cancelled()
        await self.close(GOING_AWAY, "the server stops")
