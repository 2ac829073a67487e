"""RequestBody: the body of a request, read from the connection when the handler asks for it.

The handler runs in the connection's task, and nothing is read until it asks: a handler that reads
slowly makes the client wait, and no byte is kept that nobody wants.
"""

from __future__ import annotations

from typing import Final, Self

from zokio.errors import ClosedError
from zokio.http.channel import BODY, Channel
from zokio.http.chunked import Chunked
from zokio.http.http_error import HttpError
from zokio.http.parsing import Head


class RequestBody:
    """`async for part in body`, or `await body.read()`; what was read is not given again."""

    __slots__ = (
        "_channel",
        "_chunked",
        "_left",
        "_max",
        "_was_left",
        "awaited",
        "is_broken",
        "is_over",
    )

    def __init__(self, channel: Channel | None, head: Head | None, size_max: int) -> None:
        self._channel = channel
        self._chunked = Chunked() if head is not None and head.chunked else None
        self._left = 0 if head is None else head.length
        self._max = size_max
        self._was_left = False
        self.awaited = head is not None and head.expects
        """The client waits for `100 Continue`."""
        self.is_over = self._chunked is None and self._left == 0
        """All of it was read."""
        self.is_broken = False
        """It is malformed, too large, or ended too early: nothing behind it can be understood."""

    async def read(self) -> bytes:
        """Read all that is left of it.

        Raises:
            HttpError: 413, it is larger than `max_body`; 400, it is malformed or ends too early.
            ResetError: the client reset the channel.
            ClosedError: the response has been sent.
        """
        return b"".join([part async for part in self])

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """The next part, as it comes; see `read` for the errors."""
        part = await self.next_part()
        if not part:
            raise StopAsyncIteration
        return part

    async def next_part(self) -> bytes:
        """What has come, or what comes next; b"" at the end."""
        channel = self._channel
        if channel is None:
            if self._was_left:
                raise ClosedError("the response has been sent: read the body before you return it")
            return b""
        if self.is_over:
            return b""
        try:
            if self.awaited:
                self.awaited = False
                await channel.write(CONTINUE)
            part = self._take(channel)
            while not part and not self.is_over:
                if not await channel.receive(BODY):
                    raise HttpError(400, "the connection ended in the middle of a body")
                part = self._take(channel)
        except BaseException:
            self.is_broken = True
            raise
        return part

    def take_away(self, channel: Channel) -> int:
        """Drop what has come of it; how many bytes of body that was."""
        dropped = 0
        while part := self._take(channel):
            dropped += len(part)
        return dropped

    def detach(self) -> None:
        """The response is sent: what is left is the connection's."""
        self._channel = None
        self._was_left = not self.is_over

    def is_longer_than(self, size: int) -> bool:
        """Whether it is known that more than `size` bytes are left."""
        return self._left > size

    def _take(self, channel: Channel) -> bytes:
        """Out of the connection's buffer."""
        if self._chunked is None:
            part, channel.buffer = (
                channel.buffer[: self._left],
                channel.buffer[self._left :],
            )
            self._left -= len(part)
            self.is_over = not self._left
            return part
        part, channel.buffer = self._chunked.take(channel.buffer)
        self._max -= len(part)
        if self._max < 0:
            raise HttpError(413)
        self.is_over = self._chunked.is_over
        return part


CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
NO_BODY: Final = RequestBody(None, None, 0)
"""Of every request without one."""
