"""Connected pairs of stream sockets: our side for a stream, the other side played by the test.

`ConnectedPair` says what a test can do with the other side, and what it can see of the kernel
without taking anything away. Whatever the other side does has arrived when the call returns: no
test sleeps. The kinds: `local_pair` (a socket pair), `tcp_pair` (loopback), `simulated_pair`.
"""

from __future__ import annotations

import array
import fcntl
import select
import socket
import struct
import termios
from collections.abc import Callable
from typing import Protocol

from zokio.reactor.contract import Reactor, Socket
from zokio.reactor.simulated import SimulatedReactor
from zokio.reactor.simulated_socket import SimulatedSocket

CHUNK = bytes(65_536)
LINGER_ZERO = struct.pack("ii", 1, 0)
STUCK_MS = 5_000  # a safety net: on loopback everything arrives at once
NOT_SENT = 0x894B  # SIOCOUTQNSD: bytes that were not sent yet
TRIES_MAX = 1_000


class ConnectedPair(Protocol):
    """Our socket, what the other side can do, and what is to be seen of it here."""

    ours: Socket

    def send(self, data: bytes) -> None:
        """The other side sends."""
        ...

    def end(self) -> None:
        """The other side will write no more."""
        ...

    def reset(self) -> None:
        """The other side is gone, and says so rudely."""
        ...

    def drain(self) -> int:
        """The other side reads everything there is; how many bytes that was."""
        ...

    def fill(self) -> None:
        """Send from our side, past any stream, until not one byte more is taken."""
        ...

    def close_theirs(self) -> None:
        """Close the other side. Twice does nothing."""
        ...

    def inbox(self) -> int:
        """How many bytes wait to be read on our side."""
        ...

    def has_room(self) -> bool:
        """Whether our side can send."""
        ...

    def has_error(self) -> bool:
        """Whether the kernel still has to tell of a reset."""
        ...

    def peer(self) -> str:
        """What our side can know of the other one: "open", "ended" or "reset"."""
        ...


class RealPair:
    """Two sockets of the operating system. See `ConnectedPair`."""

    def __init__(self, ours: socket.socket, theirs: socket.socket) -> None:
        ours.setblocking(False)
        theirs.setblocking(False)
        self.ours: Socket = ours
        self._ours = ours
        self._theirs = theirs
        self._is_local = ours.family == socket.AF_UNIX

    def send(self, data: bytes) -> None:
        wanted = self.inbox() + len(data)
        assert self._theirs.send(data) == len(data)
        self._until(select.POLLIN, lambda: self.inbox() == wanted)

    def end(self) -> None:
        self._theirs.shutdown(socket.SHUT_WR)
        self._until(select.POLLRDHUP, lambda: self.peer() != "open")

    def reset(self) -> None:
        if self._is_local:  # it resets when it is closed with something unread
            try:
                self._ours.send(b"!")
            except BlockingIOError:
                pass
        else:
            self._theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self._theirs.close()
        self._until(select.POLLIN, self.has_error)

    def drain(self) -> int:
        drained = self._take()
        for _ in range(TRIES_MAX):
            if not self._unread() and self.has_room():
                return drained
            self._wait(self._theirs, select.POLLIN, 1)
            drained += self._take()
        raise AssertionError("the other side cannot read it all")

    def _take(self) -> int:
        taken = 0
        try:
            while data := self._theirs.recv(len(CHUNK)):
                taken += len(data)
        except BlockingIOError:
            pass
        return taken

    def fill(self) -> None:
        for _ in range(TRIES_MAX):
            # In this order: what is settled stays as it is.
            if not self._is_settled():
                self._wait(self._theirs, 0, 1)
            elif not self._send_some() and not self.has_room():
                return
        raise AssertionError("the buffer does not get full")

    def _send_some(self) -> int:
        sent = 0
        try:
            while True:
                sent += self._ours.send(CHUNK)
        except BlockingIOError:
            return sent

    def _is_settled(self) -> bool:
        """Whether all that was sent is acknowledged: nothing more will move by itself."""
        if self._is_local:
            return True
        self._theirs.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # acknowledge now
        return self._unread() == self._count(NOT_SENT)

    def _unread(self) -> int:
        return self._count(termios.TIOCOUTQ)

    def close_theirs(self) -> None:
        self._theirs.close()

    def inbox(self) -> int:
        return self._count(termios.FIONREAD)

    def has_room(self) -> bool:
        return bool(self._bits() & select.POLLOUT)

    def has_error(self) -> bool:
        return bool(self._bits() & select.POLLERR)

    def peer(self) -> str:
        bits = self._bits()
        if bits & select.POLLHUP:
            return "reset"
        return "ended" if bits & select.POLLRDHUP else "open"

    def _bits(self) -> int:
        return self._wait(self._ours, select.POLLIN | select.POLLOUT | select.POLLRDHUP, 0)

    def _wait(self, sock: socket.socket, events: int, timeout_ms: int) -> int:
        poll = select.poll()
        poll.register(sock, events)
        found = poll.poll(timeout_ms)
        return found[0][1] if found else 0

    def _until(self, events: int, condition: Callable[[], bool]) -> None:
        while not condition():
            assert self._wait(self._ours, events, STUCK_MS), "what was sent does not arrive"

    def _count(self, what: int) -> int:
        answer = array.array("i", [0])
        fcntl.ioctl(self._ours, what, answer)
        return answer[0]


