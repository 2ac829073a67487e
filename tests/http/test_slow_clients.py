"""Slow clients, in virtual time: each waits for nobody longer than its limit says."""

from __future__ import annotations

from typing import Any

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import echo, hello, read_all, serving
from tests.http.responses import Answer, answers_in
from zokio.http import Request, Response
from zokio.net import TcpStream
from zokio.time import now

HEAD = b"POST / HTTP/1.1\r\nHost: a\r\n"


async def drip(client: TcpStream, data: bytes, *, pause: float) -> None:
    """Send byte by byte, until the server has had enough."""
    try:
        for at in range(len(data)):
            await client.write_all(data[at : at + 1])
            await zokio.sleep(pause)
    except zokio.BrokenError:
        pass


# Any: the limits are those of `serve`, which looks at them.
def dripped(data: bytes, *, pause: float, **limits: Any) -> tuple[list[Answer], float]:
    """The answers to a client that sends so slowly, and after how many seconds it was let go."""

    async def main() -> tuple[list[Answer], float]:
        async with serving(echo, **limits) as address:
            client = await TcpStream.connect(*address)
            begun = now()
            async with client, zokio.TaskGroup() as group:
                group.spawn(drip(client, data, pause=pause))
                found = answers_in(await read_all(client))
                seconds = now() - begun
                group.cancel_scope.cancel()
        return found, seconds

    return run_simulated(main())


def test_a_head_that_comes_byte_by_byte_is_answered() -> None:
    found, _ = dripped(HEAD + b"\r\n", pause=0.1, header_timeout=10, idle_timeout=5)
    assert [answer.status for answer in found] == [200]


def test_a_head_has_its_time_from_its_first_byte_on_however_it_drips() -> None:
    found, seconds = dripped(HEAD + b"\r\n", pause=1, header_timeout=5, linger=0)
    assert [answer.status for answer in found] == [408]
    assert 5 <= seconds < 6


def test_who_sends_nothing_at_all_is_let_go_without_a_word() -> None:
    found, seconds = dripped(b"", pause=1, header_timeout=5, idle_timeout=50)
    assert (found, seconds) == ([], 5)


def test_an_idle_connection_is_let_go_without_a_word() -> None:
    found, seconds = dripped(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", pause=0, idle_timeout=50)
    assert [answer.status for answer in found] == [200]
    assert 50 <= seconds < 51


def test_a_body_that_stands_still_is_not_waited_for() -> None:
    head = HEAD + b"Content-Length: 100\r\n\r\nabc"
    found, seconds = dripped(head, pause=0, body_timeout=7, linger=0)
    assert [answer.status for answer in found] == [408]
    assert 7 <= seconds < 8


def test_a_body_that_drips_is_waited_for_only_as_long_as_its_bytes_earn() -> None:
    head = HEAD + b"Content-Length: 100\r\n\r\n"

    async def main() -> tuple[list[Answer], float]:
        async with serving(echo, body_timeout=7, min_body_rate=10, linger=0) as address:
            client = await TcpStream.connect(*address)
            async with client, zokio.TaskGroup() as group:
                await client.write_all(head)
                begun = now()
                group.spawn(drip(client, b"x" * 100, pause=1))
                found = answers_in(await read_all(client))
                seconds = now() - begun
                group.cancel_scope.cancel()
        return found, seconds

    found, seconds = run_simulated(main())
    assert [answer.status for answer in found] == [408]
    assert 7 <= seconds < 9  # each second earned a tenth


def test_a_body_that_stands_still_cuts_a_response_that_has_begun() -> None:
    async def mirror(request: Request) -> Response:
        return Response(body=request.body)

    async def main() -> bytes:
        received = b""
        async with serving(mirror, body_timeout=1, linger=0) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(HEAD + b"Content-Length: 6\r\n\r\nabc")
                received = await read_all(client)
        return received

    received = run_simulated(main())
    (found,) = answers_in(received)
    assert (found.status, found.body, found.is_whole) == (200, b"abc", False)
    assert received.endswith(b"\r\n\r\n3\r\nabc\r\n")


def test_a_slow_handler_costs_its_client_nothing() -> None:
    async def slow(request: Request) -> Response:
        await zokio.sleep(1_000)
        return Response(body=await request.body.read())

    async def main() -> bytes:
        async with serving(slow, body_timeout=1, header_timeout=1, idle_timeout=1) as address:
            client = await TcpStream.connect(*address)
            async with client:
                await client.write_all(HEAD + b"Content-Length: 3\r\n\r\nabc")
                return await read_all(client)
        raise AssertionError("unreachable")

    assert [answer.body for answer in answers_in(run_simulated(main()))] == [b"abc"]


def test_a_client_that_does_not_read_is_not_waited_for() -> None:
    async def large(request: Request) -> Response:
        return Response(body=bytes(1_000_000))

    async def main() -> float:
        async with serving(large, write_timeout=9, grace=1_000) as address:
            client = await TcpStream.connect(*address)
            async with client:
                begun = now()
                await client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                await zokio.sleep(20)
                assert len(await read_all(client)) < 1_000_000
                return now() - begun
        raise AssertionError("unreachable")

    assert run_simulated(main()) < 21


def test_a_client_that_reads_slowly_gets_all_of_it() -> None:
    async def large(request: Request) -> Response:
        return Response(body=bytes(1_000_000))

    async def main() -> int:
        async with serving(large, write_timeout=9, idle_timeout=1) as address:
            client = await TcpStream.connect(*address)
            received = 0
            async with client:
                await client.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                while data := await client.read(65_536):
                    received += len(data)
                    await zokio.sleep(2)
        return received

    assert run_simulated(main()) > 1_000_000


def test_a_thousand_slow_clients_hold_up_nobody() -> None:
    async def main() -> list[int]:
        async with serving(hello, header_timeout=100, linger=0) as address:
            slow = [await TcpStream.connect(*address) for _ in range(1_000)]
            for client in slow:
                await client.write_all(b"GET / HT")
            quick = await TcpStream.connect(*address)
            async with quick:
                await quick.write_all(b"GET / HTTP/1.0\r\n\r\n")
                found = answers_in(await read_all(quick))
            for client in slow:
                client.close()
        return [answer.status for answer in found]

    assert run_simulated(main()) == [200]
