"""examples/reverse_proxy.py spreads requests, passes bodies on, and says which server failed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import pytest

import zokio
from examples.reverse_proxy import Proxy
from tests.examples.program import PATIENCE_SECONDS, Program, running
from tests.helpers import http_server
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import reset
from tests.http.curl import curl, needs_curl, serving_in_thread
from tests.http.exchange import read_all, serving
from tests.http.responses import Answer, answers_in
from zokio.http import Client as HttpClient
from zokio.http import Request, Response
from zokio.http.client import Limits, Timeouts
from zokio.http.service import Handler
from zokio.net import TcpListener, TcpStream

GET = b"GET /x?y=z HTTP/1.1\r\nHost: site.example\r\n"
LAST = b"Connection: close\r\n\r\n"
LARGE = bytes(range(256)) * 20_000


def ask(address: tuple[str, int], path: str) -> tuple[int, str]:
    """Status and body of what comes back from there."""
    connection = HTTPConnection(*address, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    finally:
        connection.close()


@contextmanager
def two_servers_and_a_proxy() -> Iterator[tuple[list[Program], tuple[str, int]]]:
    """Two notebooks that differ by their notes, and where the proxy in front of them listens."""
    with ExitStack() as stack:
        servers = [stack.enter_context(running("http_api.py", "--port", "0")) for _ in range(2)]
        urls = []
        for number, server in enumerate(servers):
            host, port = server.address()
            curl("--data", f"from {number}", f"http://{host}:{port}/notes")
            urls.append(f"http://{host}:{port}")
        proxy = stack.enter_context(running("reverse_proxy.py", "--port", "0", *urls))
        yield servers, proxy.address()
        assert proxy.interrupt() == (0, "stopped\n", "")


@needs_curl
def test_requests_go_to_both_in_turn_and_when_one_is_killed_to_the_other() -> None:
    with two_servers_and_a_proxy() as (servers, address):
        found = [ask(address, "/notes/1") for _ in range(4)]
        assert found == [(200, '{"text": "from 0"}'), (200, '{"text": "from 1"}')] * 2
        servers[0].kill()
        found = [ask(address, "/notes/1") for _ in range(4)]
        assert found == [(200, '{"text": "from 1"}')] * 4
        servers[1].kill()
        status, text = ask(address, "/notes/1")
        assert status == 502
        assert "cannot be reached" in text


@needs_curl
def test_a_server_that_is_killed_in_the_middle_of_a_body_cuts_it() -> None:
    with two_servers_and_a_proxy() as (servers, address):
        connection = HTTPConnection(*address, timeout=PATIENCE_SECONDS)
        connection.request("GET", "/count")
        response = connection.getresponse()
        assert response.readline() == b"0\n"
        servers[0].kill()
        with pytest.raises(IncompleteRead):
            response.read()
        connection.close()
        assert ask(address, "/notes/1") == (200, '{"text": "from 1"}')


async def take_apart(request: Request) -> Response:
    """Says how large a body was, or gives a large one."""
    if request.path == "/large":
        return Response(body=LARGE)
    size = 0
    async for part in request.body:
        size += len(part)
    return Response(body=f"{request.method} {size}")


@needs_curl
@pytest.mark.one_thread  # a server runs in a thread of its own here
def test_curl_sends_and_gets_large_bodies_over_one_connection(tmp_path: Path) -> None:
    file, got = str(tmp_path / "sent"), str(tmp_path / "got")
    Path(file).write_bytes(LARGE)
    with serving_in_thread(take_apart, lambda: TcpListener.bind("127.0.0.1", 0)) as served:
        upstream = f"http://127.0.0.1:{served.address[1]}"
        with running("reverse_proxy.py", "--port", "0", upstream) as proxy:
            url = "http://{}:{}".format(*proxy.address())
            chunked = ("--header", "Transfer-Encoding: chunked", "--data-binary", f"@{file}")
            assert curl("--upload-file", file, url).stdout == f"PUT {len(LARGE)}"
            assert curl(*chunked, url).stdout == f"POST {len(LARGE)}"
            found = curl("--verbose", "--output", got, f"{url}/large", "--head", f"{url}/large")
            assert "Re-using existing connection" in found.stderr
            curl("--output", got, f"{url}/large")
            assert proxy.interrupt() == (0, "stopped\n", "")
    assert Path(got).read_bytes() == LARGE


@asynccontextmanager
async def proxied(
    *upstreams: str, seconds: float = 30.0
) -> AsyncIterator[tuple[tuple[str, int], HttpClient]]:
    """Where a proxy listens in this runtime, and its client."""
    timeouts = Timeouts(connect=seconds, read=seconds)
    limits = Limits(redirects=None)
    async with (
        HttpClient(limits=limits, timeouts=timeouts, proxies={}) as client,
        serving(Proxy(client, [*upstreams]).handle) as address,
    ):
        yield address, client


async def said(address: tuple[str, int], data: bytes) -> bytes:
    """What a client gets that says this."""
    async with await TcpStream.connect(*address) as stream:
        await stream.write_all(data)
        return await read_all(stream)


def through(handler: Handler, data: bytes) -> bytes:
    """What comes back from a proxied server."""

    async def main() -> bytes:
        async with serving(handler) as (host, port), proxied(f"http://{host}:{port}") as proxy:
            return await said(proxy[0], data)

    return run_simulated(main())


def test_what_is_about_one_connection_is_not_passed_on() -> None:
    seen: list[Request] = []

    async def handle(request: Request) -> Response:
        seen.append(request)
        return Response(307, b"", [("location", "/y"), ("set-cookie", "a"), ("set-cookie", "b")])

    own = b"X-Secret: 1\r\nTE: trailers\r\nKeep-Alive: 5\r\nX-Forwarded-For: 1.2.3.4\r\n"
    found = through(handle, GET + own + b"Connection: close, X-Secret\r\n\r\n")
    headers = dict(seen[0].headers)
    assert (seen[0].target, headers["host"]) == ("/x?y=z", "site.example")
    assert headers["x-forwarded-for"] == "1.2.3.4, 127.0.0.1"
    assert headers["accept-encoding"] == "identity"
    assert not headers.keys() & {"x-secret", "te", "keep-alive", "connection"}
    assert found.startswith(b"HTTP/1.1 307 ")
    for line in (b"location: /y", b"set-cookie: a", b"set-cookie: b", b"connection: close"):
        assert found.count(line + b"\r\n") == 1


def test_a_body_is_what_it_was_for_every_method_and_framing() -> None:
    async def handle(request: Request) -> Response:
        if request.method == "GET":
            return Response(304)
        return Response(body=await request.body.read(), headers={"x-method": request.method})

    post = b"POST / HTTP/1.1\r\nHost: a\r\n"
    sent = (
        post + b"Content-Length: 5\r\nExpect: 100-continue\r\n\r\nhello",
        post + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
        GET + LAST,
    )
    methods = ("POST", "POST", "HEAD", "GET")
    found = answers_in(through(handle, b"".join(sent)), methods)
    assert [(each.status, each.body) for each in found] == [
        *((100, b""), (200, b"hello"), (200, b"abc"), (200, b""), (304, b"")),
    ]
    assert [each.headers.get("content-length") for each in found] == [None, "5", "3", "0", None]


def test_what_is_compressed_passes_as_it_is() -> None:
    async def handle(request: Request) -> Response:
        return Response(body=b"no gzip at all", headers={"content-encoding": "gzip"})

    found = answers_in(through(handle, GET + LAST))[0]
    assert (found.body, found.headers["content-encoding"]) == (b"no gzip at all", "gzip")


async def never(stream: TcpStream) -> None:
    await zokio.sleep(1_000)


async def is_no_http(stream: TcpStream) -> None:
    await stream.read_until(b"\r\n\r\n")
    await stream.write_all(b"SSH-2.0\r\n\r\n")


async def leaves(stream: TcpStream) -> None:
    await stream.read_until(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("script", "status", "text"),
    [(never, 504, b"sent nothing"), (is_no_http, 502, b"no HTTP"), (leaves, 502, b"closed")],
)
def test_a_server_that_fails_is_named(script: http_server.Script, status: int, text: bytes) -> None:
    async def main() -> tuple[Answer, str]:
        async with http_server.serving(script) as server:
            url = server.url("")
            async with proxied(url, seconds=3) as (address, client):
                found = answers_in(await said(address, GET + LAST))[0]
                assert client.pool.open == 0
                return found, url

    found, url = run_simulated(main())
    assert found.status == status
    assert found.body.startswith(url.encode())
    assert text in found.body


def test_nobody_reachable_and_no_path_are_errors_of_their_own() -> None:
    async def main() -> list[int]:
        async with proxied("http://127.0.0.1:9", "http://127.0.0.1:99") as (address, _):
            star = b"OPTIONS * HTTP/1.1\r\nHost: a\r\n" + LAST
            found = await said(address, GET + b"\r\n" + star)
            return [answer.status for answer in answers_in(found)]

    assert run_simulated(main()) == [502, 501]


def test_whoever_finds_a_server_gone_finds_the_other_one_however_many_ask() -> None:
    async def handle(request: Request) -> Response:
        return Response(body=b"here")

    async def main() -> tuple[bytes, ...]:
        async with (
            serving(handle) as (host, port),
            proxied("http://127.0.0.1:9", f"http://{host}:{port}") as (address, _),
        ):
            return await zokio.join(*(said(address, GET + LAST) for _ in range(20)))

    found = [answers_in(each)[0] for each in run_simulated(main())]
    assert [(each.status, each.body) for each in found] == [(200, b"here")] * 20


def test_a_client_that_does_not_read_slows_the_server_and_one_that_leaves_stops_it() -> None:
    produced = [0]

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield bytes(10_000)
                produced[0] += 10_000
        finally:
            produced.append(-1)

    async def handle(request: Request) -> Response:
        return Response(body=endless())

    async def main() -> None:
        async with serving(handle) as (host, port), proxied(f"http://{host}:{port}") as proxy:
            address, client = proxy
            stream = await TcpStream.connect(*address)
            await stream.write_all(GET + b"\r\n")
            await stream.read(1)
            await zokio.sleep(1)
            before = produced[0]
            await zokio.sleep(10)
            assert produced == [before]
            assert before < 2_000_000
            reset(stream)
            await zokio.sleep(1)
            assert produced[-1] == -1
            assert client.pool.open == 0

    run_simulated(main())


def test_a_client_that_leaves_while_it_sends_ends_the_request_to_the_server() -> None:
    ends: list[type[BaseException]] = []

    async def handle(request: Request) -> Response:
        try:
            return Response(body=await request.body.read())
        except BaseException as error:
            ends.append(type(error))
            raise

    async def main() -> None:
        async with serving(handle) as (host, port), proxied(f"http://{host}:{port}") as proxy:
            address, client = proxy
            stream = await TcpStream.connect(*address)
            await stream.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
            await zokio.sleep(1)
            assert client.pool.open == 1
            reset(stream)
            await zokio.sleep(1)
            assert client.pool.open == 0
            assert len(ends) == 1

    run_simulated(main())
