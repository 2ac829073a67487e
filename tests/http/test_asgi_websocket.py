"""The websocket scope of ASGI: accepted or denied, messages both ways, and the codes of its end."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from wsproto.events import BytesMessage

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.asgi_apps import answers, serving, without_lifespan
from tests.http.exchange import MOMENT
from tests.http.websocket_client import WebSocketClient, request
from zokio.http.asgi.application import Application, Message, Receive, Scope, Send
from zokio.net import TcpStream

ACCEPT: Message = {"type": "websocket.accept"}
CLOSE: Message = {"type": "websocket.close"}
START: Message = {"type": "websocket.http.response.start", "status": 401}
BODY: Message = {"type": "websocket.http.response.body", "body": b"no"}
Play = Callable[[WebSocketClient], Awaitable[object]]


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    assert await receive() == {"type": "websocket.connect"}
    await send(ACCEPT)
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


def saying(*messages: Message, seen: list[Message] | None = None) -> Application:
    """An application that sends these, and then receives one if it is to be noted."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        for message in messages:
            await send(message)
        if seen is not None:
            seen.append(await receive())

    return app


def played(app: Application, play: Play, *lines: str, **options: Any) -> Any:
    """What `play` returns with a client of this application."""

    async def main() -> Any:
        found = None
        async with serving(without_lifespan(app), **options) as address:
            client = await WebSocketClient.open(address, *lines)
            async with client:
                found = await play(client)
        return found

    return run_simulated(main())


async def closed(client: WebSocketClient) -> object:
    return await client.closed()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.ERROR)
    return caplog


def test_texts_and_bytes_come_back(log: pytest.LogCaptureFixture) -> None:
    async def play(client: WebSocketClient) -> list[object]:
        await client.send_text("grüße")
        await client.send(BytesMessage(b"\x00\xff"))
        return [await client.message(), await client.message(), await client.close()]

    assert played(echo, play) == ["grüße", b"\x00\xff", (1000, "")]
    assert log.text == ""


def test_the_scope_says_what_was_asked() -> None:
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)
        await saying(CLOSE)(scope, receive, send)

    answers(app, request("/a?b", "Sec-WebSocket-Protocol: one, two"), root_path="/api")
    [scope] = found
    assert (scope["type"], scope["scheme"], scope["path"]) == ("websocket", "ws", "/api/a")
    assert (scope["query_string"], scope["subprotocols"]) == (b"b", ["one", "two"])
    assert "websocket.http.response" in scope["extensions"]


def test_the_application_chooses_the_subprotocol_and_adds_headers() -> None:
    async def play(client: WebSocketClient) -> bytes:
        return client.head

    accepting = {**ACCEPT, "subprotocol": "two", "headers": [(b"x-more", b"1")]}
    head = played(saying(accepting), play, "Sec-WebSocket-Protocol: one, two")
    assert b"sec-websocket-protocol: two" in head
    assert b"x-more: 1" in head


@pytest.mark.parametrize(
    ("messages", "end"),
    [
        ([ACCEPT], (1000, "")),
        ([ACCEPT, {**CLOSE, "code": 4001, "reason": "bye"}], (4001, "bye")),
        ([ACCEPT, CLOSE], (1000, "")),
        ([ACCEPT, {**CLOSE, "reason": None}], (1000, "")),
    ],
)
def test_the_application_closes_it(messages: list[Message], end: object) -> None:
    assert played(saying(*messages), closed) == end


def test_the_application_hears_the_close_of_the_client() -> None:
    seen: list[Message] = []

    async def play(client: WebSocketClient) -> object:
        return await client.close(4002, "done")

    played(saying(ACCEPT, seen=seen), play)
    assert seen == [{"type": "websocket.disconnect", "code": 4002, "reason": "done"}]


def test_sending_to_who_has_closed_is_an_oserror_and_is_not_logged(
    log: pytest.LogCaptureFixture,
) -> None:
    seen: list[type] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await saying(ACCEPT, seen=[])(scope, receive, send)
        try:
            await send({"type": "websocket.send", "text": "late"})
        except OSError as error:
            seen.append(type(error))
            raise

    async def play(client: WebSocketClient) -> object:
        return await client.close()

    played(app, play)
    assert seen == [zokio.BrokenError]
    assert log.text == ""


def test_an_application_that_fails_closes_with_1011(log: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await saying(ACCEPT)(scope, receive, send)
        raise ValueError("broken")

    assert played(app, closed) == (1011, "")
    assert "broken" in log.text


def test_a_shutdown_closes_with_1001() -> None:
    stop = zokio.CancellationToken()

    async def play(client: WebSocketClient) -> object:
        stop.cancel()
        return await client.closed()

    assert played(echo, play, stop=stop) == (1001, "the server stops")


@pytest.mark.parametrize(
    ("messages", "status", "body"),
    [
        ([CLOSE], 403, b"the application has denied this\n"),
        ([START, BODY], 401, b"no"),
        ([START, {**BODY, "more_body": True}, BODY], 401, b"nono"),
    ],
)
def test_it_is_denied(messages: list[Message], status: int, body: bytes) -> None:
    seen: list[Message] = []
    [answer] = answers(saying(*messages, seen=seen), request("/", "Connection: close"))
    assert (answer.status, answer.body) == (status, body)
    assert seen == [{"type": "websocket.disconnect", "code": 1006, "reason": ""}]


@pytest.mark.parametrize("raises", [False, True])
def test_an_application_that_decides_nothing_is_a_500(
    raises: bool, log: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if raises:
            raise ValueError("broken")

    [answer] = answers(app, request("/", "Connection: close"))
    assert answer.status == 500
    assert ("broken" if raises else "neither accepted nor closed") in log.text


def test_what_is_no_proper_request_never_reaches_the_application() -> None:
    asked = request("/", "Connection: close").replace(b"Version: 13", b"Version: 7")
    [answer] = answers(saying(), asked)
    assert answer.status == 426


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([{"type": "websocket.send", "text": "x"}], "accept the WebSocket or deny it first"),
        ([BODY], "accept the WebSocket or deny it first"),
        ([START, ACCEPT], "accept the WebSocket or deny it first"),
        ([CLOSE, ACCEPT], "it was denied"),
    ],
)
def test_wrong_use_is_told(
    messages: list[Message], said: str, log: pytest.LogCaptureFixture
) -> None:
    answers(saying(*messages), request("/", "Connection: close"))
    assert said in log.text


def test_accepting_twice_is_told(log: pytest.LogCaptureFixture) -> None:
    assert played(saying(ACCEPT, ACCEPT), closed) == (1011, "")
    assert "the WebSocket is open" in log.text


def test_who_leaves_before_the_decision_ends_the_application() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await zokio.sleep(1_000)
        finally:
            seen.append("cancelled")

    async def main() -> None:
        async with serving(without_lifespan(app), grace=1) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(request())
                await zokio.sleep(MOMENT)

    run_simulated(main())
    assert seen == ["cancelled"]
