"""Cancelling network operations at every one of their suspension points loses nothing."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.tcp_streams import connected_streams
from zokio.net import TcpListener, TcpStream

REACTORS = ("epoll", "poll", "select", "simulated")
MESSAGE = b"one,two,three,"


@pytest.fixture(params=REACTORS)
def run(request: pytest.FixtureRequest) -> Callable[[Awaitable[Any]], Any]:  # Any: see conftest.py
    """As many suspension points as there can be.

    What could complete at once yields first, and the reactor is visited after every poll, so that
    what is sent in pieces comes in pieces.
    """
    config = zokio.RuntimeConfig(reactor=request.param, budget=1, event_interval=1)
    return lambda coroutine: zokio.run(coroutine, config=config)


async def send_slowly(stream: TcpStream) -> None:
    for byte in MESSAGE:
        await stream.write_all(bytes([byte]))
        await zokio.sleep(0)


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
@pytest.mark.parametrize(
    "operation",
    [
        lambda stream: stream.read_exact(len(MESSAGE)),
        lambda stream: stream.read_until(b"three,"),
    ],
    ids=["read_exact", "read_until"],
)
def test_a_read_that_is_cancelled_anywhere_keeps_what_had_come(
    run: Callable[[Awaitable[Any]], Any],  # Any: see conftest.py
    operation: Callable[[TcpStream], Awaitable[bytes]],
) -> None:
    async def attempt(number: int) -> bool:
        async with connected_streams() as (client, server):
            sending = zokio.spawn(send_slowly(client))
            was_cancelled, value = await cancelled_at(number, operation(server))
            if was_cancelled:
                value = await operation(server)
            assert value == MESSAGE
            await sending
            return was_cancelled

    async def main() -> int:
        return await until_it_is_cancelled_no_more(attempt)

    assert run(main()) > 3


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
def test_an_accept_that_is_cancelled_anywhere_loses_no_connection(
    run: Callable[[Awaitable[Any]], Any],  # Any: see conftest.py
) -> None:
    async def attempt(number: int) -> bool:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            connecting = zokio.spawn(TcpStream.connect(*listener.local_address))
            was_cancelled, accepted = await cancelled_at(number, listener.accept())
            stream, address = accepted or await listener.accept()
            async with stream, await connecting as client:
                assert client.local_address == address
            return was_cancelled

    async def main() -> int:
        return await until_it_is_cancelled_no_more(attempt)

    assert run(main()) > 1


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
def test_a_connect_that_is_cancelled_anywhere_leaves_no_descriptor_behind(
    run: Callable[[Awaitable[Any]], Any],  # Any: see conftest.py
) -> None:
    async def attempt(number: int) -> bool:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            open_before = len(os.listdir("/proc/self/fd"))
            connecting = TcpStream.connect(*listener.local_address)
            was_cancelled, stream = await cancelled_at(number, connecting)
            if stream is not None:
                stream.close()
            assert len(os.listdir("/proc/self/fd")) == open_before
            return was_cancelled

    async def main() -> int:
        return await until_it_is_cancelled_no_more(attempt)

    assert run(main()) > 1


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
def test_a_write_that_is_cancelled_leaves_the_place_of_the_writer_free(
    run: Callable[[Awaitable[Any]], Any],  # Any: see conftest.py
) -> None:
    async def attempt(number: int) -> bool:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(read_all(server))
            was_cancelled, _ = await cancelled_at(number, client.write_all(bytes(1 << 22)))
            await client.write_all(b"the end")
            client.close()
            received = await reading
            assert received.endswith(b"the end")
            assert was_cancelled or len(received) == (1 << 22) + 7
            return was_cancelled and number < 20

    async def main() -> int:
        return await until_it_is_cancelled_no_more(attempt)

    assert run(main()) > 1


async def read_all(stream: TcpStream) -> bytes:
    received = bytearray()
    while data := await stream.read(1 << 20):
        received += data
    return bytes(received)


async def until_it_is_cancelled_no_more(attempt: Callable[[int], Awaitable[bool]]) -> int:
    """Cancel at the first suspension, the second, and so on; at how many it was tried."""
    for number in count(1):
        if not await attempt(number):
            return number
    raise AssertionError
