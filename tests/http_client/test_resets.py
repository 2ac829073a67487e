"""A server that breaks off after every byte of an exchange: the client never takes a part for all.

It gets the whole response, or an error that says what happened; nothing is left in the pool that is
not well, and the next request is answered. On the simulated network after every byte, and on real
sockets after some.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest

import zokio
from tests.helpers import http_server
from tests.helpers.held import nothing_is_held
from tests.helpers.http_server import serving
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import reset
from zokio.errors import EndedError, ResetError
from zokio.http import Client
from zokio.http.client import Call
from zokio.http.client.errors import ReadTimeoutError
from zokio.net import TcpStream

OK = b"HTTP/1.1 200 OK\r\n"
SMALL = OK + b"content-length: 5\r\n\r\nhello"
RESPONSES = {
    "length": SMALL,
    "chunked": OK + b"transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nx: y\r\n\r\n",
    "informational": b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + SMALL,
    "no body": b"HTTP/1.1 204 No Content\r\n\r\n",
}
BODIES = {"length": b"hello", "chunked": b"hello", "informational": b"hello", "no body": b""}
UNTIL_THE_END = OK + b"\r\nhello"
Ask = Callable[[Client, str], Call]
BROKEN = (EndedError, ResetError)
ENDINGS = {"reset": reset, "end": TcpStream.close}


async def read_request(stream: TcpStream) -> None:
    """One request, with its body if that is chunked."""
    if b"chunked" in await stream.read_until(b"\r\n\r\n"):
        await stream.read_until(b"\r\n0\r\n\r\n")


@dataclass
class Failing:
    """A connection that breaks off at request number `at`, after `size` bytes of `response`.

    The requests before it are answered.
    """

    response: bytes
    size: int = 0
    ending: str = "reset"
    at: int = 1

    async def script(self, stream: TcpStream) -> None:
        """What the server does."""
        for _ in range(1, self.at):
            await read_request(stream)
            await stream.write_all(SMALL)
        await read_request(stream)
        await stream.write_all(self.response[: self.size])
        ENDINGS[self.ending](stream)


def failing_once(script: http_server.Script) -> http_server.Script:
    """The first connection is that script's; the following ones are answered, one by one."""
    count = 0

    async def run(stream: TcpStream) -> None:
        nonlocal count
        count += 1
        if count == 1:
            return await script(stream)
        while True:
            await read_request(stream)
            await stream.write_all(SMALL)

    return run


async def in_parts() -> AsyncIterator[bytes]:
    yield b"one"
    yield b"two"


def get(client: Client, url: str) -> Call:
    return client.get(url)


def post(client: Client, url: str) -> Call:
    return client.post(url)


def post_in_parts(client: Client, url: str) -> Call:
    return client.post(url, body=in_parts())


async def asked(client: Client, call: Call) -> bytes | None:
    """The whole body; None: the server failed. The pool is well in any case."""
    body: bytes | None = None
    try:
        body = await (await call).read()
    except BROKEN:
        assert client.pool.open == 0
    client.pool.check_invariants()
    assert client.pool.open == client.pool.idle
    return body


async def is_well(client: Client, url: str) -> None:
    """The next request is answered, whatever came before."""
    assert await asked(client, client.post(url)) == b"hello"


ASKING = pytest.mark.parametrize("ask", [get, post, post_in_parts])
ENDING = pytest.mark.parametrize("ending", ENDINGS)


@ASKING
@ENDING
@pytest.mark.parametrize("kind", RESPONSES)
def test_a_response_that_breaks_off_after_any_byte(ask: Ask, ending: str, kind: str) -> None:
    response = RESPONSES[kind]

    async def main() -> None:
        for size in range(len(response) + 1):
            script = Failing(response, size, ending).script
            async with serving(failing_once(script)) as server, Client(proxies={}) as client:
                found = await asked(client, ask(client, server.url()))
                assert found == (BODIES[kind] if size == len(response) else None)
                await zokio.sleep(1)
                await is_well(client, server.url())
                client.close()
                await nothing_is_held(http_server.TASKS, within=1)

    run_simulated(main())


@ASKING
@ENDING
def test_a_connection_that_was_used_before_breaks_off(ask: Ask, ending: str) -> None:
    """Before any byte of the response, what may be sent twice is; a POST is not."""

    async def main() -> None:
        for size in range(len(SMALL) + 1):
            script = Failing(SMALL, size, ending, at=2).script
            async with serving(failing_once(script)) as server, Client(proxies={}) as client:
                await is_well(client, server.url())
                found = await asked(client, ask(client, server.url()))
                is_sent_again = size == 0 and ask is get
                is_whole = size == len(SMALL) or is_sent_again
                assert found == (b"hello" if is_whole else None)
                assert server.connections == 1 + is_sent_again
                await zokio.sleep(1)
                await is_well(client, server.url())

    run_simulated(main())


def test_a_body_that_lasts_until_the_end_is_whole_only_if_that_is_no_reset() -> None:
    async def main() -> None:
        head = len(OK) + 2
        for size in range(len(UNTIL_THE_END) + 1):
            for ending in ENDINGS:
                script = Failing(UNTIL_THE_END, size, ending).script
                async with serving(failing_once(script)) as server, Client(proxies={}) as client:
                    found = await asked(client, get(client, server.url()))
                    is_whole = ending == "end" and size >= head
                    assert found == (UNTIL_THE_END[head:size] if is_whole else None)
                    await is_well(client, server.url())

    run_simulated(main())


@pytest.mark.parametrize("ask", [post, post_in_parts])
def test_a_server_that_resets_after_any_byte_of_the_request(ask: Ask) -> None:
    async def main() -> int:
        size = 0

        async def script(stream: TcpStream) -> None:
            await stream.read_exact(size)
            reset(stream)

        while True:
            async with serving(failing_once(script)) as server, Client(proxies={}) as client:
                try:
                    assert await asked(client, ask(client, server.url())) is None
                except ReadTimeoutError:  # it waits for more than the request has
                    assert client.pool.open == 0
                    return size
                await is_well(client, server.url())
            size += 1

    assert run_simulated(main()) > 50


@ENDING
@pytest.mark.parametrize("size", [0, 10, len(OK), len(SMALL) - 1, len(SMALL)])
def test_a_real_connection_breaks_off(ending: str, size: int) -> None:
    async def main() -> None:
        script = Failing(SMALL, size, ending).script
        async with serving(failing_once(script)) as server, Client(proxies={}) as client:
            found = await asked(client, get(client, server.url()))
            if ending == "end" or size < len(SMALL):
                assert found == (b"hello" if size == len(SMALL) else None)
            else:  # the reset may overtake the answer
                assert found in (b"hello", None)
            # A GET: a POST that takes the connection before its end is seen is not repeated.
            assert await asked(client, get(client, server.url())) == b"hello"
            client.close()
            await nothing_is_held(http_server.TASKS, within=30)

    zokio.run(main())
