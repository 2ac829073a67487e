"""A client that resets in the middle of what an ASGI application sends or receives."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import reset
from tests.http.asgi_apps import LAST, body, hello, post, serving, start, without_lifespan
from tests.http.exchange import MOMENT, read_all
from tests.http.responses import answers_in
from zokio.http.asgi.application import Message, Receive, Scope, Send
from zokio.net import TcpStream

Sends: TypeAlias = Callable[[Send], Awaitable[None]]


async def in_parts(send: Send) -> None:
    await start(send)
    while True:
        await body(send, b"x" * 65_536, more=True)


async def at_once(send: Send) -> None:
    await start(send)
    await body(send, b"x" * 10_000_000)


@pytest.mark.parametrize("sends", [in_parts, at_once])
def test_who_sends_to_nobody_is_told_and_then_hears_of_the_disconnect(
    sends: Sends, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[type[Exception] | Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/next":
            return await hello(scope, receive, send)
        await receive()
        try:
            await sends(send)
        except OSError as error:
            heard.append(type(error))
            heard.append(await receive())
            raise

    async def main() -> int:
        status = 0
        async with serving(without_lifespan(app)) as address:
            client = await TcpStream.connect(*address)
            await client.write_all(LAST)
            assert await client.read(65_536)
            reset(client)
            await zokio.sleep(MOMENT)
            async with await TcpStream.connect(*address) as client:
                await client.write_all(LAST.replace(b" / ", b" /next "))
                status = answers_in(await read_all(client))[0].status
        return status

    with caplog.at_level(logging.ERROR):
        assert run_simulated(main()) == 200
    error, message = heard
    assert isinstance(error, type) and issubclass(error, zokio.BrokenError)
    assert message == {"type": "http.disconnect"}
    assert caplog.records == [], "a client that leaves is no failure of the application"


def test_who_receives_from_nobody_hears_of_the_disconnect() -> None:
    heard: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for _ in range(3):
            heard.append(await receive())

    async def main() -> None:
        async with serving(without_lifespan(app)) as address:
            client = await TcpStream.connect(*address)
            await client.write_all(post(b"one", length=6))
            await zokio.sleep(MOMENT)
            reset(client)
            await zokio.sleep(MOMENT)

    run_simulated(main())
    assert [message["type"] for message in heard] == ["http.request", *["http.disconnect"] * 2]
