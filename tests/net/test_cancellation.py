"""Cancelling accept and connect at any suspension point loses nothing, and leaves nothing behind.

What streams do when they are cancelled is in conformance/test_cancellation.py.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from zokio.net import TcpListener, TcpStream

REACTORS = ("epoll", "poll", "select", "simulated")


@pytest.fixture(params=REACTORS)
def run(request: pytest.FixtureRequest) -> Callable[[Awaitable[Any]], Any]:  # Any: see conftest.py
    """As many suspension points as there can be.

    What could complete at once yields first, and the reactor is visited after every poll, so that
    what is sent in pieces comes in pieces.
    """
    config = zokio.RuntimeConfig(reactor=request.param, budget=1, event_interval=1)
    return lambda coroutine: zokio.run(coroutine, config=config)


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


async def until_it_is_cancelled_no_more(attempt: Callable[[int], Awaitable[bool]]) -> int:
    """Cancel at the first suspension, the second, and so on; at how many it was tried."""
    for number in count(1):
        if not await attempt(number):
            return number
    raise AssertionError
