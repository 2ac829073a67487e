"""A client that breaks off after every byte of an exchange, sent or received: it harms nobody.

Nothing is left of it (no task, no descriptor, no timer), nothing is logged, and the next client is
served. On the simulated network after every byte, and on real sockets after some.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator

import pytest

import zokio
from tests.helpers.held import nothing_is_held
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import reset
from tests.http.exchange import MOMENT, echo, end, read_all, serving
from tests.http.responses import Answer, answers_in
from zokio.http import Request, Response
from zokio.http.service import Handler
from zokio.net import TcpStream

GET = b"GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
CHUNKED = b"POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
EXPECTING = b"POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nxy"
PIPELINED = POST + CHUNKED + EXPECTING
# What a client says, in the pieces between which it waits for the answers.
EXCHANGES = {
    "kept alive": (GET, GET),
    "length": (POST,),
    "chunked": (CHUNKED,),
    "pipelined": (PIPELINED,),
}
LARGE = 400_000
TASKS = "HTTP connection"
each_exchange = pytest.mark.parametrize("pieces", EXCHANGES.values(), ids=EXCHANGES)


def beginnings(pieces: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    """Everything that may have been sent so far, from nothing to all of it."""
    for number, piece in enumerate(pieces):
        for size in range(len(piece)):
            yield (*pieces[:number], piece[:size])
    yield pieces


async def _is_well(address: tuple[str, int]) -> None:
    """Another client is served."""
    client = await TcpStream.connect(*address)
    async with client:
        await client.write_all(b"GET / HTTP/1.0\r\n\r\n")
        statuses = [answer.status for answer in answers_in(await read_all(client))]
        assert statuses == [200]


async def _break_off(
    address: tuple[str, int], sent: tuple[bytes, ...], *, pause: float, received: int = 0
) -> bytes:
    """Send these pieces, receive so much at the most, and reset the connection."""
    client = await TcpStream.connect(*address)
    for piece in sent:
        await client.write_all(piece)
        await zokio.sleep(pause)
    answer = await client.read(received) if received else b""
    reset(client)
    return answer


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of HTTP, and every error: a client that leaves is nothing to log."""
    return [
        f"{record.name}: {record.message}"
        for record in caplog.records
        if record.name == "zokio.http" or record.levelno >= logging.ERROR
    ]


@each_exchange
@pytest.mark.parametrize("pause", [0, MOMENT], ids=["unread", "read"])
def test_a_reset_after_every_byte_that_is_sent(
    pieces: tuple[bytes, ...], pause: float, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with serving(echo) as address:
            for sent in beginnings(pieces):
                await _break_off(address, sent, pause=pause)
                await nothing_is_held(TASKS, within=1)
                await _is_well(address)
                await nothing_is_held(TASKS, within=1)

    caplog.set_level(logging.DEBUG)
    run_simulated(main())
    assert complaints(caplog) == []


@each_exchange
def test_a_reset_after_every_byte_that_is_received(
    pieces: tuple[bytes, ...], caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> int:
        async with serving(echo) as address:
            size = 1
            all_at_once = (b"".join(pieces),)
            while len(await _break_off(address, all_at_once, pause=0, received=size)) == size:
                await nothing_is_held(TASKS, within=1)
                await _is_well(address)
                size += 1
            return size

    caplog.set_level(logging.DEBUG)
    assert run_simulated(main()) > 70
    assert complaints(caplog) == []


def in_parts(closed: list[str]) -> Handler:
    """Answers with LARGE bytes in parts, and notes when they are not asked for any more."""

    async def parts() -> AsyncIterator[bytes]:
        try:
            for _ in range(LARGE // 1_000):
                yield bytes(1_000)
        finally:
            closed.append("parts")

    async def handle(request: Request) -> Response:
        return Response(body=parts() if request.path == "/1" else b"")

    return handle


def test_a_reset_while_the_answer_is_written_closes_what_it_is_made_of() -> None:
    closed: list[str] = []

    async def main() -> None:
        async with serving(in_parts(closed)) as address:
            for number, size in enumerate(range(0, LARGE, LARGE // 40), 1):
                await _break_off(address, (GET,), pause=MOMENT, received=size)
                await nothing_is_held(TASKS, within=1)
                assert len(closed) == number
            await _is_well(address)

    run_simulated(main())


@pytest.mark.parametrize("size", [0, 1, 20, len(POST) - 3, len(POST), len(PIPELINED)])
@pytest.mark.parametrize("received", [0, 1, 100])
def test_a_reset_on_a_real_connection(
    size: int, received: int, caplog: pytest.LogCaptureFixture
) -> None:
    async def main() -> None:
        async with serving(echo) as address:
            received_there = received if size >= len(POST) else 0
            await _break_off(address, (PIPELINED[:size],), pause=0, received=received_there)
            await nothing_is_held(TASKS, within=30)
            await _is_well(address)
            await nothing_is_held(TASKS, within=30)

    caplog.set_level(logging.DEBUG)
    zokio.run(main())
    assert complaints(caplog) == []


def test_an_end_after_every_byte_is_answered_or_is_the_end() -> None:
    """Who shuts down in the middle of a request is told so, and gets what came before."""

    async def main() -> list[list[Answer]]:
        found = []
        async with serving(echo) as address:
            for size in range(len(PIPELINED) + 1):
                client = await TcpStream.connect(*address)
                async with client:
                    await client.write_all(PIPELINED[:size])
                    await end(client)
                    found.append(answers_in(await read_all(client)))
        return found

    ends = [len(POST), len(POST + CHUNKED), len(PIPELINED)]
    for size, found in enumerate(run_simulated(main())):
        whole = sum(end <= size for end in ends)
        is_between = size in (0, *ends)
        statuses = [answer.status for answer in found if answer.status != 100]
        assert statuses == [200] * whole + [400] * (not is_between)
        assert [answer.body for answer in found if answer.status == 200] == [
            *(b"hello", b"abc", b"xy")
        ][:whole]
