"""Datagram sockets in memory, with the manners of non-blocking UDP sockets on loopback.

Guarantees: a datagram arrives whole, once and in order, or not at all: when the inbox of who
receives is full it is dropped. To send where nobody is bound is an error of the next operation, if
the socket is connected, and silence otherwise. There is no multicast.
"""

from __future__ import annotations

import errno
import os
import socket
from collections import deque

from zokio.errors import UsageError
from zokio.reactor.contract import Address
from zokio.reactor.simulated_network import WILDCARDS, SimulatedNetwork, found_at, name_of
from zokio.reactor.simulated_socket import SimulatedSocket

DATAGRAM_BYTES_MAX = 65_507
INBOX_MAX = 256
"""How many datagrams wait to be received."""
MULTICAST_OPTIONS = frozenset(
    {
        (socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP),
        (socket.IPPROTO_IP, socket.IP_DROP_MEMBERSHIP),
        (socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP),
        (socket.IPPROTO_IPV6, socket.IPV6_LEAVE_GROUP),
    }
)


class SimulatedDatagrams(SimulatedSocket):
    """See `zokio.reactor.contract.Socket`."""

    def __init__(self, network: SimulatedNetwork) -> None:
        super().__init__(network)
        self._inbox: deque[tuple[bytes, Address]] = deque()

    def setsockopt(self, level: int, option: int, value: int | bytes, /) -> None:
        self._raise_if_closed()
        if (level, option) in MULTICAST_OPTIONS:
            raise UsageError("the simulated network has no multicast; use another reactor")

    def bind(self, address: Address, /) -> None:
        name = name_of(address)
        if not name[1]:
            name = self._network.free_port(name[0], self._network.datagrams)
        if name in self._network.datagrams:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        self._name = name
        self._network.datagrams[name] = self

    def connect_ex(self, address: Address, /) -> int:
        """From now on it sends there, and receives from nobody else."""
        if self._fd < 0:
            return errno.EBADF
        self._peer_name = name_of(address)
        return 0

    def sendto(self, data: bytes | bytearray | memoryview, address: Address, /) -> int:
        self._raise_if_closed()
        self._raise_error()
        if len(data) > DATAGRAM_BYTES_MAX:
            raise OSError(errno.EMSGSIZE, os.strerror(errno.EMSGSIZE))
        target = name_of(address)
        receiver = found_at(target, self._network.datagrams)
        if isinstance(receiver, SimulatedDatagrams):
            host, port = self._name
            receiver._deliver(bytes(data), (target[0] if host in WILDCARDS else host, port))
        elif target == self._peer_name:
            self._error = errno.ECONNREFUSED
            self._network.changed(self._fd)
        return len(data)

    def _deliver(self, data: bytes, sender: Address) -> None:
        if self._peer_name in (None, sender) and len(self._inbox) < INBOX_MAX:
            self._inbox.append((data, sender))
            self._network.changed(self._fd)

    def send(self, data: bytes | bytearray | memoryview, /) -> int:
        self._raise_if_closed()
        if self._peer_name is None:
            raise OSError(errno.EDESTADDRREQ, os.strerror(errno.EDESTADDRREQ))
        return self.sendto(data, self._peer_name)

    def recvfrom(self, size: int, /) -> tuple[bytes, Address]:
        self._raise_if_closed()
        self._raise_error()
        if not self._inbox:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        data, sender = self._inbox.popleft()
        return data[:size], sender

    def recv(self, size: int, /) -> bytes:
        return self.recvfrom(size)[0]

    def close(self) -> None:
        if self._network.datagrams.get(self._name) is self:
            del self._network.datagrams[self._name]
        super().close()

    def is_readable(self) -> bool:
        """Whether `recv` would answer at once."""
        return bool(self._inbox or self._error)

    def is_writable(self) -> bool:
        """Always: what has no room is dropped."""
        return True
