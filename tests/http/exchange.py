"""One client and the real server on a simulated network in virtual time: bytes in, bytes out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.responses import Answer, answers_in
from zokio.http import Request, Response, serve
from zokio.http.service import Handler
from zokio.http.stream import Stream
from zokio.net import TcpStream

# Any: `options` are those of `serve`, which looks at them.
MOMENT = 0.01
"""Seconds of virtual time: so much lies between two pieces, and the server is done by then."""


async def hello(request: Request) -> Response:
    """A handler that does not read the body."""
    return Response(body=b"hello")


async def echo(request: Request) -> Response:
    """A handler that reads it all."""
    return Response(body=await request.body.read())


@asynccontextmanager
async def serving(
    handler: Handler, *, stop: zokio.CancellationToken | None = None, **options: Any
) -> AsyncIterator[tuple[str, int]]:
    """The address of a server, which is stopped at the end of the block and waited for."""
    token = stop or zokio.CancellationToken()
    bound: list[tuple[str, int]] = []
    async with zokio.TaskGroup() as group:
        group.spawn(serve(handler, "127.0.0.1", 0, ready=bound.append, stop=token, **options))
        while not bound:
            await zokio.yield_now()
        yield bound[0]
        token.cancel()


async def read_all(client: Stream) -> bytes:
    """Everything until the server ends the connection; a reset is such an end."""
    received = b""
    try:
        while data := await client.read(65_536):
            received += data
    except zokio.BrokenError:
        pass
    return received


async def send(client: TcpStream, pieces: tuple[bytes, ...]) -> None:
    """One piece after another; the server may have ended it before the last one."""
    try:
        for piece in pieces:
            await client.write_all(piece)
            await zokio.sleep(MOMENT)
    except zokio.BrokenError:
        pass


async def end(client: TcpStream) -> None:
    """Shut it down for writing, if it is not gone."""
    try:
        await client.shutdown_write()
    except zokio.BrokenError:
        pass


async def exchange(handler: Handler, *pieces: bytes, ends: bool = False, **options: Any) -> bytes:
    """What a client gets that sends these pieces and then waits for the end.

    Args:
        ends: it shuts its side down first.
    """
    received = b""
    async with serving(handler, **options) as address:
        client = await TcpStream.connect(*address)
        async with client:
            await send(client, pieces)
            if ends:
                await end(client)
            received = await read_all(client)
    return received


def answers(handler: Handler, *pieces: bytes, ends: bool = False, **options: Any) -> list[Answer]:
    """The answers of an exchange."""
    return answers_in(run_simulated(exchange(handler, *pieces, ends=ends, **options)))


def statuses(handler: Handler, *pieces: bytes, **options: Any) -> list[int]:
    """Their statuses."""
    return [answer.status for answer in answers(handler, *pieces, **options)]


def recording(seen: list[str]) -> Handler:
    """A handler that notes the targets which it is asked for, and reads the body."""

    async def handle(request: Request) -> Response:
        seen.append(request.target)
        return Response(body=await request.body.read())

    return handle
