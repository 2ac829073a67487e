"""What handlers return, and what becomes of it on the wire."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import MOMENT, answers, exchange, hello, read_all, serving, statuses
from tests.http.responses import answers_in
from zokio.http import Access, File, HttpError, Request, Response, log_access
from zokio.http.service import Handler
from zokio.net import TcpStream

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
OLD = b"GET / HTTP/1.0\r\n\r\n"


def returning(response: object) -> Handler:
    async def handle(request: Request) -> Response:
        return response  # type: ignore[return-value]  # some tests return what is none

    return handle


async def parts(*given: bytes) -> AsyncIterator[bytes]:
    for part in given:
        yield part


def streaming(*given: bytes, status: int = 200, length: int | None = None) -> Handler:
    async def handle(request: Request) -> Response:
        headers = {} if length is None else {"content-length": str(length)}
        return Response(status, parts(*given), headers)

    return handle


def test_a_head_request_gets_the_headers_of_a_get() -> None:
    head = b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"
    raw = run_simulated(exchange(hello, head + GET))
    first, second = answers_in(raw, ("HEAD", "GET"))
    assert first.headers == second.headers
    assert (first.body, second.body) == (b"", b"hello")


def test_a_handler_of_head_may_say_a_length_without_a_body() -> None:
    empty = Response(headers={"content-length": "1234"})
    raw = run_simulated(exchange(returning(empty), b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" + GET))
    found = answers_in(raw, ("HEAD", "GET"))
    assert [answer.headers["content-length"] for answer in found] == ["1234", "0"]


@pytest.mark.parametrize("status", (204, 304))
def test_a_status_without_a_body_has_none(status: int) -> None:
    found = answers(returning(Response(status, b"not to be sent")), GET + GET)
    assert [answer.status for answer in found] == [status, status]
    assert "content-length" not in found[0].headers


def test_text_and_bytes_of_all_kinds_are_sent() -> None:
    for body in ("é", "é".encode(), bytearray("é".encode()), memoryview("é".encode())):
        assert answers(returning(Response(body=body)), GET)[0].body == b"\xc3\xa9"


def test_a_body_in_parts_is_chunked_and_the_next_request_is_answered() -> None:
    found = answers(streaming(b"one", b"", b"two"), GET + GET)
    assert [answer.body for answer in found] == [b"onetwo", b"onetwo"]
    assert found[0].headers["transfer-encoding"] == "chunked"


def test_a_body_in_parts_for_http_1_0_ends_with_the_connection() -> None:
    keep = OLD.replace(b"\r\n\r\n", b"\r\nConnection: keep-alive\r\n\r\n")
    found = answers(streaming(b"one", b"two"), keep)
    assert found[0].body == b"onetwo"
    assert found[0].headers["connection"] == "close"


def test_a_body_in_parts_may_say_its_length() -> None:
    found = answers(streaming(b"one", b"two", length=6), GET + GET)
    assert [answer.body for answer in found] == [b"onetwo", b"onetwo"]
    assert found[0].headers["content-length"] == "6"


@pytest.mark.parametrize("length", (5, 7))
def test_a_length_that_is_wrong_ends_the_connection(length: int) -> None:
    found = answers(streaming(b"one", b"two", length=length), GET + GET)
    assert len(found) == 1
    assert found[0].status == 500 or not found[0].is_whole


def test_the_head_of_a_body_in_parts_is_all_that_head_gets() -> None:
    raw = run_simulated(exchange(streaming(b"one"), b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"))
    (found,) = answers_in(raw, ("HEAD",))
    assert found.headers["transfer-encoding"] == "chunked"
    assert raw.endswith(b"\r\n\r\n")


def test_the_next_part_is_asked_for_when_the_client_has_room() -> None:
    asked = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            asked.append(1)
            yield bytes(10_000)

    async def handle(request: Request) -> Response:
        return Response(body=endless())

    async def main() -> None:
        async with serving(handle, write_timeout=1_000, grace=0) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(GET)
                await zokio.sleep(MOMENT)
                assert len(asked) <= 7  # 64 KiB is what the simulated network holds
                await client.read(65_536)
                await zokio.sleep(MOMENT)
                assert 7 < len(asked) <= 14

    run_simulated(main())


def test_a_request_body_is_read_only_when_it_is_asked_for() -> None:
    received = []

    async def slow(request: Request) -> Response:
        async for part in request.body:
            received.append(len(part))
            await zokio.sleep(10)
        return Response(body=str(sum(received)))

    async def main() -> None:
        async with serving(slow, idle_timeout=1) as address:
            client = await TcpStream.connect(*address)
            async with client, zokio.TaskGroup() as group:
                await client.write_all(
                    b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n"
                )
                sending = group.spawn(client.write_all(bytes(500_000)))
                await zokio.sleep(15)
                assert sum(received) <= 2 * 65_536
                assert not sending.is_finished()
                found = answers_in(await read_all(client))
        assert found[0].body == b"500000"

    run_simulated(main())


def test_a_handler_may_answer_while_it_reads() -> None:
    async def mirror(request: Request) -> Response:
        return Response(body=request.body)

    post = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    pieces = (post, b"3\r\nabc\r\n", b"3\r\ndef\r\n0\r\n\r\n" + GET)
    assert [answer.body for answer in answers(mirror, *pieces)] == [b"abcdef", b""]


def test_errors_are_logged_and_answered_and_the_connection_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(request: Request) -> Response:
        raise ValueError("a secret")

    found = answers(fail, GET + GET)
    assert [answer.status for answer in found] == [500, 500]
    assert b"secret" not in found[0].body
    assert [record.exc_info is not None for record in caplog.records] == [True, True]


def test_what_is_no_response_is_answered_with_500(caplog: pytest.LogCaptureFixture) -> None:
    assert statuses(returning("text"), GET) == [500]
    assert "instead of a Response" in caplog.text


def test_an_http_error_is_answered_with_its_status() -> None:
    async def refuse(request: Request) -> Response:
        raise HttpError(418, "short and stout")

    found = answers(refuse, GET)
    assert (found[0].status, found[0].body) == (418, b"short and stout\n")


@pytest.mark.parametrize("status", (100, 200, 399, 600))
def test_what_is_no_error_is_no_http_error(status: int) -> None:
    with pytest.raises(zokio.UsageError):
        HttpError(status)


def test_a_status_that_cannot_be_sent_is_refused() -> None:
    for status in (100, 199, 600):
        with pytest.raises(zokio.UsageError):
            Response(status)


def test_an_access_log_that_fails_costs_nobody_his_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(access: Access) -> None:
        raise ValueError("the disk is full")

    assert statuses(hello, GET + GET, access_log=fail) == [200, 200]
    assert "the access log failed" in caplog.text


def test_a_body_that_fails_before_its_first_part_is_answered_with_500(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing(parts_before: int) -> AsyncIterator[bytes]:
        for _ in range(parts_before):
            yield b"part"
        raise ValueError("no more")

    assert statuses(returning(Response(body=failing(0))), GET) == [500]
    (cut,) = answers(returning(Response(body=failing(1))), GET + GET)
    assert (cut.status, cut.body, cut.is_whole) == (200, b"part", False)
    assert len(caplog.records) == 2


def test_a_body_in_parts_is_closed_when_the_client_leaves() -> None:
    closed = []

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(100_000)
        finally:
            closed.append(True)

    async def main() -> None:
        async with serving(returning(Response(body=endless()))) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(GET)
                await client.read(1)
            await zokio.sleep(MOMENT)
            assert closed == [True]

    run_simulated(main())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x", "a\r\nset-cookie: b"),
        ("x", "a\nb"),
        ("x", "a\x00b"),
        ("x y", "a"),
        ("x:", "a"),
        ("", "a"),
        ("x", "\u20ac"),
        ("transfer-encoding", "chunked"),
        ("connection", "upgrade"),
        ("content-length", "many"),
    ],
)
def test_a_header_that_would_split_the_response_is_refused(name: str, value: str) -> None:
    with pytest.raises(zokio.UsageError):
        Response(headers={name: value})


def test_a_response_may_end_the_connection() -> None:
    found = answers(returning(Response(headers=[("Connection", "close")])), GET + GET)
    assert [answer.headers["connection"] for answer in found] == ["close"]


def test_http_1_0_is_kept_alive_when_it_asks() -> None:
    keep = OLD.replace(b"\r\n\r\n", b"\r\nConnection: Keep-Alive\r\n\r\n")
    found = answers(hello, keep + OLD + OLD)
    assert [answer.headers["connection"] for answer in found] == ["keep-alive", "close"]


def test_what_a_request_says() -> None:
    seen = []

    async def look(request: Request) -> Response:
        seen.append(request)
        return Response()

    sent = b"GET http://a/x%20y/%2F?q=%20 HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-a: 2\r\n\r\n"
    answers(look, sent)
    (request,) = seen
    assert (request.method, request.version) == ("GET", "1.1")
    assert (request.path, request.raw_path, request.query) == ("/x y//", "/x%20y/%2F", "q=%20")
    assert request.headers["X-A"] == "1, 2"
    assert request.headers.get_all("x-a") == ["1", "2"]
    assert dict(request.headers) == {"host": "a", "x-a": "1, 2"}
    assert len(request.headers) == 2
    assert "none" not in request.headers
    assert request.peer_address[0] == "127.0.0.1"


def test_a_body_is_not_read_after_the_response(caplog: pytest.LogCaptureFixture) -> None:
    kept: list[Request] = []

    async def keep(request: Request) -> Response:
        if kept:
            with pytest.raises(zokio.ClosedError):
                await kept[0].body.read()
        kept.append(request)
        return Response()

    post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    assert statuses(keep, post + post) == [200, 200]


def test_a_chunked_body_over_the_limit_is_answered_with_413() -> None:
    async def read(request: Request) -> Response:
        return Response(body=await request.body.read())

    chunk = b"8\r\n12345678\r\n"
    post = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    found = answers(read, post + chunk * 3 + b"0\r\n\r\n" + GET, max_body=20)
    assert [answer.status for answer in found] == [413]


def test_the_access_log_has_a_record_for_every_answer(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[Access] = []
    statuses(
        hello,
        b"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nnonsense\r\n\r\n",
        access_log=seen.append,
    )
    whole = [(each.method, each.target, each.version, each.status, each.size) for each in seen]
    assert whole == [("GET", "/a", "1.0", 200, 5), ("", "", "1.1", 400, seen[1].size)]
    caplog.set_level(logging.INFO, "zokio.http.access")
    log_access(seen[0])
    assert '127.0.0.1 "GET /a HTTP/1.0" 200 5 0.000 ms' in caplog.text


def test_a_file_is_sent_over_real_sockets(tmp_path: Path) -> None:
    path = tmp_path / "file"
    content = bytes(range(256)) * 20_000
    path.write_bytes(content)

    async def handle(request: Request) -> Response:
        if request.path == "/part":
            return Response(body=File(path, offset=10, count=5))
        return Response(body=File(tmp_path / request.path[1:]))

    async def main() -> bytes:
        async with serving(handle, linger=0) as address:
            client = await TcpStream.connect(*address)
            async with client:
                for target in ("file", "part"):
                    await client.write_all(b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n" % target.encode())
                await client.write_all(b"HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n")
                await client.write_all(b"GET /none HTTP/1.1\r\nHost: a\r\n\r\n")
                return await read_all(client)
        raise AssertionError("unreachable")

    found = answers_in(zokio.run(main()), ("GET", "GET", "HEAD", "GET"))
    assert [answer.status for answer in found] == [200, 200, 200, 404]
    assert found[0].body == content
    assert found[1].body == content[10:15]
    assert found[2].headers["content-length"] == str(len(content))
