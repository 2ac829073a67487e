"""UdpSocket: datagrams, each by itself; connected to one peer or not.

A datagram arrives whole or not at all, and nobody says so if it does not. One task may receive and
one may wait to send at the same time. What is cancelled has received nothing, and sent nothing.

An error concerns one datagram and not the socket: it goes on.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Generator
from functools import partial
from typing import Self

from zokio.errors import BrokenError, LimitError, UsageError
from zokio.net import multicast
from zokio.net.addressed import Addressed
from zokio.net.binding import bound_socket, local_endpoint
from zokio.net.readiness import let_others_run
from zokio.net.resolve import check_port, resolve
from zokio.reactor.contract import Address, Socket

DATAGRAM_BYTES_MAX = 65_535


class UdpSocket(Addressed):
    """Sends and receives datagrams. Made by `bind`; close it, or use `async with`."""

    __slots__ = ("_family",)

    def __init__(self, sock: Socket, family: int) -> None:
        super().__init__(sock)
        self._registration.writable = True  # a new socket has room
        self._family = family

    @classmethod
    def bind(
        cls,
        host: str = "",
        port: int = 0,
        *,
        reuse_address: bool = False,
        reuse_port: bool = False,
    ) -> Self:
        """Receive what is sent to an address of this machine. `await` it or do not.

        Args:
            host: an address in figures, "localhost" (127.0.0.1), or "" for every IPv4 address.
            port: 0 to 65535; 0 takes any free one, see `local_address`.
            reuse_address: others who say so may have the same address (SO_REUSEADDR); each of
                them receives what is sent to a multicast group.
            reuse_port: datagrams are shared out among those who say so (SO_REUSEPORT).

        Raises:
            AddressInUseError: somebody else has this address.
            BrokenError: the system refuses, for instance a port below 1024.
            UsageError: the host is a name, or the port is out of its range.
            NoRuntimeError: no runtime is running on this thread.
        """
        endpoint = local_endpoint(host, port)
        with bound_socket(
            endpoint,
            f"bind {host or '*'} port {port}",
            kind=socket.SOCK_DGRAM,
            reuse_address=reuse_address,
            reuse_port=reuse_port,
        ) as sock:
            return cls(sock, endpoint.family)

    async def connect(self, host: str, port: int) -> None:
        """From now on `send` sends there, and nothing from anybody else is received.

        Nothing is sent, and nobody is asked whether he is there.

        Args:
            host: a name, or an address in figures.
            port: 1 to 65535.

        Raises:
            BrokenError: the name is not known, or has no address of this socket's family.
            ClosedError: it was closed on this side.
        """
        found = [each for each in await resolve(host, port) if each.family == self._family]
        if not found:
            raise BrokenError(0, f"connect {host!r}: no address of the family of this socket")
        number = self._socket.connect_ex(found[0].address)
        if number:
            raise self._error(OSError(number, os.strerror(number)), f"connect {host} port {port}")

    async def send(self, data: bytes | bytearray | memoryview) -> None:
        """Send one datagram to the peer of `connect`; wait while there is no room.

        Raises:
            BusyError: another task already waits to send.
            ClosedError: it was closed on this side.
            RefusedError: an earlier datagram found nobody; this one was not sent.
            BrokenError: the datagram is too long (EMSGSIZE), or there is no way to the peer.
        """
        await self._begin(reading=False)
        await self._when_ready(partial(self._socket.send, data), "send")

    async def send_to(self, data: bytes | bytearray | memoryview, address: Address) -> None:
        """Send one datagram to an address; wait while there is no room.

        Args:
            data: 65,507 bytes at the most over IPv4.
            address: host in figures and port, or what `recv_from` gave.

        Raises:
            BusyError, ClosedError, BrokenError: as `send`.
            UsageError: the address is none; names are looked up by `connect` only.
        """
        self._check_address(address)
        await self._begin(reading=False)
        await self._when_ready(partial(self._socket.sendto, data, address), "send_to")

    async def recv(self, n: int = DATAGRAM_BYTES_MAX) -> bytes:
        """As `recv_from`, without the address."""
        return (await self.recv_from(n))[0]

    async def recv_from(self, n: int = DATAGRAM_BYTES_MAX) -> tuple[bytes, Address]:
        """Receive one datagram, and who has sent it; wait if there is none.

        Args:
            n: how many bytes it may have at the most; 0 or more.

        Returns:
            The datagram, which may be empty, and an address for `send_to`. Cancelled, it has
            received none.

        Raises:
            BusyError: another task already receives.
            ClosedError: it was closed on this side.
            LimitError: the datagram is longer than `n`; it is lost.
            RefusedError: an earlier datagram that was sent to the peer of `connect` found nobody.
        """
        if n < 0:
            raise UsageError(f"recv_from({n}): a number of bytes is not negative")
        await self._begin(reading=True)
        # One more, to see whether it was cut off.
        call = partial(self._socket.recvfrom, n + 1)
        data, address = await self._when_ready(call, "recv_from", reading=True)
        if len(data) > n:
            raise LimitError(
                f"a datagram from {address} is longer than {n} bytes and is lost; raise the limit"
            )
        return data, address

    async def _begin(self, *, reading: bool) -> None:
        """Nobody else does it just now, and the budget is paid."""
        registration = self._registration
        if reading and registration.reader is not None:
            raise registration.busy_reading()
        if not reading and registration.writer is not None:
            raise registration.busy_writing()
        if self._budget.spend():
            await let_others_run(registration, self._polling, reading=reading)

    def _check_address(self, address: Address) -> None:
        """The system would look a name up, and block the thread meanwhile."""
        try:
            host, port = address[:2]
            check_port(port)
            socket.inet_pton(self._family, host.partition("%")[0])  # a zone may follow
        except (OSError, TypeError, ValueError, AttributeError, UsageError):
            raise UsageError(
                f"send_to({address!r}): give a pair of host in figures and port, of the family "
                "that the socket is bound to; a name can be given to connect"
            ) from None

    def set_broadcast(self, enabled: bool = True) -> None:
        """Allow to send to broadcast addresses (SO_BROADCAST)."""
        self._set_option(socket.SOL_SOCKET, socket.SO_BROADCAST, int(enabled), "set_broadcast")

    def join_multicast(self, group: str, interface: str = "") -> None:
        """Receive what is sent to a group and this socket's port.

        Args:
            group: the group's address in figures.
            interface: where; for IPv4 the address that this machine has there, for IPv6 the
                interface's name. "" leaves it to the system.

        Raises:
            ClosedError: it was closed on this side.
            BrokenError: the system refuses, or there is no such interface.
            UsageError: this is no multicast address; or the reactor is the simulated one.
        """
        self._apply(multicast.membership(self._family, group, interface, join=True), "join")

    def leave_multicast(self, group: str, interface: str = "") -> None:
        """Receive it no more: see `join_multicast`."""
        self._apply(multicast.membership(self._family, group, interface, join=False), "leave")

    def set_multicast(
        self, *, interface: str | None = None, hops: int | None = None, loop: bool | None = None
    ) -> None:
        """How datagrams leave that are sent to a group; what is None stays as it is.

        Args:
            interface: see `join_multicast`.
            hops: how many routers hand them on, 0 to 255; 1 at first.
            loop: whether sockets of this machine receive them too; they do at first.
        """
        if interface is not None:
            self._apply(multicast.sending_interface(self._family, interface), "set_multicast")
        if hops is not None:
            self._apply(multicast.hops(self._family, hops), "set_multicast")
        if loop is not None:
            self._apply(multicast.loop(self._family, loop), "set_multicast")

    def _apply(self, option: multicast.Option, what: str) -> None:
        self._set_option(option.level, option.option, option.value, what)

    def __await__(self) -> Generator[None, None, Self]:
        """The socket itself, at once: `await UdpSocket.bind(...)` reads as in Tokio."""
        yield from ()
        return self