class SimulatedPair:
    """Two simulated sockets. See `ConnectedPair`."""

    def __init__(self, ours: SimulatedSocket, theirs: SimulatedSocket) -> None:
        self.ours: Socket = ours
        self._ours = ours
        self._theirs = theirs

    def send(self, data: bytes) -> None:
        assert self._theirs.send(data) == len(data)

    def end(self) -> None:
        self._theirs.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        self._theirs.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_ZERO)
        self._theirs.close()

    def drain(self) -> int:
        drained = 0
        try:
            while data := self._theirs.recv(len(CHUNK)):
                drained += len(data)
        except BlockingIOError:
            pass
        return drained

    def fill(self) -> None:
        try:
            while True:
                self._ours.send(CHUNK)
        except BlockingIOError:
            pass

    def close_theirs(self) -> None:
        self._theirs.close()

    def inbox(self) -> int:
        return len(self._ours._received)

    def has_room(self) -> bool:
        return self._ours.is_writable()

    def has_error(self) -> bool:
        return self._ours._error != 0

    def peer(self) -> str:
        if self._ours._peer is None:
            return "reset"
        return "ended" if self._ours.has_ended() else "open"


def local_pair(reactor: Reactor, number: int | None = None) -> RealPair:
    """A socket pair; `number` is the descriptor that our side gets, which must be free."""
    ours, theirs = socket.socketpair()
    return RealPair(_with_number(ours, number), theirs)


def tcp_pair(reactor: Reactor, number: int | None = None) -> RealPair:
    """Two ends of a TCP connection over loopback, with small buffers; else as `local_pair`."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        ours = socket.socket()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
        ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        ours.connect(listener.getsockname())
        theirs, _ = listener.accept()
    return RealPair(_with_number(ours, number), theirs)


def simulated_pair(reactor: Reactor, number: int | None = None) -> SimulatedPair:
    """Two simulated sockets; our side gets the lowest free descriptor."""
    assert isinstance(reactor, SimulatedReactor)
    ours, listener = SimulatedSocket(reactor.network), SimulatedSocket(reactor.network)
    assert number is None or ours.fileno() == number
    listener.bind(("127.0.0.1", 0))
    listener.listen(1)
    ours.connect_ex(listener.getsockname())
    theirs, _ = listener.accept()
    listener.close()
    return SimulatedPair(ours, theirs)


def _with_number(sock: socket.socket, number: int | None) -> socket.socket:
    if number is None or sock.fileno() == number:
        return sock
    with sock:
        fd = fcntl.fcntl(sock.fileno(), fcntl.F_DUPFD_CLOEXEC, number)
    moved = socket.socket(fileno=fd)
    assert fd == number, f"descriptor {number} is not free"
    return moved
