"""A client that breaks off after every byte of an exchange, sent or received: it harms nobody."""

from __future__ import annotations

import logging

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import reset
from tests.http.exchange import MOMENT, echo, end, read_all, serving
from tests.http.responses import Answer, answers_in
from zokio.net import TcpStream

EXCHANGE = (
    b"POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    b"POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\nxy"
)


async def _is_well(address: tuple[str, int]) -> None:
    """Another client is served."""
    client = await TcpStream.connect(*address)
    async with client:
        await client.write_all(b"GET / HTTP/1.0\r\n\r\n")
        assert [answer.status for answer in answers_in(await read_all(client))] == [200]


def of_http(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the server has logged."""
    return [record.message for record in caplog.records if record.name == "zokio.http"]


def test_a_reset_after_every_byte_that_is_sent(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with serving(echo) as address:
            for size in range(len(EXCHANGE) + 1):
                client = await TcpStream.connect(*address)
                await client.write_all(EXCHANGE[:size])
                if size % 2:
                    await zokio.sleep(MOMENT)
                reset(client)
            await _is_well(address)

    caplog.set_level(logging.DEBUG)
    run_simulated(main())
    assert not of_http(caplog)  # a client that leaves is nothing to log


def test_a_reset_after_every_byte_that_is_received(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        async with serving(echo) as address:
            size = 0
            while True:
                client = await TcpStream.connect(*address)
                await client.write_all(EXCHANGE)
                size += 1
                received = await client.read(size)
                reset(client)
                if len(received) < size:
                    break
            await _is_well(address)
            assert size > 200

    run_simulated(main())
    assert not of_http(caplog)


def test_an_end_after_every_byte_is_answered_or_is_the_end() -> None:
    """Who shuts down in the middle of a request is told so, and gets what came before."""

    async def main() -> list[list[Answer]]:
        found = []
        async with serving(echo) as address:
            for size in range(len(EXCHANGE) + 1):
                client = await TcpStream.connect(*address)
                async with client:
                    await client.write_all(EXCHANGE[:size])
                    await end(client)
                    found.append(answers_in(await read_all(client)))
        return found

    ends = [EXCHANGE.index(b"POST /2"), EXCHANGE.index(b"POST /3"), len(EXCHANGE)]
    for size, found in enumerate(run_simulated(main())):
        whole = sum(end <= size for end in ends)
        is_between = size in (0, *ends)
        statuses = [answer.status for answer in found if answer.status != 100]
        assert statuses == [200] * whole + [400] * (not is_between)
        assert [answer.body for answer in found if answer.status == 200] == [
            *(b"hello", b"abc", b"xy")
        ][:whole]
