"""UDP sockets on loopback, for the tests of them."""

from __future__ import annotations

from zokio.net import UdpSocket
from zokio.reactor.contract import Address

HOST = "127.0.0.1"
REAL_REACTORS = ("epoll", "poll", "select")
"""Those which have multicast and IPv6."""


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
