"""The http scope of ASGI: its fields, the body of the request, and the response."""

from __future__ import annotations

import logging

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.asgi_apps import (
    GET,
    HEAD,
    LAST,
    answers,
    body,
    hello,
    post,
    received_by,
    serving,
    start,
    without_lifespan,
)
from tests.http.exchange import MOMENT, read_all
from zokio.http import Access
from zokio.http.asgi.application import Receive, Scope, Send
from zokio.net import TcpStream

PARTS = 40
"""Of 64 KiB each: more than the buffers between the two hold."""


def scope_of(request: bytes, root_path: str = "") -> Scope:
    found: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        found.append(scope)
        await hello(scope, receive, send)

    answers(app, request, root_path=root_path)
    return found[0]


def test_the_scope_says_what_was_asked() -> None:
    request = b"GET /a%20b?c=%20d HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nConnection: close\r\n\r\n"
    scope = scope_of(request)
    assert scope["type"] == "http"
    assert scope["asgi"]["version"] == "3.0"
    assert (scope["method"], scope["http_version"], scope["scheme"]) == ("GET", "1.1", "http")
    assert (scope["path"], scope["raw_path"]) == ("/a b", b"/a%20b")
    assert (scope["query_string"], scope["root_path"]) == (b"c=%20d", "")
    assert list(scope["headers"]) == [(b"host", b"a"), (b"x-one", b"1"), (b"connection", b"close")]
    assert scope["client"][0] == scope["server"][0] == "127.0.0.1"
    assert scope["state"] == {}


def test_paths_begin_with_where_the_application_is_mounted() -> None:
    scope = scope_of(LAST, "/my api")
    assert (scope["root_path"], scope["path"]) == ("/my api", "/my api/")
    assert scope["raw_path"] == b"/my%20api/"


def test_a_body_comes_in_parts_as_the_client_sends_them() -> None:
    found = received_by(post(b"one", length=6), b"two", count=2)
    assert [(m["body"], m["more_body"]) for m in found] == [(b"one", True), (b"two", False)]


def test_no_body_is_one_empty_message() -> None:
    assert received_by(LAST, count=1) == [{"type": "http.request", "body": b"", "more_body": False}]


def test_when_the_client_leaves_the_application_hears_it() -> None:
    assert received_by(LAST, count=2, ends=True)[1] == {"type": "http.disconnect"}


def test_a_client_that_leaves_in_its_body_is_gone() -> None:
    found = received_by(post(b"one", length=6), count=3, ends=True)
    assert [m["type"] for m in found] == ["http.request", "http.disconnect", "http.disconnect"]


def test_after_its_response_the_application_hears_that_it_is_over() -> None:
    found = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        found.append(await receive())

    assert [a.body for a in answers(app, GET, LAST)] == [b"hello", b"hello"]
    assert found == [{"type": "http.disconnect"}] * 2


def test_requests_in_one_piece_are_answered_in_their_order() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await start(send)
        await body(send, scope["path"].encode())

    pieces = GET.replace(b" / ", b" /1 ") + GET.replace(b" / ", b" /2 ") + LAST
    assert [a.body for a in answers(app, pieces)] == [b"/1", b"/2", b"/"]


def test_a_next_request_that_comes_while_the_application_waits_is_kept() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        with zokio.move_on_after(1):
            await receive()
        await hello(scope, receive, send)

    assert [a.body for a in answers(app, GET, LAST)] == [b"hello", b"hello"]


def test_a_response_in_parts_is_chunked_and_logged_with_its_size() -> None:
    seen: list[Access] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send, 201)
        for part in (b"one", b"", b"two"):
            await body(send, part, more=True)
        await body(send)

    [answer] = answers(app, LAST, access_log=seen.append)
    assert (answer.status, answer.body, answer.is_whole) == (201, b"onetwo", True)
    assert answer.headers["transfer-encoding"] == "chunked"
    assert [(each.status, each.size) for each in seen] == [(201, 6)]


def test_a_response_with_a_length_is_written_so() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send, 200, (b"content-length", b"6"))
        await body(send, b"one", more=True)
        await body(send, b"two")

    [answer] = answers(app, LAST)
    assert (answer.headers["content-length"], answer.body) == ("6", b"onetwo")


def test_the_framing_is_the_servers() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        given = [
            (b"Transfer-Encoding", b"chunked"),
            (b"Date", b"x"),
            (b"Connection", b"keep-alive"),
        ]
        await start(send, 200, *given)
        await body(send, b"one")

    [answer] = answers(app, LAST)
    assert (answer.headers["content-length"], answer.headers["connection"]) == ("3", "close")
    assert answer.headers["date"] != "x"


@pytest.mark.parametrize("more", [False, True])
def test_head_gets_the_head_only(more: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        assert scope["method"] == "HEAD"
        await start(send, 200, (b"content-length", b"5"))
        await body(send, b"hello" if not more else b"hel", more=more)
        if more:
            await body(send, b"lo")

    [answer] = answers(app, HEAD, methods=("HEAD",))
    assert (answer.headers["content-length"], answer.body) == ("5", b"")


def test_a_body_that_is_not_read_is_dropped() -> None:
    unread = post(b"x" * 100).replace(b"Connection: close\r\n", b"")
    assert [a.body for a in answers(hello, unread + LAST)] == [b"hello", b"hello"]


def test_a_slow_client_slows_the_application(caplog: pytest.LogCaptureFixture) -> None:
    sent = 0

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal sent
        await start(send)
        for _ in range(PARTS):
            await body(send, b"x" * 65_536, more=True)
            sent += 1
        await body(send)

    async def main() -> tuple[int, int]:
        before, size = 0, 0
        async with serving(without_lifespan(app)) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(LAST)
                await zokio.sleep(MOMENT)
                before = sent
                size = len(await read_all(client))
        return before, size

    with caplog.at_level(logging.ERROR):
        before, size = run_simulated(main())
    assert before < PARTS == sent
    assert size > PARTS * 65_536
    assert caplog.records == []


def test_a_body_that_is_not_received_stays_with_the_client() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await zokio.sleep(5)
        while (await receive())["more_body"]:
            pass
        await hello(scope, receive, send)

    async def main() -> bool:
        is_held = False
        async with serving(without_lifespan(app)) as address:
            client = await TcpStream.connect(*address)
            async with client:
                with zokio.move_on_after(1) as held:
                    await client.write_all(post(b"x" * 1_000_000))
                is_held = held.cancelled_caught
        return is_held

    assert run_simulated(main())
