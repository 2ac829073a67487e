"""UdpSocket: each datagram by itself, connected or not, on every reactor."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Awaitable, Callable
from itertools import count
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.standing import until_somebody_reads
from zokio.errors import (
    AddressInUseError,
    BrokenError,
    BusyError,
    ClosedError,
    LimitError,
    NoRuntimeError,
    RefusedError,
    UsageError,
)
from zokio.net import UdpSocket
from zokio.reactor.contract import Address, Socket

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py
HOST = "127.0.0.1"
REAL_REACTORS = ("epoll", "poll", "select")


async def free_address() -> Address:
    """Where nobody is."""
    async with UdpSocket.bind(HOST) as sock:
        return sock.local_address


async def connected() -> tuple[UdpSocket, UdpSocket]:
    """Two sockets that send to each other only."""
    first, second = UdpSocket.bind(HOST), UdpSocket.bind(HOST)
    await first.connect(*second.local_address)
    await second.connect(*first.local_address)
    return first, second


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


# An error concerns one datagram


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


# Waiting, and two in one place


def test_two_receivers_are_one_too_many(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as sock:
            receiving = zokio.spawn(sock.recv(1), name="alice")
            await until_somebody_reads(sock)
            with pytest.raises(BusyError, match="alice"):
                await sock.recv_from(1)
            receiving.abort()

    run(main())


def test_close_ends_who_receives_and_everything_after_it(run: Run) -> None:
    async def main() -> None:
        first, second = await connected()
        receiving = zokio.spawn(first.recv(1))
        await zokio.sleep(0.001)
        first.close()
        first.close()
        for operation in (
            receiving,
            first.recv(1),
            first.recv_from(1),
            first.send(b"x"),
            first.send_to(b"x", second.local_address),
        ):
            with pytest.raises(ClosedError, match="open a new one"):
                await operation
        with pytest.raises(ClosedError):
            await first.connect(*second.local_address)
        with pytest.raises(ClosedError):
            assert first.local_address
        with pytest.raises(ClosedError):
            first.set_broadcast()
        second.close()

    run(main())


class NoRoom:
    """A socket whose buffer is full, the first `times` times."""

    def __init__(self, sock: Socket, times: int) -> None:
        self._inner = sock
        self.times = times

    def __getattr__(self, name: str) -> Any:  # Any: whatever the socket has
        return getattr(self._inner, name)

    def send(self, data: bytes | bytearray | memoryview) -> int:
        if self.times:
            self.times -= 1
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return self._inner.send(data)


@pytest.mark.parametrize("reactor", ["poll", "select"])
def test_who_finds_no_room_waits_for_it(reactor: str) -> None:
    async def main() -> None:
        first, second = await connected()
        async with first, second:
            full = NoRoom(first._socket, 3)
            first._socket = full
            sending = zokio.spawn(first.send(b"patient"), name="bob")
            await zokio.yield_now()
            if first._registration.writer is not None:
                with pytest.raises(BusyError, match="bob"):
                    await first.send_to(b"x", second.local_address)
            await sending
            assert full.times == 0
            assert await second.recv() == b"patient"

    zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
@pytest.mark.parametrize("reactor", [*REAL_REACTORS, "simulated"])
def test_a_receive_that_is_cancelled_anywhere_loses_no_datagram(reactor: str) -> None:
    async def send_slowly(sock: UdpSocket) -> None:
        for number in range(5):
            await zokio.sleep(0)
            await sock.send(b"%d" % number)

    async def attempt(number: int) -> bool:
        first, second = await connected()
        async with first, second:
            sending = zokio.spawn(send_slowly(first))
            was_ever_cancelled = False
            for wanted in range(5):
                was_cancelled, data = await cancelled_at(number, second.recv(9))
                if was_cancelled:
                    was_ever_cancelled = True
                    data = await second.recv(9)
                assert data == b"%d" % wanted
            await sending
            return was_ever_cancelled

    async def main() -> int:
        for number in count(1):
            if not await attempt(number):
                return number
        raise AssertionError

    config = zokio.RuntimeConfig(reactor=reactor, budget=1, event_interval=1)
    assert zokio.run(main(), config=config) > 1


@pytest.mark.one_thread  # it counts the polls of one thread
def test_a_socket_that_is_always_ready_lets_others_run(run: Run) -> None:
    others_ran = 0

    async def other() -> None:
        nonlocal others_ran
        while True:
            others_ran += 1
            await zokio.yield_now()

    async def main() -> None:
        first, second = await connected()
        async with first, second:
            beside = zokio.spawn(other())
            for _ in range(500):
                await first.send(b"x")
                assert await second.recv(1) == b"x"
            beside.abort()

    run(main())
    assert others_ran >= 7  # a budget of 128


def test_many_tasks_exchange_datagrams_at_once(run: Run) -> None:
    async def serve(server: UdpSocket) -> None:
        while True:
            data, address = await server.recv_from()
            await server.send_to(data, address)

    async def ask(address: Address, number: int) -> None:
        async with UdpSocket.bind(HOST) as client:
            await client.connect(*address)
            for each in range(10):
                await client.send(b"%d %d" % (number, each))
                assert await client.recv() == b"%d %d" % (number, each)

    async def main() -> None:
        async with UdpSocket.bind(HOST) as server:
            serving = zokio.spawn(serve(server))
            async with zokio.TaskGroup() as group:
                for number in range(10):
                    group.spawn(ask(server.local_address, number))
            serving.abort()

    run(main())


# Binding


def test_an_address_in_use_is_an_error_of_its_own(run: Run) -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST) as sock:
            host, port = sock.local_address
            with pytest.raises(AddressInUseError, match=f"{host} port {port}"):
                UdpSocket.bind(host, port)
        UdpSocket.bind(host, port).close()

    run(main())


def test_a_port_can_be_shared_when_both_say_so() -> None:
    async def main() -> None:
        async with UdpSocket.bind(HOST, 0, reuse_port=True) as sock:
            UdpSocket.bind(*sock.local_address, reuse_port=True).close()

    zokio.run(main())


def test_a_socket_needs_a_runtime() -> None:
    with pytest.raises(NoRuntimeError):
        UdpSocket.bind(HOST)


@pytest.mark.parametrize(
    "address",
    [("localhost", 7), ("127.0.0.1", 70_000), ("::1", 7), "127.0.0.1", None, (HOST,), (None, 7)],
)
def test_what_is_no_address_in_figures_is_refused(run: Run, address: Any) -> None:  # Any: wrong
    async def main() -> None:
        async with UdpSocket.bind(HOST) as sock:
            with pytest.raises(UsageError, match="a name can be given to connect"):
                await sock.send_to(b"x", address)

    run(main())


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.parametrize("reactor", REAL_REACTORS)
def test_the_same_over_ipv6(reactor: str) -> None:
    async def main() -> None:
        async with UdpSocket.bind("::1") as server, UdpSocket.bind("::1") as client:
            await client.send_to(b"x", server.local_address[:2])
            data, address = await server.recv_from()
            await server.send_to(data, address)
            assert await client.recv() == b"x"

    try:
        zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))
    except BrokenError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        pytest.skip("no loopback of IPv6")


def test_only_who_says_so_may_send_to_everybody() -> None:
    async def main() -> None:
        async with UdpSocket.bind() as sock:
            with pytest.raises(BrokenError) as caught:
                await sock.send_to(b"x", ("255.255.255.255", 9))
            assert caught.value.errno in (errno.EACCES, errno.ENETUNREACH)
            sock.set_broadcast()
            assert sock._socket.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)
            sock.set_broadcast(False)
            assert not sock._socket.getsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST)

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="epoll"))


# Multicast

GROUP = "239.255.77.77"


@pytest.mark.parametrize("reactor", REAL_REACTORS)
def test_whoever_has_joined_a_group_hears_it_until_he_leaves(reactor: str) -> None:
    async def main() -> None:
        async with (
            UdpSocket.bind("", 0, reuse_address=True) as first,
            UdpSocket.bind("", first.local_address[1], reuse_address=True) as second,
            UdpSocket.bind(HOST) as sender,
        ):
            port = first.local_address[1]
            sender.set_multicast(interface=HOST, hops=0, loop=True)
            for each in (first, second):
                each.join_multicast(GROUP, HOST)
            await sender.send_to(b"to all", (GROUP, port))
            for each in (first, second):
                assert await each.recv_from() == (b"to all", sender.local_address)
            first.leave_multicast(GROUP, HOST)
            with pytest.raises(BrokenError, match="leave"):
                first.leave_multicast(GROUP, HOST)
            await sender.send_to(b"to one", (GROUP, port))
            assert await second.recv() == b"to one"

    zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))


def test_the_simulated_network_has_no_multicast() -> None:
    async def main() -> None:
        async with UdpSocket.bind("") as sock:
            with pytest.raises(UsageError, match="has no multicast"):
                sock.join_multicast(GROUP)

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated"))


def test_what_is_no_group_or_no_interface_is_refused() -> None:
    async def main() -> None:
        async with UdpSocket.bind("") as sock:
            for wrong in ("127.0.0.1", "ff02::1", "nonsense"):
                with pytest.raises(UsageError, match="no multicast address of IPv4"):
                    sock.join_multicast(wrong)
            with pytest.raises(UsageError, match="give its address in figures"):
                sock.join_multicast(GROUP, "lo")
            with pytest.raises(UsageError, match="from 0 to 255"):
                sock.set_multicast(hops=256)

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="epoll"))


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_the_options_of_ipv6_groups() -> None:
    async def main() -> None:
        async with UdpSocket.bind("::") as sock:
            sock.join_multicast("ff02::77", "lo")
            sock.leave_multicast("ff02::77", "lo")
            sock.set_multicast(interface="", hops=3, loop=False)
            for option, value in (
                (socket.IPV6_MULTICAST_HOPS, 3),
                (socket.IPV6_MULTICAST_LOOP, 0),
            ):
                assert sock._socket.getsockopt(socket.IPPROTO_IPV6, option) == value
            with pytest.raises(BrokenError, match="no interface"):
                sock.join_multicast("ff02::77", "nowhere")

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="epoll"))
