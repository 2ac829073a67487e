"""Cancelling operations on a TlsStream at every one of their suspension points."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at, until_it_is_cancelled_no_more
from tests.helpers.tls_streams import tls_streams
from zokio.net.tls import TlsStream

pytestmark = pytest.mark.one_thread  # how often it suspends depends on whose turn it is

REACTORS = ("epoll", "select", "simulated")
MESSAGE = b"one,two,three,"
LOTS = bytes(range(251)) * 40_000


@pytest.fixture(params=REACTORS)
def run(
    request: pytest.FixtureRequest,
) -> Callable[[Awaitable[Any]], Any]:  # Any: see ../conftest.py
    """As many suspension points as there can be: see ../test_cancellation.py."""
    config = zokio.RuntimeConfig(reactor=request.param, budget=1, event_interval=1)
    return lambda coroutine: zokio.run(coroutine, config=config)


async def send_slowly(stream: TlsStream) -> None:
    for byte in MESSAGE:
        await stream.write_all(bytes([byte]))
        await zokio.sleep(0)


async def receive(stream: TlsStream) -> bytes:
    received = bytearray()
    while data := await stream.read(1 << 16):
        received += data
    return bytes(received)


@pytest.mark.parametrize(
    "operation",
    [lambda stream: stream.read_exact(len(MESSAGE)), lambda stream: stream.read_until(b"three,")],
    ids=["read_exact", "read_until"],
)
def test_a_read_that_is_cancelled_anywhere_keeps_what_had_come(
    run: Callable[[Awaitable[Any]], Any],  # Any: see ../conftest.py
    operation: Callable[[TlsStream], Awaitable[bytes]],
) -> None:
    async def attempt(number: int) -> bool:
        async with tls_streams() as (client, server):
            sending = zokio.spawn(send_slowly(client))
            was_cancelled, value = await cancelled_at(number, operation(server))
            if was_cancelled:
                value = await operation(server)
            assert value == MESSAGE
            await sending
            return was_cancelled

    assert run(until_it_is_cancelled_no_more(attempt)) > 3


def test_a_write_that_is_cancelled_anywhere_leaves_the_stream_whole(
    run: Callable[[Awaitable[Any]], Any],  # Any: see ../conftest.py
) -> None:
    async def attempt(number: int) -> bool:
        async with tls_streams() as (client, server):
            reading = zokio.spawn(receive(server))
            was_cancelled, _ = await cancelled_at(number, client.write_all(LOTS))
            await server.write_all(b"you")
            assert await client.read_exact(3) == b"you"
            await client.write_all(b"the end")
            await client.shutdown_write()
            received = await reading
            assert received.endswith(b"the end")
            assert LOTS.startswith(received.removesuffix(b"the end"))
            assert was_cancelled or len(received) == len(LOTS) + 7
            return was_cancelled and number < 12

    assert run(until_it_is_cancelled_no_more(attempt)) > 1


def test_a_goodbye_that_is_cancelled_anywhere_closes(
    run: Callable[[Awaitable[Any]], Any],  # Any: see ../conftest.py
) -> None:
    async def attempt(number: int) -> bool:
        async with tls_streams() as (client, server):
            other = zokio.spawn(server.aclose())
            was_cancelled, _ = await cancelled_at(number, client.aclose())
            with pytest.raises(zokio.ClosedError):
                await client.read(1)
            await other
            return was_cancelled

    assert run(until_it_is_cancelled_no_more(attempt)) > 1
