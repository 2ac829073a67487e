"""HttpConnection: one HTTP/1.1 connection from the client's side, one request after the other.

h11 has the rules of the protocol; here they meet the stream. Guarantees: what the server sends is
refused when it is no HTTP, or when its head is too long; a connection is reusable only when both
sides are done, nothing came beyond the response, and neither side said that it closes.
"""

from __future__ import annotations

import errno
from collections.abc import Awaitable
from typing import Protocol

import h11

from zokio.errors import BrokenError, ClosedError, EndedError, UsageError
from zokio.http.client.errors import ProtocolError

READ_BYTES = 65_536
INFORMATIONAL_MAX = 20

Event = h11.Response | h11.Data | h11.EndOfMessage


class Stream(Protocol):
    """What is used of a TCP or TLS stream."""

    async def read(self, n: int, /) -> bytes: ...
    def write_all(self, data: bytes, /) -> Awaitable[None]: ...
    def close(self) -> None: ...


class HttpConnection:
    """See the head of this file.

    Args:
        stream: connected; it is closed with the connection.
        head_bytes_max: how long the head of a response may be.

    Attributes:
        has_answered: something has come since the last request was begun.
    """

    def __init__(self, stream: Stream, head_bytes_max: int) -> None:
        self.stream = stream
        self.is_closed = False
        self.has_answered = False
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=head_bytes_max)

    async def send(self, event: h11.Request | h11.Data | h11.EndOfMessage) -> None:
        """Send a part of the request.

        Raises:
            UsageError: it is no HTTP: a line break in a header, more or less body than was said.
            BrokenError: the server is gone, or reads no more.
        """
        if isinstance(event, h11.Request):
            self.has_answered = False
        try:
            data = self._h11.send(event)
        except h11.LocalProtocolError as error:
            raise UsageError(f"the request cannot be sent as HTTP/1.1: {error}") from error
        if data:
            await self.stream.write_all(data)

    async def receive_head(self) -> h11.Response:
        """The status and headers of the response; what only informs (1xx) is passed over.

        Raises:
            EndedError, ResetError: the connection ended before; see `has_answered`.
            ProtocolError: what came is no HTTP, or too long.
        """
        for _ in range(INFORMATIONAL_MAX):
            while (event := self._next_event()) is None:
                await self._fill()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
                raise ProtocolError(f"the server sent {event!r} before a response; give it up")
        raise ProtocolError("the server sent informational responses without end; give it up")

    async def receive_data(self) -> bytes:
        """A part of the response's body; b"" at its end.

        Raises:
            EndedError, ResetError: the connection ended before the body did.
            ProtocolError: what came is no HTTP.
        """
        while (data := self.data_at_hand()) is None:
            await self._fill()
        return data

    def data_at_hand(self) -> bytes | None:
        """As `receive_data`, of what has come already; None: nothing has."""
        while (event := self._next_event()) is not None:
            if isinstance(event, h11.EndOfMessage):
                return b""
            if isinstance(event, h11.Data) and event.data:
                return bytes(event.data)
        return None

    def recycle(self) -> bool:
        """Get ready for the next request; False: the connection has to be closed."""
        if self._h11.our_state is not h11.DONE or self._h11.their_state is not h11.DONE:
            return False
        if self._h11.trailing_data[0]:
            return False
        self._h11.start_next_cycle()
        return True

    def is_quiet(self) -> bool:
        """Whether nothing has come since the last response: see `Pooled`.

        What has come and was not told by the reactor yet is not seen.
        """
        attempt = self.stream.read(1)
        try:
            attempt.send(None)
        except (StopIteration, BrokenError, ClosedError):
            return False
        attempt.close()
        return True

    def close(self) -> None:
        """Close it at once. Twice does nothing."""
        self.is_closed = True
        self.stream.close()

    async def _fill(self) -> None:
        """Take in more bytes, or the end."""
        data = await self.stream.read(READ_BYTES)
        if not data and not self.has_answered:
            raise EndedError(
                errno.ECONNRESET,
                "the server closed the connection without an answer; ask again if that is safe",
            )
        self.has_answered = True
        self._h11.receive_data(data)

    def _next_event(self) -> h11.InformationalResponse | Event | None:
        """What the bytes that have come mean; None: more are needed."""
        try:
            event = self._h11.next_event()
        except h11.RemoteProtocolError as error:
            if self._h11.trailing_data[1]:
                raise EndedError(
                    errno.ECONNRESET, f"the connection ended in the middle of a response: {error}"
                ) from error
            raise ProtocolError(f"what the server sent is no HTTP/1.1: {error}") from error
        if event is h11.NEED_DATA:
            return None
        if isinstance(event, h11.InformationalResponse | Event):
            return event
        raise ProtocolError(f"the server sent {event!r} where a response should be; give it up")
