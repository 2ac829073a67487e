"""Upgrade: a handler may only switch to what the client has asked for, with nothing in the way."""

from __future__ import annotations

import logging

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import exchange
from tests.http.responses import answers_in
from zokio.http import Request, Response, Upgrade, Upgraded
from zokio.http.service import Handler

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
ASKS = b"Connection: upgrade\r\nUpgrade: test\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


async def echo(upgraded: Upgraded) -> None:
    """One answer, with what came behind the request."""
    await upgraded.stream.write_all(b"taken: " + upgraded.buffered)


def switching(*, reads: bool = False) -> Handler:
    """A handler that upgrades whatever is asked for, but for /next."""

    async def handler(request: Request) -> Response | Upgrade:
        if request.path == "/next":
            return Response(body=b"next")
        if reads:
            await request.body.read()
        return Upgrade("Test", echo)

    return handler


def gets(sent: bytes, *, reads: bool = False) -> bytes:
    return run_simulated(exchange(switching(reads=reads), sent, linger=0, idle_timeout=1))


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (GET + b"\r\n", "does not ask for it"),
        (GET + b"Upgrade: test\r\n\r\n", "does not ask for it"),
        (GET + b"Connection: upgrade\r\n\r\n", "does not ask for it"),
        (GET + b"Connection: upgrade\r\nUpgrade: tests, te\r\n\r\n", "does not ask for it"),
        (GET.replace(b"1.1", b"1.0") + ASKS + b"Connection: keep-alive\r\n\r\n", "HTTP/1.1"),
        (POST + ASKS + b"\r\nabc", "its body has to be read"),
    ],
)
def test_an_upgrade_that_may_not_be_is_answered_with_500_and_the_connection_goes_on(
    sent: bytes, complaint: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR, "zokio.http"):
        found = answers_in(gets(sent + NEXT))
    assert [(answer.status, answer.body) for answer in found] == [
        (500, b"Internal Server Error\n"),
        (200, b"next"),
    ]
    assert "UsageError: Upgrade('Test')" in caplog.text
    assert complaint in caplog.text


@pytest.mark.parametrize(
    "sent",
    [
        GET + ASKS,
        GET + b"Connection: keep-alive, UPGRADE\r\nUpgrade: other/2, TEST\r\n",
        GET
        + b"Connection: keep-alive\r\nConnection: upgrade\r\nUpgrade: other\r\nUpgrade: test\r\n",
    ],
)
def test_what_is_asked_for_is_found_in_lists_and_in_any_case(sent: bytes) -> None:
    head, _, rest = gets(sent + b"\r\nbehind").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert b"\r\nconnection: Upgrade\r\nupgrade: Test" in head
    assert rest == b"taken: behind"


def test_a_body_that_was_read_is_not_in_the_way() -> None:
    head, _, rest = gets(POST + ASKS + b"\r\nabcbehind", reads=True).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 ")
    assert rest == b"taken: behind"


@pytest.mark.parametrize(
    ("protocol", "headers"),
    [("te\nst", {}), ("test", {"x": "a\r\nset-cookie: b"}), ("test", {"connection": "upgrade"})],
)
def test_headers_that_cannot_be_sent_are_refused(protocol: str, headers: dict[str, str]) -> None:
    with pytest.raises(zokio.UsageError):
        Upgrade(protocol, echo, headers)


def test_an_error_of_the_taker_is_logged_and_ends_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(upgraded: Upgraded) -> None:
        raise ValueError("my mistake")

    async def handler(request: Request) -> Response | Upgrade:
        return Upgrade("test", fail)

    with caplog.at_level(logging.ERROR, "zokio.http"):
        found = run_simulated(exchange(handler, GET + ASKS + b"\r\n", linger=0))
    assert found.endswith(b"\r\n\r\n")
    assert found.count(b"HTTP/1.1 ") == 1
    assert "my mistake" in caplog.text
