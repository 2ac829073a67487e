"""The client under drawn responses, over the simulated network: it answers or says what is wrong.

Whatever a server sends, a request ends in bounded time with a response or an error that is
documented, the pool is well afterwards, and nothing depends on how the bytes were split.
`make fuzz` draws for longer.
"""

from __future__ import annotations

import gzip

from hypothesis import given, settings
from hypothesis import strategies as st

import zokio
from tests.helpers.http_server import Script, serving
from tests.helpers.mutated import CUTS, mutated, pieces_of
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import reset
from zokio.errors import BrokenError, LimitError
from zokio.http import Client
from zokio.http.client import Limits
from zokio.net import TcpStream

OK = b"HTTP/1.1 200 OK\r\n"
SQUEEZED = gzip.compress(b"hello" * 50, mtime=0)
WORDS = [
    *(
        OK,
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\n",
        b"HTTP/1.0 200\r\n",
    ),
    *(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    *(b"content-length: 5\r\n", b"transfer-encoding: chunked\r\n", b"connection: close\r\n"),
    *(b"content-encoding: gzip\r\n", b"content-encoding: deflate\r\n", b"5\r\nhello\r\n"),
    *(b"HTTP/1.1 302 Found\r\nlocation: /\r\n", b"location: http://[\r\n", b"0\r\n\r\n", b"hello"),
    *(b"\r\n", b"\n", b"\r", b" ", b":", b"\x00", b"\xff", b"x" * 300),
]
SEEDS = [
    OK + b"content-length: 5\r\n\r\nhello",
    OK + b"transfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nx: y\r\n\r\n",
    OK + b"\r\nhello",
    OK + b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(SQUEEZED) + SQUEEZED,
    b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + OK + b"content-length: 0\r\n\r\n",
    b"HTTP/1.1 307 Temporary Redirect\r\nlocation: /\r\ncontent-length: 2\r\n\r\nno",
    b"HTTP/1.1 204 No Content\r\n\r\n",
]
RESPONSES = mutated(st.lists(st.sampled_from(SEEDS), min_size=1, max_size=2).map(b"".join), WORDS)
LIMITS = Limits(head_bytes=1_000, body_bytes=2_000, redirects=2)
SECONDS_MAX = 300
"""Of virtual time: three requests, each of which may wait for its phases."""

Outcome = tuple[int, bytes] | type[Exception]


def sending(pieces: list[bytes], ending: str) -> Script:
    """A server that sends these pieces on every connection, and ends it, resets it, or stays."""

    async def script(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        for piece in pieces:
            await stream.write_all(piece)
            await zokio.sleep(0.01)
        if ending == "reset":
            reset(stream)
        elif ending == "stays":
            await stream.read_until(b"never")

    return script


async def outcome(pieces: list[bytes], ending: str, method: str) -> Outcome:
    """What comes of a request."""
    script = sending(pieces, ending)
    async with serving(script) as server, Client(limits=LIMITS, proxies={}) as client:
        found: Outcome
        try:
            response = await client.request(method, server.url())
            found = response.status, await response.read()
        except (BrokenError, LimitError) as error:
            found = type(error)
        client.pool.check_invariants()
        assert client.pool.open == client.pool.idle
        assert zokio.time.now() < SECONDS_MAX
        return found


@settings(max_examples=3 * settings().max_examples)
@given(
    RESPONSES,
    CUTS,
    st.sampled_from(("end", "reset", "stays")),
    st.sampled_from(("GET", "HEAD", "POST")),
)
def test_a_drawn_response_is_a_response_or_an_error_however_it_is_split(
    data: bytes, cuts: list[int], ending: str, method: str
) -> None:
    whole = run_simulated(outcome([data], ending, method))
    assert whole == run_simulated(outcome(pieces_of(data, cuts), ending, method))
