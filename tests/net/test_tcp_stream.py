"""TcpStream: what only TCP has. What every stream does is in conformance/."""

from __future__ import annotations

import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from zokio.errors import ClosedError, ResetError, UsageError
from zokio.net import TcpListener, TcpStream

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py
REAL = zokio.RuntimeConfig(reactor="epoll")


def option(stream: TcpStream, level: int, name: int) -> int:
    return stream._socket.getsockopt(level, name)


def test_small_messages_are_sent_at_once_unless_told_otherwise() -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            for stream in (client, server):
                assert option(stream, socket.IPPROTO_TCP, socket.TCP_NODELAY)
            client.set_no_delay(False)
            assert not option(client, socket.IPPROTO_TCP, socket.TCP_NODELAY)

    zokio.run(main(), config=REAL)


def test_keep_alive_can_be_set_and_taken_back() -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            client.set_keep_alive(30, 5, 3)
            assert option(client, socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert option(client, socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
            assert option(client, socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 5
            assert option(client, socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
            client.set_keep_alive(None)
            assert not option(client, socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    zokio.run(main(), config=REAL)


@pytest.mark.parametrize("values", [(0,), (32_768,), (-1,), (9, 0), (9, 9, 0), (9, 9, 128)])
def test_a_keep_alive_out_of_range_is_refused(run: Run, values: tuple[int, ...]) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            with pytest.raises(UsageError, match="from 1 to"):
                client.set_keep_alive(*values)

    run(main())


def test_lingering_can_be_set_and_taken_back() -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            assert isinstance(client._socket, socket.socket)
            for seconds, wanted in ((0, (1, 0)), (None, (0, 0))):
                client.set_linger(seconds)
                found = client._socket.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 8)
                assert struct.unpack("ii", found) == wanted

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="epoll", workers=0))


def test_a_stream_that_does_not_linger_resets_its_peer(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            client.set_linger(0)
            client.close()
            with pytest.raises(ResetError):
                await server.read(1)

    run(main())


@pytest.mark.parametrize("seconds", [-1, 1, 10])
def test_a_linger_that_would_block_the_thread_is_refused(run: Run, seconds: int) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            with pytest.raises(UsageError, match="close would block the thread"):
                client.set_linger(seconds)

    run(main())


def test_the_options_of_a_stream_that_was_closed_are_an_error(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            client.close()
            with pytest.raises(ClosedError, match="open a new one"):
                client.set_keep_alive(9)
            with pytest.raises(ClosedError, match="open a new one"):
                client.set_linger(0)
            client.set_no_delay()  # it is a hint, and fails silently

    run(main())


def test_a_stream_outlives_its_runtime_harmlessly(run: Run) -> None:
    stream = run(_kept_stream())
    stream.close()
    stream.close()


async def _kept_stream() -> TcpStream:
    listener = TcpListener.bind("127.0.0.1", 0)
    client = await TcpStream.connect(*listener.local_address)
    listener.close()
    return client
