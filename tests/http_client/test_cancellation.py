"""A request that is cancelled at any of its suspension points never spoils the pool."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.http_server import TestServer, serving
from zokio.http import Client
from zokio.http.client import Limits, Response, Timeouts

ONE = Limits(per_host=1, total=1)
NO_TIMES = Timeouts(pool=None, connect=None, write=None, read=None)


async def slow_body() -> AsyncIterator[bytes]:
    for _ in range(3):
        yield b"part"
        await zokio.sleep(0)


async def whole(client: Client, server: TestServer) -> None:
    await client.get(server.url("/chunked/200000"))


async def upload(client: Client, server: TestServer) -> None:
    await client.post(server.url("/echo"), body=slow_body())


async def in_parts(client: Client, server: TestServer) -> None:
    async with client.get(server.url("/chunked/200000")) as response:
        async for _ in response.iter_bytes():
            await zokio.sleep(0)


async def on_a_dead_connection(client: Client, server: TestServer) -> None:
    await client.get(server.url())
    server.close_connections()
    await client.get(server.url())


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
@pytest.mark.parametrize("timeouts", [Timeouts(), NO_TIMES], ids=["timed", "untimed"])
@pytest.mark.parametrize(
    "operation", [whole, upload, in_parts, on_a_dead_connection], ids=lambda each: each.__name__
)
@pytest.mark.parametrize("reactor", ["simulated", "epoll"])
def test_after_a_cancellation_anywhere_the_pool_serves_the_next_request(
    reactor: str, operation: object, timeouts: Timeouts
) -> None:
    async def attempt(number: int) -> bool:
        async with (
            serving() as server,
            Client(limits=ONE, timeouts=timeouts, proxies={}) as client,
        ):
            assert callable(operation)
            was_cancelled, _ = await cancelled_at(number, operation(client, server))
            assert client.pool.open == client.pool.idle
            client.pool.check_invariants()
            async with zokio.timeout(60):
                response = await client.get(server.url())
            assert await response.read() == b"ok"
            return was_cancelled

    async def main() -> int:
        for number in count(1):
            if not await attempt(number):
                return number
        raise AssertionError

    config = zokio.RuntimeConfig(reactor=reactor, budget=1, event_interval=1)
    assert zokio.run(main(), config=config) > 5


@pytest.mark.one_thread
def test_whoever_waits_behind_a_cancelled_request_is_served() -> None:
    async def attempt(number: int) -> bool:
        async with serving() as server, Client(limits=ONE, proxies={}) as client:
            behind: list[zokio.JoinHandle[Response]] = []

            async def first() -> None:
                async with client.get(server.url("/chunked/100000")) as response:
                    behind.append(zokio.spawn(_get(client, server.url())))
                    await zokio.sleep(0)
                    await response.read()

            was_cancelled, _ = await cancelled_at(number, first())
            async with zokio.timeout(60):
                for each in behind:
                    assert (await each).status == 200
            return was_cancelled

    async def main() -> None:
        for number in count(1):
            if not await attempt(number):
                return

    config = zokio.RuntimeConfig(reactor="simulated", budget=1, event_interval=1)
    zokio.run(main(), config=config)


async def _get(client: Client, url: str) -> Response:
    return await client.get(url)


def test_many_requests_of_which_half_are_cancelled_leave_a_whole_pool() -> None:
    """The churn by which others lost a place at a time, until none was left."""

    async def one(client: Client, url: str, seconds: float) -> bool:
        with zokio.move_on_after(seconds):
            await client.get(url)
            return True
        return False

    async def main() -> tuple[int, int]:
        limits = Limits(per_host=2, total=3)
        async with (
            serving() as one_server,
            serving() as other_server,
            Client(limits=limits, proxies={}) as client,
        ):
            urls = [one_server.url("/chunked/90000"), other_server.url("/chunked/90000")]
            rounds = 0
            for _ in range(30):
                calls = [one(client, urls[n % 2], 0 if n % 3 else 60) for n in range(12)]
                rounds += sum(await zokio.join(*calls))
                client.pool.check_invariants()
                assert client.pool.open == client.pool.idle
                assert client.pool.waiting == 0
            return rounds, client.pool.open

    served, left = zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated"))
    assert served >= 30 * 4
    assert left <= 3
