"""UdpSocket: groups of multicast, and their options."""

from __future__ import annotations

import socket

import pytest

import zokio
from tests.helpers.udp_sockets import HOST, REAL_REACTORS
from zokio.errors import BrokenError, UsageError
from zokio.net import UdpSocket

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
