"""Requests and responses: kept connections, what ends them, methods, headers, errors."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.http_server import Received, TestServer, serving
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError, EndedError, LimitError, RefusedError, UsageError
from zokio.http import Client
from zokio.http.client import Limits
from zokio.http.client.errors import ProtocolError, StatusError
from zokio.net import TcpStream


def test_requests_one_after_the_other_share_a_connection() -> None:
    async def main() -> TestServer:
        async with serving() as server, Client(proxies={}) as client:
            for _ in range(5):
                response = await client.get(server.url("/hello"))
                assert (response.status, await response.read()) == (200, b"ok")
            assert (client.pool.open, client.pool.idle) == (1, 1)
            return server

    server = run_simulated(main())
    assert server.connections == 1
    assert [request.target for request in server.requests] == ["/hello"] * 5


def test_requests_at_the_same_time_have_a_connection_each_up_to_the_limit() -> None:
    async def main() -> tuple[int, int]:
        limits = Limits(per_host=3)
        async with serving() as server, Client(limits=limits, proxies={}) as client:
            calls = [client.get(server.url()) for _ in range(10)]
            responses = await zokio.join(*calls)
            return len(responses), server.connections

    assert run_simulated(main()) == (10, 3)


def test_a_server_that_says_close_gets_no_second_request_on_that_connection() -> None:
    async def main() -> int:
        async with serving() as server, Client(proxies={}) as client:
            for _ in range(3):
                assert (await client.get(server.url("/close"))).status == 200
                assert client.pool.open == 0
            return server.connections

    assert run_simulated(main()) == 3


def test_an_idle_connection_is_closed_when_its_time_is_over() -> None:
    async def main() -> int:
        limits = Limits(idle_seconds=5)
        async with serving() as server, Client(limits=limits, proxies={}) as client:
            await client.get(server.url())
            await zokio.sleep(4.9)
            await client.get(server.url())
            await zokio.sleep(5.1)
            await client.get(server.url())
            return server.connections

    assert run_simulated(main()) == 2


def test_a_connection_that_was_closed_while_idle_is_not_used() -> None:
    """Whether the end has been seen before, which needs no retry, or not."""

    async def main(sees_it: bool) -> int:
        async with serving() as server, Client(proxies={}) as client:
            await client.get(server.url())
            server.close_connections()
            if sees_it:
                await zokio.sleep(1)
            response = await client.request("GET" if not sees_it else "POST", server.url())
            assert response.status == 200
            return server.connections

    assert run_simulated(main(True)) == 2
    assert run_simulated(main(False)) == 2


async def answer_once(stream: TcpStream) -> None:
    """One response, and then nothing: the second request is read and the connection closed."""
    await stream.read_until(b"\r\n\r\n")
    await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
    await stream.read_until(b"\r\n\r\n")


def test_a_get_is_sent_once_more_when_the_idle_connection_dies_under_it() -> None:
    async def main() -> int:
        async with serving(answer_once) as server, Client(proxies={}) as client:
            await client.get(server.url())
            await client.get(server.url())
            return server.connections

    assert run_simulated(main()) == 2


def test_a_post_is_not_sent_twice() -> None:
    async def main() -> int:
        async with serving(answer_once) as server, Client(proxies={}) as client:
            await client.get(server.url())
            with pytest.raises(EndedError, match="without an answer"):
                await client.post(server.url(), body=b"pay")
            assert client.pool.open == 0
            return server.connections

    assert run_simulated(main()) == 1


def test_a_request_is_not_sent_twice_on_a_fresh_connection() -> None:
    async def close_at_once(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")

    async def main() -> int:
        async with serving(close_at_once) as server, Client(proxies={}) as client:
            with pytest.raises(EndedError):
                await client.get(server.url())
            assert client.pool.open == 0
            return server.connections

    assert run_simulated(main()) == 1


def test_a_response_that_had_begun_is_not_asked_for_again() -> None:
    async def die_in_the_middle(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-")

    async def main() -> int:
        async with serving(die_in_the_middle) as server, Client(proxies={}) as client:
            await client.get(server.url())
            with pytest.raises(EndedError, match="in the middle of a response"):
                await client.get(server.url())
            assert client.pool.open == 0
            return server.connections

    assert run_simulated(main()) == 1


def test_each_method_is_sent_as_it_should_be() -> None:
    async def main() -> list[Received]:
        async with serving() as server, Client(proxies={}) as client:
            for method in (client.get, client.head, client.post, client.put):
                await method(server.url("/a?b=c"))
            await client.patch(server.url("/ü"), body="text")
            await client.delete(server.url("/"), headers={"X-Trace": "1"})
            return server.requests

    requests = run_simulated(main())
    assert [each.method for each in requests] == ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
    assert [each.target for each in requests[:4]] == ["/a?b=c"] * 4
    assert requests[4].target == "/%C3%BC"
    assert ["content-length" in each.headers for each in requests] == [
        *(False, False),
        *(True, True, True),
        False,
    ]
    assert requests[0].headers["user-agent"] == "zokio"
    assert requests[5].headers["x-trace"] == "1"


def test_headers_of_a_request_take_the_place_of_the_clients() -> None:
    async def main() -> Received:
        headers = {"User-Agent": "mine", "X-A": "1"}
        async with serving() as server, Client(headers=headers, proxies={}) as client:
            await client.get(server.url(), headers=[("x-a", "2"), ("x-a", "3"), ("Host", "other")])
            return server.requests[0]

    received = run_simulated(main()).headers
    assert (received["user-agent"], received["x-a"], received["host"]) == ("mine", "3", "other")


@pytest.mark.parametrize(
    "headers",
    [
        {"x": "a\r\nevil: 1"},
        {"x": "a\nb"},
        {"x\r\n": "a"},
        {"x": "a\0"},
        {"x y": "a"},
        {"": "a"},
        {"content-length": "3"},
        {"Transfer-Encoding": "chunked"},
        {"x": "€"},
    ],
)
def test_a_header_that_could_forge_a_request_is_refused(headers: dict[str, str]) -> None:
    async def main() -> None:
        async with Client(proxies={}) as client:
            with pytest.raises(UsageError):
                await client.get("http://127.0.0.1:9/", headers=headers)
            assert client.pool.open == 0

    run_simulated(main())


@pytest.mark.parametrize("method", ["G ET", "GET\r\nx: y", "", "CONNECT"])
def test_a_method_that_is_none_is_refused(method: str) -> None:
    async def main() -> None:
        async with Client(proxies={}) as client:
            with pytest.raises(UsageError):
                await client.request(method, "http://127.0.0.1:9/")

    run_simulated(main())


def test_nobody_listening_is_told_and_leaves_nothing() -> None:
    async def main() -> None:
        async with Client(proxies={}) as client:
            with pytest.raises(RefusedError):
                await client.get("http://127.0.0.1:9/")
            assert client.pool.open == 0

    run_simulated(main())


@pytest.mark.parametrize(
    "sent",
    [
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"a" * 2_000,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 30,
    ],
)
def test_what_is_no_http_is_refused(sent: bytes) -> None:
    async def script(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(sent)
        await stream.read(1)

    async def main() -> None:
        limits = Limits(head_bytes=1_000)
        async with serving(script) as server, Client(limits=limits, proxies={}) as client:
            with pytest.raises(ProtocolError):
                await client.get(server.url())
            assert client.pool.open == 0

    run_simulated(main())


def test_informational_responses_are_passed_over() -> None:
    async def script(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n")
        await stream.read(1)

    async def main() -> int:
        async with serving(script) as server, Client(proxies={}) as client:
            status = (await client.get(server.url())).status
            assert client.pool.idle == 1
            return status

    assert run_simulated(main()) == 204


def test_bytes_beyond_the_response_close_the_connection() -> None:
    """They would be taken for the response of the next request."""

    async def script(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n")
        await stream.read(1)

    async def main() -> None:
        async with serving(script) as server, Client(proxies={}) as client:
            assert await (await client.get(server.url())).read() == b"ok"
            assert client.pool.open == 0

    run_simulated(main())


def test_bytes_that_come_while_a_connection_is_idle_close_it() -> None:
    async def script(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await zokio.sleep(1)
        await stream.write_all(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
        await stream.read(1)

    async def main() -> int:
        async with serving(script) as server, Client(proxies={}) as client:
            await client.get(server.url())
            await zokio.sleep(2)
            assert (await client.get(server.url())).status == 200
            return server.connections

    assert run_simulated(main()) == 2


def test_a_response_that_comes_before_the_request_is_sent_whole_is_seen() -> None:
    async def script(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
        await stream.shutdown_write()
        while await stream.read(65_536):
            pass

    async def main() -> int:
        async with serving(script) as server, Client(proxies={}) as client:
            status = (await client.post(server.url(), body=bytes(1_000_000))).status
            assert client.pool.open == 0
            return status

    assert run_simulated(main()) == 413


def test_a_closed_client_refuses_who_asks_and_who_waits() -> None:
    async def main() -> None:
        client = Client(limits=Limits(total=1), proxies={})
        async with serving() as server:
            async with client.get(server.url()) as response:
                waiting = zokio.spawn(_get(client, server.url()))
                await zokio.sleep(1)
                client.close()
                with pytest.raises(ClosedError):
                    await waiting
                assert await response.read() == b"ok"
            assert client.pool.open == 0
            with pytest.raises(ClosedError, match="the client was closed"):
                await client.get(server.url())

    run_simulated(main())


async def _get(client: Client, url: str) -> int:
    return (await client.get(url)).status


def test_a_status_is_an_error_only_when_asked_to_be() -> None:
    async def main() -> None:
        async with serving() as server, Client(proxies={}) as client:
            (await client.get(server.url("/status/399"))).raise_for_status()
            response = await client.get(server.url("/status/404"))
            with pytest.raises(StatusError, match="404") as caught:
                response.raise_for_status()
            assert caught.value.status == 404
            assert repr(response).startswith("<Response 404")

    run_simulated(main())


def test_a_body_beyond_the_limit_is_not_read() -> None:
    async def main() -> None:
        limits = Limits(body_bytes=1_000)
        async with serving() as server, Client(limits=limits, proxies={}) as client:
            assert len(await (await client.get(server.url("/chunked/1000"))).read()) == 1_000
            with pytest.raises(LimitError, match="more than 1000 bytes"):
                await client.get(server.url("/chunked/1001"))
            assert client.pool.open == 0

    run_simulated(main())
