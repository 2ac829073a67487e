"""Peers that send whatever, however: nothing hangs and nothing is made up."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zokio
from tests.helpers.tcp_streams import connected_streams
from zokio.errors import EndedError, LimitError
from zokio.net import TcpListener, TcpStream

REAL_REACTORS = ("epoll", "poll", "select")


def with_raw_peer(
    reactor: str, test: Callable[[socket.socket, TcpStream], Awaitable[None]]
) -> None:
    """Run `test` with a socket of the system and the stream that it is connected to."""

    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            with socket.create_connection(listener.local_address) as peer:
                stream, _ = await listener.accept()
                async with stream:
                    await test(peer, stream)

    zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))


@pytest.mark.parametrize("reactor", REAL_REACTORS)
def test_what_stands_behind_urgent_data_is_read_too(reactor: str) -> None:
    async def test(peer: socket.socket, stream: TcpStream) -> None:
        peer.sendall(b"abc")
        peer.send(b"!", socket.MSG_OOB)
        peer.sendall(b"def")
        await zokio.sleep(0.01)
        assert await stream.read(100) == b"abc"
        assert await stream.read(100) == b"def"
        reading = zokio.spawn(stream.read(100))
        await zokio.sleep(0.01)
        assert not reading.is_finished()
        peer.sendall(b"ghi")
        assert await reading == b"ghi"

    with_raw_peer(reactor, test)


@pytest.mark.parametrize("reactor", REAL_REACTORS)
def test_a_peer_that_sends_byte_by_byte_is_read_to_the_limit_and_no_further(reactor: str) -> None:
    async def test(peer: socket.socket, stream: TcpStream) -> None:
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        reading = zokio.spawn(stream.read_until(b"\r\n", limit=500))
        for _ in range(600):
            peer.sendall(b"x")
            await zokio.sleep(0)
        with pytest.raises(LimitError, match="within 500 bytes"):
            await reading

    with_raw_peer(reactor, test)


@given(
    pieces=st.lists(st.binary(min_size=1, max_size=40), max_size=12),
    separator=st.binary(min_size=1, max_size=3),
)
def test_read_until_cuts_any_bytes_as_bytes_partition_does(
    pieces: list[bytes], separator: bytes
) -> None:
    async def send(stream: TcpStream) -> None:
        for piece in pieces:
            await stream.write_all(piece)
            await zokio.yield_now()
        await stream.shutdown_write()

    async def main() -> list[bytes]:
        lines = []
        async with connected_streams() as (client, server):
            sending = zokio.spawn(send(client))
            while True:
                try:
                    lines.append(await server.read_until(separator))
                except EndedError as error:
                    await sending
                    return [*lines, error.partial]

    whole = b"".join(pieces)
    *lines, rest = whole.split(separator)
    wanted = [line + separator for line in lines] + [rest]
    assert zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated")) == wanted
