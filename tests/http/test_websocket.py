"""WebSockets on the real server, on a simulated network in virtual time; wsproto is the client."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from wsproto.events import BytesMessage, Ping, Pong, TextMessage

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import MOMENT, exchange, read_all, serving
from tests.http.responses import answers_in
from tests.http.websocket_client import TOKEN, WebSocketClient, request
from zokio.http import Access, Request, Response, Upgrade
from zokio.http.websocket import WebSocket, WebSocketClosed, accept
from zokio.time import now

# Any: `options` are those of `accept` and of `serve`, which look at them.
Talk = Callable[[WebSocket], Awaitable[object]]
Play = Callable[[WebSocketClient], Awaitable[object]]


async def echo(ws: WebSocket) -> None:
    async for message in ws:
        await ws.send(message)


async def silent(ws: WebSocket) -> None:
    await zokio.sleep(1_000)


def played(
    talk: Talk, play: Play, *lines: str, served: dict[str, Any] | None = None, **options: Any
) -> Any:
    """What `play` returns with a client of this server."""

    async def handler(request: Request) -> Response | Upgrade:
        return accept(request, talk, **options)

    async def main() -> Any:
        found = None
        async with serving(handler, **(served or {})) as address:
            client = await WebSocketClient.open(address, *lines)
            async with client:
                found = await play(client)
        return found

    return run_simulated(main())


def test_messages_come_back_as_they_were_sent() -> None:
    async def play(client: WebSocketClient) -> list[str | bytes]:
        assert b"sec-websocket-accept: " + TOKEN in client.head
        await client.send_text("grüße")
        await client.send(BytesMessage(b"\x00\xff" * 40_000))
        return [await client.message(), await client.message()]

    assert played(echo, play) == ["grüße", b"\x00\xff" * 40_000]


def test_fragments_are_one_message_also_with_a_ping_between() -> None:
    async def play(client: WebSocketClient) -> list[object]:
        await client.send(TextMessage("one ", message_finished=False))
        await client.send(Ping(b"there?"))
        await client.send(TextMessage("two"))
        pong = await client.next()
        assert isinstance(pong, Pong)
        return [bytes(pong.payload), await client.message()]

    assert played(echo, play) == [b"there?", "one two"]


def test_what_is_sent_together_with_the_request_is_not_lost() -> None:
    async def handler(request: Request) -> Response | Upgrade:
        return accept(request, echo)

    async def main() -> str | bytes:
        frame = bytes([0x81, 0x82, 0, 0, 0, 0]) + b"hi"
        found: str | bytes = ""
        async with serving(handler) as address:
            client = await WebSocketClient.open(address, behind=frame)
            async with client:
                found = await client.message()
        return found

    assert run_simulated(main()) == "hi"


def test_messages_are_compressed_when_both_sides_want_it() -> None:
    async def play(client: WebSocketClient) -> str | bytes:
        assert b"sec-websocket-extensions: permessage-deflate" in client.head
        await client.send_text("a" * 10_000)
        return await client.message()

    offer = "Sec-WebSocket-Extensions: permessage-deflate"
    assert played(echo, play, offer, compress=True) == "a" * 10_000


@pytest.mark.parametrize("compress", [False, True])
def test_an_offer_that_is_not_wanted_or_not_understood_is_left(compress: bool) -> None:
    async def play(client: WebSocketClient) -> None:
        assert b"sec-websocket-extensions" not in client.head

    offer = "permessage-deflate; server_max_window_bits=x" if compress else "permessage-deflate"
    played(echo, play, f"Sec-WebSocket-Extensions: {offer}", compress=compress)


def test_the_first_subprotocol_that_both_know_is_taken() -> None:
    async def talk(ws: WebSocket) -> None:
        await ws.send(str(ws.subprotocol))

    async def play(client: WebSocketClient) -> str | bytes:
        assert b"sec-websocket-protocol: b" in client.head
        assert b"x-more: 1" in client.head
        return await client.message()

    offer = "Sec-WebSocket-Protocol: c, b, a"
    headers = {"x-more": "1"}
    assert played(talk, play, offer, subprotocols=("a", "b"), headers=headers) == "b"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 426),
        (request().replace(b"Version: 13", b"Version: 8"), 426),
        (request().replace(b"GET", b"POST"), 400),
        (request().replace(b"dGhl", b"dGh"), 400),
        (request().replace(b"dGhl", "ä".encode()), 400),
        (request("/", "Origin: https://evil.example"), 403),
    ],
)
def test_what_is_no_proper_request_is_refused(sent: bytes, status: int) -> None:
    async def handler(request: Request) -> Response | Upgrade:
        return accept(request, echo, origins=("https://good.example",))

    found = answers_in(run_simulated(exchange(handler, sent, linger=0, idle_timeout=1)))
    assert [answer.status for answer in found] == [status]


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (bytes([0x81, 0x82, 0, 0, 0, 0]) + b"\xff\xff", 1007),
        (bytes([0x83, 0x80, 0, 0, 0, 0]), 1002),  # an opcode that there is not
        (bytes([0x81, 0x02]) + b"hi", 1002),  # not masked
        (bytes([0x82, 0xFE, 1, 0, 0, 0, 0, 0]) + bytes(256), 1009),
        (bytes([0x02, 0xE4, 0, 0, 0, 0]) + bytes(100) + bytes([0x80, 0x81, 0, 0, 0, 0, 7]), 1009),
    ],
)
def test_what_is_against_the_protocol_closes_it_with_its_code(frame: bytes, code: int) -> None:
    ended: list[int] = []

    async def talk(ws: WebSocket) -> None:
        try:
            await ws.receive()
        except WebSocketClosed as closed:
            ended.append(closed.code)

    async def play(client: WebSocketClient) -> int:
        await client.stream.write_all(frame)
        return (await client.closed())[0]

    assert played(talk, play, max_message=100) == code
    assert ended == [code]


def test_the_clients_close_is_answered_and_ends_the_iteration() -> None:
    ended: list[str] = []

    async def talk(ws: WebSocket) -> None:
        async for message in ws:
            ended.append(str(message))
        with pytest.raises(WebSocketClosed):
            await ws.send("too late")
        ended.append("end")

    async def play(client: WebSocketClient) -> tuple[int, str]:
        await client.send_text("last")
        return await client.close(1000, "bye")

    assert played(talk, play) == (1000, "bye")
    assert ended == ["last", "end"]


def test_a_close_for_a_reason_is_raised() -> None:
    found: list[tuple[int, str]] = []

    async def talk(ws: WebSocket) -> None:
        try:
            async for _ in ws:
                pass
        except WebSocketClosed as closed:
            found.append((closed.code, closed.reason))
            raise

    async def play(client: WebSocketClient) -> None:
        await client.close(4000, "mine")

    played(talk, play)
    assert found == [(4000, "mine")]


def test_the_servers_close_waits_for_the_clients() -> None:
    ended: list[float] = []

    async def talk(ws: WebSocket) -> None:
        await zokio.sleep(1)
        await ws.close(3001, "enough")
        ended.append(now())
        assert await ws.receive() == "before the close"
        with pytest.raises(WebSocketClosed, match="3001: enough"):
            await ws.receive()

    async def play(client: WebSocketClient) -> tuple[int, str]:
        await client.send_text("before the close")
        await client.send_text("dropped")
        await zokio.sleep(3)
        return await client.closed()

    assert played(talk, play) == (3001, "enough")
    assert 3 <= ended[0] < 4


def test_a_client_that_does_not_answer_the_close_is_cut_off() -> None:
    async def talk(ws: WebSocket) -> None:
        await ws.close()

    async def play(client: WebSocketClient) -> float:
        begun = now()
        await read_all(client.stream)
        return now() - begun

    assert 5 <= played(talk, play, close_timeout=5) < 6


@pytest.mark.parametrize("wrong", [(1005, ""), (1006, ""), (999, ""), (5000, ""), (1000, "ä" * 62)])
def test_a_close_that_cannot_be_said_is_refused(wrong: tuple[int, str]) -> None:
    async def talk(ws: WebSocket) -> None:
        with pytest.raises(zokio.UsageError):
            await ws.close(*wrong)
        with pytest.raises(zokio.UsageError):
            await ws.send(1)  # type: ignore[arg-type]  # which is refused

    async def play(client: WebSocketClient) -> tuple[int, str]:
        return await client.closed()

    assert played(talk, play) == (1000, "")


def test_an_error_of_the_handler_closes_with_1011_and_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def talk(ws: WebSocket) -> None:
        raise ValueError("my mistake")

    async def play(client: WebSocketClient) -> tuple[int, str]:
        return await client.closed()

    with caplog.at_level(logging.ERROR, "zokio.http"):
        assert played(talk, play) == (1011, "")
    assert "my mistake" in caplog.text


def test_a_close_may_leave_the_handler_and_its_task_group(caplog: pytest.LogCaptureFixture) -> None:
    async def talk(ws: WebSocket) -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(ws.receive())
            await ws.send("ready")
            await zokio.sleep(1_000)

    async def play(client: WebSocketClient) -> tuple[int, str]:
        assert await client.message() == "ready"
        return await client.close(3_000)

    with caplog.at_level(logging.ERROR, "zokio.http"):
        assert played(talk, play) == (3_000, "")
    assert not caplog.text


def test_two_receivers_are_refused_and_a_cancelled_one_loses_nothing() -> None:
    async def talk(ws: WebSocket) -> None:
        with zokio.move_on_after(1):
            await ws.receive()
        async with zokio.TaskGroup() as group:
            group.spawn(again(ws))
            await zokio.yield_now()
            await zokio.sleep(MOMENT)
            with pytest.raises(zokio.BusyError):
                await ws.receive()

    async def again(ws: WebSocket) -> None:
        await ws.send(await ws.receive())

    async def play(client: WebSocketClient) -> str | bytes:
        await zokio.sleep(2)
        await client.send_text("kept")
        return await client.message()

    assert played(talk, play) == "kept"


def test_a_slow_receiver_slows_the_client() -> None:
    sent = [0]

    async def talk(ws: WebSocket) -> None:
        await zokio.sleep(10)
        assert sent[0] < 100
        async for _ in ws:
            sent[0] -= 1

    async def play(client: WebSocketClient) -> None:
        for _ in range(100):
            await client.send(BytesMessage(bytes(60_000)))
            sent[0] += 1
        await client.close()

    played(talk, play, ping_interval=1)
    assert sent == [0]


def test_a_client_that_answers_pings_stays_and_one_that_does_not_is_gone() -> None:
    async def talk(ws: WebSocket) -> None:
        with pytest.raises(WebSocketClosed) as closed:
            await ws.receive()
        assert closed.value.code == 1006
        raise closed.value

    async def play(client: WebSocketClient) -> float:
        with zokio.move_on_after(100) as waiting:
            await client.next()
        assert waiting.cancelled_caught
        begun = now()
        client.answers_pings = False
        await client.next()
        return now() - begun

    assert 20 <= played(talk, play, ping_interval=10) <= 30


def test_a_client_that_does_not_read_is_given_up_by_whoever_sends() -> None:
    gone: list[float] = []

    async def talk(ws: WebSocket) -> None:
        begun = now()
        with pytest.raises(WebSocketClosed):
            while True:
                await ws.send(bytes(300_000))
        gone.append(now() - begun)

    async def play(client: WebSocketClient) -> None:
        await zokio.sleep(100)

    played(talk, play, served={"write_timeout": 7}, ping_interval=50)
    assert 7 <= gone[0] < 8


def test_a_send_that_is_cancelled_in_the_middle_breaks_it() -> None:
    async def talk(ws: WebSocket) -> None:
        with zokio.move_on_after(1):
            await ws.send(bytes(10_000_000))
        with pytest.raises(WebSocketClosed):
            await ws.send("half a frame is none")

    async def play(client: WebSocketClient) -> None:
        await zokio.sleep(2)
        await read_all(client.stream)

    played(talk, play)


def test_a_client_that_just_leaves_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    async def play(client: WebSocketClient) -> None:
        await client.stream.shutdown_write()
        await read_all(client.stream)

    played(silent_until_closed, play)
    assert not caplog.text


async def silent_until_closed(ws: WebSocket) -> None:
    await ws.receive()


def test_a_shutdown_says_going_away_and_a_handler_that_goes_on_is_cancelled() -> None:
    stop = zokio.CancellationToken()

    async def play(client: WebSocketClient) -> tuple[tuple[int, str], float]:
        await zokio.sleep(MOMENT)
        begun = now()
        stop.cancel()
        code = await client.closed()
        await read_all(client.stream)
        return code, now() - begun

    for talk, least, most in ((echo, 0, 1), (silent, 3, 4)):
        stop = zokio.CancellationToken()
        served = {"stop": stop, "grace": 3}
        code, seconds = played(talk, play, served=served)
        assert code == (1001, "the server stops")
        assert least <= seconds < most


def test_the_access_log_has_the_101() -> None:
    seen: list[Access] = []

    async def play(client: WebSocketClient) -> None:
        assert [each.status for each in seen] == [101]
        await client.close()

    played(echo, play, served={"access_log": seen.append})
    assert [each.status for each in seen] == [101]
