"""Direct: a response that is written by a coroutine, when and as it likes, and not asked for.

Applications of ASGI are such. All runs in the connection's task: who writes waits for the client.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from zokio.errors import UsageError

if TYPE_CHECKING:
    from zokio.http.body import RequestBody
    from zokio.http.channel import Channel
    from zokio.http.parsing import Head
    from zokio.http.response import Response
    from zokio.http.sending import Sending


class Direct:
    """`run(answer)` is awaited, and has to finish the answer."""

    __slots__ = ("run",)

    def __init__(self, run: Callable[[Answer], Awaitable[object]]) -> None:
        self.run = run


class Parts:
    """Writes a body in parts, the head together with the first one.

    Attributes:
        size: bytes of body that were written.
        is_shown: whether there may be a body at all.
    """

    __slots__ = ("_channel", "_data", "_is_chunked", "_length", "_sending", "is_shown", "size")

    def __init__(
        self,
        sending: Sending,
        channel: Channel,
        data: bytes,
        length: int | None,
        *,
        is_chunked: bool,
        is_shown: bool = True,
    ) -> None:
        self._sending = sending
        self._channel = channel
        self._data = data
        self._length = length
        self._is_chunked = is_chunked
        self.is_shown = is_shown
        self.size = 0

    async def write(self, part: bytes) -> None:
        """Write a part; an empty one is none.

        Raises:
            UsageError: it is more than `content-length` said.
        """
        if not part or not self.is_shown:
            return
        self.size += len(part)
        if self._length is not None and self.size > self._length:
            raise UsageError(
                f"a body of {self.size} bytes or more, after content-length {self._length}"
            )
        if self._is_chunked:
            part = b"%x\r\n%b\r\n" % (len(part), part)
        data, self._data = self._data, b""
        self._sending.has_begun = True
        await self._channel.write(data + part)

    async def end(self) -> None:
        """The body is whole.

        Raises:
            UsageError: it is less than `content-length` said.
        """
        if self._length is not None and self.size < self._length:
            raise UsageError(f"a body of {self.size} bytes, after content-length {self._length}")
        data = self._data + (b"0\r\n\r\n" if self._is_chunked else b"")
        if data:
            await self._channel.write(data)


class Answer:
    """The answer to one request, written by whoever has it.

    Attributes:
        is_over: it is whole.
        is_broken: the client is gone, or does not read.
        keeps: whether the connection may go on.
    """

    __slots__ = (
        *("_body", "_head", "_parts", "_sending", "_started_ns", "_status"),
        *("is_broken", "is_over", "keeps"),
    )

    def __init__(self, sending: Sending, head: Head, body: RequestBody, started_ns: int) -> None:
        self._sending = sending
        self._head = head
        self._body = body
        self._started_ns = started_ns
        self._parts: Parts | None = None
        self._status = 0
        self.is_over = False
        self.is_broken = False
        self.keeps = False

    async def send(self, response: Response) -> None:
        """All of it at once."""
        self.is_broken = True
        self.keeps = await self._sending.send(self._head, self._body, response, self._started_ns)
        self.is_broken, self.is_over = False, True

    async def write(self, response: Response, part: bytes) -> None:
        """A part of the body of this response, of which the first call writes the head, too."""
        if self._parts is None:
            keeps = self._sending.may_keep(self._head, self._body, response)
            self._parts, self.keeps = self._sending.parts_of(self._head, response, keeps=keeps)
            self._status = response.status
        await self._guarded(self._parts.write(part))

    async def end(self) -> None:
        """The parts were all."""
        assert self._parts is not None
        await self._guarded(self._parts.end())
        self.is_over = True
        self._sending.log(self._head, self._status, self._parts.size, self._started_ns)

    async def until_ended(self) -> None:
        """Wait until the client has ended; see `Channel.until_ended`."""
        await self._sending.channel.until_ended()

    async def _guarded(self, writing: Awaitable[None]) -> None:
        try:
            await writing
        except UsageError:
            raise
        except BaseException:  # also when cancelled: a part of it may have been sent
            self.is_broken = True
            raise
