"""A server for tests of the HTTP client: what it does with each connection is a script.

It runs on zokio, in the runtime of the test, so on the simulated network as well. `replies` makes
the usual script: read a request by h11, answer it, and so on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TypeAlias

import h11

import zokio
from zokio.net import TcpListener, TcpStream
from zokio.net.tls import TlsStream

TASKS = "connection of a test server"
Script = Callable[[TcpStream], Awaitable[None]]
SomeStream: TypeAlias = TcpStream | TlsStream


@dataclass
class Received:
    """A request as the server got it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class TestServer:
    """Where it listens, and what has come so far."""

    __test__ = False  # no test, whatever its name begins with

    port: int = 0
    connections: int = 0
    requests: list[Received] = field(default_factory=list)
    streams: list[TcpStream] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        """The URL of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def close_connections(self) -> None:
        """Close every connection, as a server does that is tired of idle ones."""
        for stream in self.streams:
            stream.close()


Answer = Callable[[Received], tuple[int, list[tuple[str, str]], bytes]]


@asynccontextmanager
async def serving(
    script: Script | None = None, *, answer: Answer | None = None
) -> AsyncIterator[TestServer]:
    """A server on loopback for as long as the block lasts; without a script it `replies`."""
    server = TestServer()
    run = script or replies(server, answer)
    async with TcpListener.bind("127.0.0.1", 0) as listener, zokio.TaskGroup() as group:
        server.port = listener.local_address[1]
        group.spawn(_accept(server, listener, group, run))
        yield server
        group.cancel_scope.cancel()


async def _accept(
    server: TestServer, listener: TcpListener, group: zokio.TaskGroup, script: Script
) -> None:
    async for stream, _ in listener:
        server.connections += 1
        server.streams.append(stream)
        group.spawn(_serve(stream, script), name=TASKS)


async def _serve(stream: TcpStream, script: Script) -> None:
    async with stream:
        try:
            await script(stream)
        except (OSError, zokio.ClosedError, h11.RemoteProtocolError):
            pass  # the client has gone away, or the test has closed it


def replies(
    server: TestServer, answer: Answer | None = None
) -> Callable[[SomeStream], Awaitable[None]]:
    """Answer one request after the other; without `answer` by what the path says: see `usual`."""

    async def script(stream: SomeStream) -> None:
        connection = h11.Connection(h11.SERVER)
        while True:
            request = await receive(connection, stream)
            if request is None:
                return
            server.requests.append(request)
            status, headers, body = (answer or usual)(request)
            names = {name.lower() for name, _ in headers}
            if "content-length" not in names and "transfer-encoding" not in names:
                headers = [*headers, ("content-length", str(len(body)))]
            data = connection.send(h11.Response(status_code=status, headers=headers)) or b""
            if request.method != "HEAD":
                for start in range(0, len(body), 10_000):
                    part = h11.Data(data=body[start : start + 10_000])
                    data += connection.send(part) or b""
            data += connection.send(h11.EndOfMessage()) or b""
            await stream.write_all(data)
            if connection.our_state is not h11.DONE:
                return
            connection.start_next_cycle()

    return script


async def receive(connection: h11.Connection, stream: SomeStream) -> Received | None:
    """The next request with its body; None: there will be none."""
    request: Received | None = None
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await stream.read(65_536))
        elif isinstance(event, h11.Request):
            headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
            request = Received(event.method.decode(), event.target.decode(), headers)
        elif isinstance(event, h11.Data):
            assert request is not None
            request.body += event.data
        elif isinstance(event, h11.EndOfMessage):
            return request
        else:
            return None


def usual(request: Received) -> tuple[int, list[tuple[str, str]], bytes]:
    """/status/N: that status. /close: no keep-alive. /chunked/N: N bytes in chunks. Else: ok."""
    what, _, number = request.target.strip("/").partition("/")
    if what == "status":
        return int(number), [], b""
    if what == "close":
        return 200, [("connection", "close")], b"bye"
    if what == "chunked":
        return 200, [("transfer-encoding", "chunked")], b"x" * int(number)
    if what == "echo":
        return 200, [], request.body
    return 200, [], b"ok"
