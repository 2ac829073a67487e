"""UdpSocket: binding, addresses, broadcast and IPv6."""

from __future__ import annotations

import errno
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.udp_sockets import HOST, REAL_REACTORS
from zokio.errors import AddressInUseError, BrokenError, NoRuntimeError, UsageError
from zokio.net import UdpSocket

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


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
        pytest.skip(reason="this machine has no loopback of IPv6")


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
