"""Each phase has its own time, in virtual time; and what a timeout leaves behind: nothing."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.http_server import serving
from tests.helpers.simulation import run_simulated
from zokio.errors import ConnectTimeoutError, UsageError
from zokio.http import Client
from zokio.http.client import Limits, Timeouts
from zokio.http.client.errors import PoolTimeoutError, ReadTimeoutError, WriteTimeoutError
from zokio.net import TcpListener, TcpStream

NONE = Timeouts(pool=None, connect=None, write=None, read=None)


async def never_answer(stream: TcpStream) -> None:
    await stream.read_until(b"\r\n\r\n")
    await stream.read(1)


async def never_read(stream: TcpStream) -> None:
    await zokio.sleep(1_000_000)


async def answer_slowly(stream: TcpStream) -> None:
    """A byte of the body each 2 seconds, and then nothing any more."""
    await stream.read_until(b"\r\n\r\n")
    await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n")
    for _ in range(5):
        await zokio.sleep(2)
        await stream.write_all(b"x")
    await stream.read(1)


def test_waiting_for_a_connection_has_its_time() -> None:
    async def main() -> None:
        limits, timeouts = Limits(total=1), Timeouts(pool=3)
        async with (
            serving() as server,
            Client(limits=limits, timeouts=timeouts, proxies={}) as client,
        ):
            async with client.get(server.url("/chunked/200000")):
                before = zokio.time.now()
                with pytest.raises(PoolTimeoutError, match="within 3 s"):
                    await client.get(server.url())
                assert zokio.time.now() - before == 3
            assert (await client.get(server.url())).status == 200

    run_simulated(main())


def test_connecting_has_its_time() -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, backlog=1) as listener:
            port = listener.local_address[1]
            async with (
                await TcpStream.connect("127.0.0.1", port),  # the backlog is full
                Client(timeouts=Timeouts(connect=4), proxies={}) as client,
            ):
                before = zokio.time.now()
                with pytest.raises(ConnectTimeoutError, match="within 4 s"):
                    await client.get(f"http://127.0.0.1:{port}/")
                assert zokio.time.now() - before == 4
                assert client.pool.open == 0

    run_simulated(main())


def test_a_server_that_takes_nothing_has_its_time() -> None:
    async def main() -> None:
        timeouts = Timeouts(write=5)
        async with serving(never_read) as server, Client(timeouts=timeouts, proxies={}) as client:
            before = zokio.time.now()
            with pytest.raises(WriteTimeoutError, match="took nothing"):
                await client.post(server.url(), body=bytes(1_000_000))
            assert zokio.time.now() - before == 5
            assert client.pool.open == 0

    run_simulated(main())


def test_a_server_that_does_not_answer_has_its_time() -> None:
    async def main() -> None:
        async with serving(never_answer) as server, Client(proxies={}) as client:
            before = zokio.time.now()
            with pytest.raises(ReadTimeoutError, match="sent nothing for 6 s"):
                await client.get(server.url(), timeouts=Timeouts(read=6))
            assert zokio.time.now() - before == 6
            assert client.pool.open == 0

    run_simulated(main())


def test_the_time_of_reading_counts_from_part_to_part() -> None:
    async def main() -> None:
        timeouts = Timeouts(read=3)
        async with (
            serving(answer_slowly) as server,
            Client(timeouts=timeouts, proxies={}) as client,
        ):
            before = zokio.time.now()
            async with client.get(server.url()) as response:
                parts = []
                with pytest.raises(ReadTimeoutError):
                    async for part in response.iter_bytes():
                        parts.append(part)
            assert (parts, zokio.time.now() - before) == ([b"x"] * 5, 13)
            assert client.pool.open == 0

    run_simulated(main())


def test_a_read_that_takes_too_long_is_not_retried() -> None:
    """Also on a connection that was idle before: the server may be at work."""

    async def answer_one(stream: TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        await never_answer(stream)

    async def main() -> int:
        async with serving(answer_one) as server, Client(proxies={}) as client:
            await client.get(server.url())
            with pytest.raises(ReadTimeoutError):
                await client.get(server.url())
            return server.connections

    assert run_simulated(main()) == 1


def test_without_times_of_its_own_a_request_waits_until_a_timeout_around_it() -> None:
    async def main() -> None:
        async with serving(never_answer) as server, Client(timeouts=NONE, proxies={}) as client:
            with pytest.raises(TimeoutError):
                async with zokio.timeout(10_000):
                    await client.get(server.url())
            assert client.pool.open == 0

    run_simulated(main())


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_time_that_makes_no_sense_is_refused(seconds: float) -> None:
    with pytest.raises(UsageError, match="read"):
        Timeouts(read=seconds)


@pytest.mark.parametrize("limits", [{"total": 0}, {"per_host": 0}, {"idle_seconds": -1.0}])
def test_a_limit_that_makes_no_sense_is_refused(limits: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="Limits"):
        Limits(**limits)
