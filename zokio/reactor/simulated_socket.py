"""Sockets in memory, with the manners of non-blocking TCP and Unix sockets on loopback.

Guarantees: bytes arrive once and in order; a buffer has room for `BUFFER_BYTES`, so writes come
back short or raise BlockingIOError as real ones do; `close` with unread bytes, or after `SO_LINGER`
0, resets the peer.

There is no latency, no loss and no urgent data.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections import deque
from collections.abc import Sequence
from contextlib import AbstractContextManager

from zokio.reactor.contract import Address, Socket
from zokio.reactor.simulated_network import SimulatedNetwork, found_at, name_of

BUFFER_BYTES = 65_536
FIRST_CLIENT_PORT = 32_768


def unsupported() -> OSError:
    """What a socket of another kind could do."""
    return OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))


class SimulatedSocket:
    """See `zokio.reactor.contract.Socket`, which says what it can do."""

    def __init__(self, network: SimulatedNetwork) -> None:
        self._network = network
        self._fd = network.add(self)
        self._name: Address = ("0.0.0.0", 0)
        self._target: Address = None  # whom it was told to connect to
        self._peer_name: Address = None
        self._peer: SimulatedSocket | None = None
        self._received = bytearray()
        self._backlog: deque[SimulatedSocket] | None = None
        self._backlog_max = 0
        self._turned_away: deque[SimulatedSocket] = deque()  # they connect when there is room
        self._error = 0
        self._ended = False  # the peer writes no more
        self._shut = False  # this side writes no more
        self._linger_zero = False

    @property
    def lock(self) -> AbstractContextManager[bool]:
        """To be held during a call, where several threads use sockets of this network."""
        return self._network.lock

    def fileno(self) -> int:
        return self._fd

    def setblocking(self, blocking: bool, /) -> None:
        """Simulated sockets never block."""

    def getsockname(self) -> Address:
        self._raise_if_closed()
        return self._name

    def getpeername(self) -> Address:
        self._raise_if_closed()
        if self._peer_name is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        return self._peer_name

    def getsockopt(self, level: int, option: int, /) -> int:
        self._raise_if_closed()
        if (level, option) != (socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(errno.ENOPROTOOPT, os.strerror(errno.ENOPROTOOPT))
        number, self._error = self._error, 0
        return number

    def setsockopt(self, level: int, option: int, value: int | bytes, /) -> None:
        self._raise_if_closed()
        if (level, option) == (socket.SOL_SOCKET, socket.SO_LINGER) and isinstance(value, bytes):
            self._linger_zero = struct.unpack("ii", value) == (1, 0)

    def bind(self, address: Address, /) -> None:
        name = name_of(address)
        if isinstance(name, tuple) and not name[1]:
            name = self._network.free_port(name[0], self._network.listeners)
        if name in self._network.listeners:
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        self._name = name

    def listen(self, backlog: int, /) -> None:
        self._backlog = deque()
        self._backlog_max = max(1, backlog)
        self._network.listeners[self._name] = self

    def accept(self) -> tuple[SimulatedSocket, Address]:
        self._raise_if_closed()
        self._raise_error()
        if not self._backlog:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        sock = self._backlog.popleft()
        if self._turned_away:
            patient = self._turned_away.popleft()
            patient._establish(self, self._backlog)
            self._network.changed(patient._fd)
        return sock, sock._peer_name

    def connect_ex(self, address: Address, /) -> int:
        """Connect at once; like a real one it says EINPROGRESS and reports by an event."""
        self._target = name_of(address)
        listener = found_at(self._target, self._network.listeners)
        if listener is None or listener._backlog is None:
            self._end(errno.ECONNREFUSED)
        elif len(listener._backlog) < listener._backlog_max:
            self._establish(listener, listener._backlog)
        else:
            listener._turned_away.append(self)  # the backlog is full: nobody answers yet
        self._network.changed(self._fd)
        return errno.EINPROGRESS

    def _establish(self, listener: SimulatedSocket, backlog: deque[SimulatedSocket]) -> None:
        other = SimulatedSocket(self._network)
        is_path = not isinstance(self._target, tuple)
        self._name = "" if is_path else (self._target[0], FIRST_CLIENT_PORT + self._fd)
        self._peer_name = other._name = self._target
        other._peer_name = self._name
        self._peer, other._peer = other, self
        backlog.append(other)
        self._network.changed(listener._fd)

    def recv(self, size: int, /) -> bytes:
        self._raise_if_closed()
        if not self._received:
            self._raise_error()
            if self._ended:
                return b""
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        was_full = len(self._received) >= BUFFER_BYTES
        data = bytes(self._received[:size])
        del self._received[:size]
        if was_full and self._peer is not None:
            self._network.changed(self._peer._fd)
        return data

    def send(self, data: bytes | bytearray | memoryview, /) -> int:
        self._raise_if_closed()
        self._raise_error()
        peer = self._peer
        if self._shut or peer is None:
            raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
        room = BUFFER_BYTES - len(peer._received)
        if room == 0:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        peer._received += data[:room]
        self._network.changed(peer._fd)
        return min(room, len(data))

    def sendmsg(self, buffers: Sequence[memoryview], /) -> int:
        sent = 0
        for each in buffers:
            try:
                part = self.send(each)
            except BlockingIOError:
                if not sent:
                    raise
                break
            sent += part
        return sent

    def recvfrom(self, size: int, /) -> tuple[bytes, Address]:
        raise unsupported()

    def sendto(self, data: bytes | bytearray | memoryview, address: Address, /) -> int:
        raise unsupported()

    def dup(self) -> Socket:
        """There is no descriptor of the system to duplicate."""
        self._raise_if_closed()
        raise unsupported()

    def shutdown(self, how: int, /) -> None:
        self._raise_if_closed()
        if self._peer is None and self._peer_name is None:
            raise OSError(errno.ENOTCONN, os.strerror(errno.ENOTCONN))
        if how != socket.SHUT_RD and not self._shut:
            self._shut = True
            if self._peer is not None:
                self._peer._end(0)

    def close(self) -> None:
        if self._fd < 0:
            return
        if self._network.listeners.get(self._name) is self:
            del self._network.listeners[self._name]
        for patient in self._turned_away:
            patient._end(errno.ECONNREFUSED)
        for waiting in self._backlog or ():
            waiting._linger_zero = True
            waiting.close()
        for listener in self._network.listeners.values():
            if self in listener._turned_away:
                listener._turned_away.remove(self)
        if self._peer is not None:
            reset = self._linger_zero or bool(self._received)
            self._peer._peer = None
            self._peer._end(errno.ECONNRESET if reset else 0)
        self._network.remove(self._fd)
        self._peer = None
        self._fd = -1

    def is_readable(self) -> bool:
        """Whether `recv` or `accept` would answer at once."""
        return bool(self._received or self._backlog or self._ended or self._error)

    def is_writable(self) -> bool:
        """Whether `send` would answer at once, or a connection attempt is decided."""
        if self._backlog is not None:
            return False
        peer = self._peer
        if peer is None:
            return self._ended or self._error != 0
        return len(peer._received) < BUFFER_BYTES

    def has_ended(self) -> bool:
        """Whether the peer has closed, shut down or reset."""
        return self._ended or self._error != 0

    def _end(self, error: int) -> None:
        """The peer writes no more, or is gone."""
        self._ended = True
        if error:
            self._error = error  # after what has arrived already
        self._network.changed(self._fd)

    def _raise_if_closed(self) -> None:
        if self._fd < 0:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def _raise_error(self) -> None:
        if self._error:
            number, self._error = self._error, 0
            raise OSError(number, os.strerror(number))
