"""ASGI applications on the simulated network: what a client gets of one, and small applications."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import end, read_all, send
from tests.http.responses import Answer, answers_in
from zokio.http import asgi
from zokio.http.asgi.application import Application, Message, Receive, Scope, Send
from zokio.net import TcpStream

# Any: `options` are those of `serve`, which looks at them.
GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
LAST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
HEAD = LAST.replace(b"GET", b"HEAD")


def post(body: bytes, *, length: int | None = None) -> bytes:
    """The last request of a connection, with a body, or the beginning of one."""
    size = len(body) if length is None else length
    return (
        b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % size
    ) + body


def without_lifespan(app: Application) -> Application:
    """An application of http and websocket only."""

    async def only(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise ValueError("what is a lifespan?")
        await app(scope, receive, send)

    return only


async def start(send: Send, status: int = 200, *headers: tuple[bytes, bytes]) -> None:
    """Begin the response."""
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def body(send: Send, part: bytes = b"", *, more: bool = False) -> None:
    """A part of it."""
    await send({"type": "http.response.body", "body": part, "more_body": more})


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    """It does not read the body."""
    await start(send, 200, (b"x-app", b"hello"))
    await body(send, b"hello")


@asynccontextmanager
async def serving(
    app: Application, *, stop: zokio.CancellationToken | None = None, **options: Any
) -> AsyncIterator[tuple[str, int]]:
    """The address of a server, which is stopped at the end of the block and waited for."""
    token = stop or zokio.CancellationToken()
    bound: list[Any] = []
    async with zokio.TaskGroup() as group:
        group.spawn(asgi.serve(app, port=0, ready=bound.append, stop=token, **options))
        while not bound:
            await zokio.yield_now()
        yield bound[0]
        token.cancel()


def answers(
    app: Application,
    *pieces: bytes,
    ends: bool = False,
    methods: tuple[str, ...] = (),
    **options: Any,
) -> list[Answer]:
    """What a client gets that sends these pieces and waits for the end."""

    async def main() -> bytes:
        received = b""
        async with serving(without_lifespan(app), **options) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await send(client, pieces)
                if ends:
                    await end(client)
                received = await read_all(client)
        return received

    return answers_in(run_simulated(main()), methods)


def received_by(*pieces: bytes, count: int, ends: bool = False) -> list[Message]:
    """The first messages of an application that receives so many, and then answers."""
    found: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(count):
            found.append(await receive())
        await hello(scope, receive, send)

    answers(app, *pieces, ends=ends)
    return found
