"""ASGI applications that fail, or use ASGI wrongly: what the client gets, and what is logged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import pytest

from tests.http.asgi_apps import GET, LAST, answers, body, hello, post, start
from tests.http.responses import Answer
from zokio.http.asgi.application import Message, Receive, Scope, Send

START: Message = {"type": "http.response.start", "status": 200}
WHOLE: Message = {"type": "http.response.body", "body": b"x"}
PART: Message = {**WHOLE, "more_body": True}


def sending(*messages: Message) -> list[Answer]:
    """The answers of an application that sends these."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return answers(app, LAST)


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.ERROR)
    return caplog


@pytest.mark.parametrize("before", [(), (START,)])
def test_an_error_before_anything_was_written_is_a_500(
    before: Sequence[Message], log: pytest.LogCaptureFixture
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        for message in before:
            await send(message)
        raise ValueError("broken")

    assert [a.status for a in answers(app, LAST)] == [500]
    assert "broken" in log.text


def test_an_error_in_the_middle_cuts_the_response(log: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await start(send)
        await body(send, b"one", more=True)
        raise ValueError("broken")

    [answer] = answers(app, LAST)
    assert (answer.body, answer.is_whole) == (b"one", False)
    assert "broken" in log.text


def test_an_error_behind_the_response_is_only_logged(log: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await hello(scope, receive, send)
        raise ValueError("broken")

    assert [a.body for a in answers(app, GET, LAST)] == [b"hello", b"hello"]
    assert "failed after the response" in log.text


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ((), "the response was not finished"),
        ((START,), "the response was not finished"),
        ((START, START), "start it once"),
        ((WHOLE,), "send 'http.response.start' first"),
        (({"type": "http.response.push"},), "there is no such message of HTTP"),
        (({**START, "headers": [(b"a", b"1\r\nb: 2")]},), "UsageError"),
        (({**START, "headers": [(b"content-length", b"1")]}, PART, PART), "after content-length 1"),
    ],
)
def test_wrong_use_is_told(
    messages: Sequence[Message], said: str, log: pytest.LogCaptureFixture
) -> None:
    answer = sending(*messages)[0]
    assert answer.status == 500 or not answer.is_whole or answer.headers["content-length"] == "1"
    assert said in log.text


def test_a_body_behind_the_last_part_is_told(log: pytest.LogCaptureFixture) -> None:
    assert [a.body for a in sending(START, WHOLE, WHOLE)] == [b"x"]
    assert "the body had its end" in log.text


def test_parts_that_are_not_finished_are_no_response(log: pytest.LogCaptureFixture) -> None:
    [answer] = sending(START, PART)
    assert not answer.is_whole
    assert "the response was not finished" in log.text


def test_a_body_shorter_than_its_length_is_told(log: pytest.LogCaptureFixture) -> None:
    headers = [(b"content-length", b"3")]
    [answer] = sending({**START, "headers": headers}, PART, {**WHOLE, "body": b""})
    assert (answer.body, answer.is_whole) == (b"x", False)
    assert "a body of 1 bytes, after content-length 3" in log.text


def test_what_needs_asyncio_is_told_so(log: pytest.LogCaptureFixture) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.1)

    assert [a.status for a in answers(app, LAST)] == [500]
    assert "the application needs the event loop of asyncio" in log.text


@pytest.mark.parametrize("raises", [False, True])
def test_a_body_that_is_too_large_is_refused(raises: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive())["type"] == "http.request":
            assert message["more_body"]
        if raises:
            raise ValueError("it left")

    chunked = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
    assert [a.status for a in answers(app, chunked, b"64\r\n" + b"x" * 100, max_body=10)] == [413]


def test_a_client_that_ends_in_its_body_hears_it_whatever_the_application_makes_of_it(
    log: pytest.LogCaptureFixture,
) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] == "http.request":
            pass
        raise ConnectionResetError("it left")

    assert [a.status for a in answers(app, post(b"one", length=6), ends=True)] == [400]
    assert log.text == ""
