"""Starlette on zokio's own ASGI server: plain async endpoints, WebSockets, and the lifespan."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.asgi_apps import LAST, answers, post, serving
from tests.http.exchange import read_all
from tests.http.responses import answers_in
from tests.http.websocket_client import WebSocketClient
from zokio.http import asgi
from zokio.net import TcpStream

pytest.importorskip("starlette")

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[Mapping[str, Any]]:
    yield {"greeting": "hello"}


async def greet(request: Request) -> Response:
    await zokio.sleep(1)
    return PlainTextResponse(request.state.greeting)


async def double(request: Request) -> Response:
    return JSONResponse({"twice": 2 * (await request.json())["number"]})


def blocking(request: Request) -> Response:
    return PlainTextResponse("from a thread")


async def streamed(request: Request) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    return StreamingResponse(parts())


async def echo(ws: WebSocket) -> None:
    await ws.accept()
    async for text in ws.iter_text():
        await ws.send_text(text)


def starlette() -> Starlette:
    routes = [
        Route("/", greet),
        Route("/", double, methods=["POST"]),
        Route("/blocking", blocking),
        Route("/streamed", streamed),
        WebSocketRoute("/", echo),
    ]
    return Starlette(routes=routes, lifespan=lifespan)


def test_endpoints_use_what_the_lifespan_has_made(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> bytes:
        received = b""
        async with serving(starlette()) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(LAST)
                received = await read_all(client)
        return received

    with caplog.at_level(logging.ERROR):
        [answer] = answers_in(run_simulated(main()))
    assert (answer.status, answer.body) == (200, b"hello")
    assert caplog.text == ""


def test_json_is_read_and_written() -> None:
    [answer] = answers(starlette(), post(b'{"number": 21}'))
    assert (answer.status, answer.body) == (200, b'{"twice":42}')


def test_what_is_not_there_is_404() -> None:
    assert [a.status for a in answers(starlette(), LAST.replace(b" / ", b" /no "))] == [404]


def test_responses_are_streamed() -> None:
    [answer] = answers(starlette(), LAST.replace(b" / ", b" /streamed "))
    assert (answer.status, answer.body, answer.is_whole) == (200, b"onetwo", True)


def test_endpoints_in_threads_need_asyncio_and_are_told_so(
    caplog: pytest.LogCaptureFixture,
) -> None:
    [answer] = answers(starlette(), LAST.replace(b" / ", b" /blocking "))
    assert answer.status == 500
    assert "the application needs the event loop of asyncio" in caplog.text


def test_websockets_work() -> None:
    async def main() -> object:
        found: object = None
        async with serving(starlette()) as address:
            client = await WebSocketClient.open(address)
            async with client:
                await client.send_text("hi")
                found = await client.message(), await client.close()
        return found

    assert run_simulated(main()) == ("hi", (1000, ""))


def test_a_cancelled_server_logs_no_failure_of_its_lifespan(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def main() -> None:
        with zokio.move_on_after(1):
            await asgi.serve(starlette(), port=0)

    with caplog.at_level(logging.ERROR):
        run_simulated(main())
    assert caplog.text == ""
