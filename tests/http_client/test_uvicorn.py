"""The client against a real uvicorn in a process of its own, with both of its parsers."""

from __future__ import annotations

import importlib.util
import random
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

import zokio
from zokio.errors import EndedError
from zokio.http import Client
from zokio.http.client import Limits, Response

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("uvicorn") is None, reason="uvicorn is not installed"
)

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "tests/helpers/asgi_program.py"
LARGE = random.Random(1).randbytes(3_000_000)


@pytest.fixture(scope="module", params=["h11", "httptools"])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where one listens. Its socket does so before it runs, so nobody has to wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = listening.fileno()
        command = [sys.executable, str(PROGRAM), request.param, str(descriptor)]
        process = subprocess.Popen(command, pass_fds=[descriptor])
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait()


def with_client(body: Callable[[Client], Awaitable[None]]) -> None:
    """Run it with a client, which must be left without a request under way."""

    async def main() -> None:
        async with Client(proxies={}, limits=Limits(per_host=4)) as client:
            await body(client)
            assert client.pool.open == client.pool.idle
            client.pool.check_invariants()

    zokio.run(main())


async def in_parts() -> AsyncIterator[bytes]:
    for start in range(0, len(LARGE), 30_000):
        yield LARGE[start : start + 30_000]


def port(response: Response) -> str:
    """From which port the server has seen the client come: one for each connection."""
    return response.headers["x-port"]


def test_bodies_come_back_over_one_connection(url: str) -> None:
    async def body(client: Client) -> None:
        found = [
            await client.get(url),
            await client.post(url, body=b"hello"),
            await client.put(url, body=LARGE),
            await client.post(url, body=in_parts()),
            await client.post(url, body=b"hello", headers={"expect": "100-continue"}),
            await client.head(url),
            await client.delete(url),
        ]
        bodies = [b"", b"hello", LARGE, LARGE, b"hello", b"", b""]
        assert [await each.read() for each in found] == bodies
        methods = ["GET", "POST", "PUT", "POST", "POST", "HEAD", "DELETE"]
        assert [each.headers["x-method"] for each in found] == methods
        assert len({port(each) for each in found}) == 1

    with_client(body)


def test_a_body_is_sent_and_taken_in_parts(url: str) -> None:
    async def few() -> AsyncIterator[bytes]:
        for number in range(20):
            yield b"%d," % number
            await zokio.yield_now()

    async def body(client: Client) -> None:
        async with client.post(f"{url}/doubled", body=few()) as response:
            assert response.headers["transfer-encoding"] == "chunked"
            size = sum([len(part) async for part in response.iter_bytes()])
        assert size == 2 * sum(len(f"{number},") for number in range(20))
        assert port(await client.get(url)) == port(response)

    with_client(body)


def test_an_answer_before_the_body_was_read_is_heard(url: str) -> None:
    async def body(client: Client) -> None:
        response = await client.post(f"{url}/early", body=LARGE)
        assert (response.status, await response.read()) == (413, b"early")
        assert (await client.get(url)).status == 200

    with_client(body)


@pytest.mark.parametrize("path", ["/cut", "/fails"])
def test_a_body_that_ends_too_early_is_an_error_and_the_next_request_goes_well(
    url: str, path: str
) -> None:
    async def body(client: Client) -> None:
        with pytest.raises(EndedError, match="in the middle"):
            await client.get(url + path)
        assert (await client.get(url)).status == 200

    with_client(body)


def test_the_last_response_of_a_connection_ends_it(url: str) -> None:
    async def body(client: Client) -> None:
        first, last, following = [await client.get(url + path) for path in ("/", "/last", "/")]
        assert (await last.read(), port(first)) == (b"last", port(last))
        assert port(following) != port(last)

    with_client(body)


def test_many_at_the_same_time_share_the_connections_that_there_may_be(url: str) -> None:
    async def body(client: Client) -> None:
        calls = [client.post(url, body=b"x" * number) for number in range(40)]
        found = await zokio.join(*calls)
        assert [len(await each.read()) for each in found] == [*range(40)]
        assert len({port(each) for each in found}) <= 4

    with_client(body)


def test_a_response_that_is_left_in_the_middle_harms_no_other(url: str) -> None:
    async def body(client: Client) -> None:
        async with client.post(url, body=LARGE) as response:
            async for _ in response.iter_bytes():
                break
        assert client.pool.open == 0
        assert await (await client.post(url, body=b"next")).read() == b"next"

    with_client(body)
