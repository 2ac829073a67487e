"""FrameWriter: makes and writes frames under one lock, and knows how the WebSocket has ended."""

from __future__ import annotations

from collections.abc import Callable

from zokio.errors import BrokenError, ClosedError
from zokio.http.channel import WRITE_BYTES
from zokio.http.upgrade import Upgraded
from zokio.http.websocket.closing import BROKEN, WebSocketClosed
from zokio.http.websocket.library import (
    CloseConnection,
    Connection,
    ConnectionState,
    Event,
    LocalProtocolError,
)
from zokio.sync.mutex import Mutex
from zokio.time.timeout import move_on_after


class FrameWriter:
    """Any task may send; a frame is written whole, or the connection is broken off."""

    __slots__ = ("_end", "_lock", "_protocol", "_upgraded")

    def __init__(self, upgraded: Upgraded, protocol: Connection) -> None:
        self._upgraded = upgraded
        self._protocol = protocol
        self._lock = Mutex()
        self._end: tuple[int, str] | None = None

    def is_open(self) -> bool:
        """Whether neither side has sent a close."""
        return self._protocol.state is ConnectionState.OPEN

    async def send(self, event: Event) -> None:
        """Write what says this.

        Raises:
            WebSocketClosed: a close was sent or received before, or the peer is gone.
        """
        async with self._lock:
            try:
                data = self._protocol.send(event)
            except LocalProtocolError:
                raise self.error() from None
            await self._write(data)

    async def close(self, code: int, reason: str, prepare: Callable[[], None]) -> None:
        """Send a close if neither side has, after `prepare`."""
        async with self._lock:
            if not self.is_open() or self._end is not None:
                return
            self.note(code, reason)
            prepare()
            try:
                await self._write(self._protocol.send(CloseConnection(code, reason)))
            except WebSocketClosed:
                pass

    async def _write(self, data: bytes) -> None:
        """Write a frame, or break off: nothing could follow half of one."""
        left = memoryview(data)
        try:
            while left:
                with move_on_after(self._upgraded.limits.write_timeout) as late:
                    await self._upgraded.stream.write_all(left[:WRITE_BYTES])
                if late.cancelled_caught:
                    break
                left = left[WRITE_BYTES:]
        except (BrokenError, ClosedError):
            pass
        finally:
            if left:
                self.break_off("the peer does not read")
        if left:
            raise self.error()

    def break_off(self, why: str) -> None:
        """Nothing more can be said."""
        self.note(BROKEN, why)
        self._upgraded.stream.close()

    def note(self, code: int, reason: str) -> None:
        """It has ended so; the first end is the one that is told."""
        if self._end is None:
            self._end = code, reason

    def error(self) -> WebSocketClosed:
        """What to raise after the end."""
        return WebSocketClosed(*(self._end or (BROKEN, "")))
