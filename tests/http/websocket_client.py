"""A client of WebSockets for tests: wsproto's other side, over any stream, one step at a time."""

from __future__ import annotations

from collections import deque

from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.extensions import Extension, PerMessageDeflate

import zokio
from zokio.net import TcpStream

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
TOKEN = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, 1.3
END = b"\r\n\r\n"


def request(path: str = "/", *lines: str) -> bytes:
    """The head that asks for a WebSocket, with further lines."""
    head = [
        f"GET {path} HTTP/1.1",
        "Host: a",
        "Connection: keep-alive, Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY.decode()}",
        *lines,
    ]
    return "\r\n".join(head).encode() + END


class WebSocketClient:
    """Connect with `await WebSocketClient.open(address)`; leave the block to close the stream."""

    def __init__(self, stream: TcpStream, head: bytes, extensions: list[Extension]) -> None:
        self.stream = stream
        self.head = head
        self.protocol = Connection(ConnectionType.CLIENT, extensions)
        self.events: deque[Event] = deque()
        self.answers_pings = True

    @classmethod
    async def open(
        cls, address: tuple[str, int], *lines: str, path: str = "/", behind: bytes = b""
    ) -> WebSocketClient:
        """Ask for a WebSocket and read the 101; `behind` is sent together with the request."""
        stream = await TcpStream.connect(*address)
        await stream.write_all(request(path, *lines) + behind)
        received = b""
        while END not in received:
            received += await stream.read(65_536)
        head, _, rest = received.partition(END)
        extensions: list[Extension] = []
        if b"permessage-deflate" in head:
            extensions = [PerMessageDeflate()]
            extensions[0].finalize("permessage-deflate")
        client = cls(stream, head, extensions)
        client.protocol.receive_data(rest)
        client.events.extend(client.protocol.events())
        return client

    async def __aenter__(self) -> WebSocketClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.stream.close()

    async def send(self, event: Event) -> None:
        await self.stream.write_all(self.protocol.send(event))

    async def send_text(self, text: str) -> None:
        await self.send(TextMessage(text))

    async def next(self) -> Event:
        """The next event that is no ping; a CloseConnection with 1006 at the end of the stream."""
        while True:
            while not self.events:
                try:
                    data = await self.stream.read(65_536)
                except zokio.BrokenError:
                    data = b""
                self.protocol.receive_data(data or None)
                self.events.extend(self.protocol.events())
            event = self.events.popleft()
            if not isinstance(event, Ping):
                return event
            if self.answers_pings:
                await self.send(event.response())

    async def message(self) -> str | bytes:
        """The next message, whole."""
        text, data = "", b""
        while True:
            event = await self.next()
            assert isinstance(event, TextMessage | BytesMessage), event
            if isinstance(event, TextMessage):
                text += event.data
            else:
                data += event.data
            if event.message_finished:
                return text if isinstance(event, TextMessage) else data

    async def closed(self) -> tuple[int, str]:
        """The code and reason of the server's close, which is answered."""
        event = await self.next()
        assert isinstance(event, CloseConnection), event
        if event.code != 1006 and self.protocol.state.name == "REMOTE_CLOSING":
            await self.send(event.response())
        return event.code, event.reason or ""

    async def close(self, code: int = 1000, reason: str = "") -> tuple[int, str]:
        """Close it; what the server answers."""
        await self.send(CloseConnection(code, reason))
        return await self.closed()
