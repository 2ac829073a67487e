"""UdpSocket: each datagram by itself, and an error for each; on every reactor."""

from __future__ import annotations

import errno
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.udp_sockets import HOST, connected, free_address
from zokio.errors import BrokenError, LimitError, RefusedError, UsageError
from zokio.net import UdpSocket

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


def test_datagrams_arrive_one_by_one_with_the_address_of_who_has_sent_them(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST, 0) as server, await UdpSocket.bind() as client:
            receiving = zokio.spawn(server.recv_from(100))
            for data in (b"one", bytearray(b"two"), memoryview(b""), b"three"):
                await client.send_to(data, server.local_address)
            data, address = await receiving
            assert (data, address) == (b"one", (HOST, client.local_address[1]))
            assert [await server.recv(100) for _ in range(3)] == [b"two", b"", b"three"]
            await server.send_to(b"answer", address)
            assert await client.recv_from() == (b"answer", server.local_address)

    run(main())


def test_a_connected_socket_sends_and_hears_its_peer_only(run: Run) -> None:
    async def main() -> None:
        first, second = await connected()
        async with first, second, UdpSocket.bind(HOST) as stranger:
            assert first.peer_address == second.local_address
            await stranger.send_to(b"not for you", first.local_address)
            await second.send(b"hello")
            assert await first.recv(100) == b"hello"
            await first.send(b"you")
            assert await second.recv_from(100) == (b"you", first.local_address)

    run(main())


def test_a_peer_can_be_given_by_name(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind("localhost") as server, UdpSocket.bind(HOST) as client:
            await client.connect("localhost", server.local_address[1])
            await client.send(b"x")
            assert await server.recv() == b"x"

    run(main())


def test_a_peer_of_another_family_cannot_be_reached(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as sock:
            with pytest.raises(BrokenError, match="no address of the family"):
                await sock.connect("::1", 7)

    run(main())


def test_a_socket_without_a_peer_says_so(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as sock:
            with pytest.raises(BrokenError) as caught:
                await sock.send(b"to whom?")
            assert caught.value.errno == errno.EDESTADDRREQ
            with pytest.raises(BrokenError) as caught:
                assert sock.peer_address
            assert caught.value.errno == errno.ENOTCONN

    run(main())


def test_a_datagram_that_finds_nobody_is_refused_once_and_the_socket_goes_on(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as client:
            address = await free_address()
            await client.connect(*address)
            await client.send(b"anybody?")
            with pytest.raises(RefusedError, match="that the server runs"):
                await client.recv(100)
            await client.send(b"anybody?")
            with pytest.raises(RefusedError):
                await client.send(b"this one is not sent")
            async with UdpSocket.bind(*address) as server:
                await client.send(b"now?")
                data, sender = await server.recv_from(100)
                assert data == b"now?"
                await server.send_to(b"yes", sender)
                assert await client.recv(100) == b"yes"

    run(main())


def test_who_waits_to_receive_is_told_that_nobody_is_there(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as client:
            await client.connect(*await free_address())
            receiving = zokio.spawn(client.recv(100))
            await zokio.sleep(0.001)
            await client.send(b"anybody?")
            with pytest.raises(RefusedError):
                await receiving

    run(main())


def test_a_socket_that_is_not_connected_hears_of_no_refusal(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as client:
            for _ in range(3):
                await client.send_to(b"anybody?", await free_address())

    run(main())


def test_a_datagram_that_is_too_long_is_not_sent_and_the_socket_goes_on(run: Run) -> None:
    async def main() -> None:
        first, second = await connected()
        async with first, second:
            for sending in (
                first.send(bytes(65_508)),
                first.send_to(bytes(65_508), second.local_address),
            ):
                with pytest.raises(BrokenError, match="send less") as caught:
                    await sending
                assert caught.value.errno == errno.EMSGSIZE
            await first.send(bytes(65_507))
            assert await second.recv() == bytes(65_507)

    run(main())


def test_a_datagram_that_is_longer_than_the_limit_is_lost_and_not_cut(run: Run) -> None:
    async def main() -> None:
        first, second = await connected()
        async with first, second:
            for data in (b"12345", b"1234", b"x", b""):
                await first.send(data)
            with pytest.raises(LimitError, match="longer than 4 bytes and is lost"):
                await second.recv(4)
            assert await second.recv(4) == b"1234"
            with pytest.raises(LimitError, match="longer than 0 bytes"):
                await second.recv_from(0)
            assert await second.recv_from(0) == (b"", first.local_address)
            with pytest.raises(UsageError, match="not negative"):
                await second.recv(-1)

    run(main())
