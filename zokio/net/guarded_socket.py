"""A socket that several workers may use at once: nobody closes it in the middle of a system call.

While one thread is in `recv`, another one may close the socket, and a third get the same descriptor
for a new one: the first would read from a stranger. So each direction has a lock, held during the
call, which never waits; `close` takes both. With one thread none of this can happen, and the
runtime does without.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from zokio.env.threads import Lock
from zokio.reactor.contract import Address, Socket
from zokio.reactor.simulated_socket import SimulatedSocket


class GuardedSocket:
    """See `zokio.reactor.contract.Socket`, and the head of this file."""

    __slots__ = ("_reading", "_socket", "_writing")

    def __init__(
        self,
        sock: Socket,
        reading: AbstractContextManager[bool],
        writing: AbstractContextManager[bool],
    ) -> None:
        self._socket = sock
        self._reading = reading
        self._writing = writing

    def fileno(self) -> int:
        return self._socket.fileno()

    def bind(self, address: Address, /) -> None:
        with self._writing:
            self._socket.bind(address)

    def listen(self, backlog: int, /) -> None:
        with self._writing:
            self._socket.listen(backlog)

    def accept(self) -> tuple[Socket, Address]:
        with self._reading:
            return self._socket.accept()

    def connect_ex(self, address: Address, /) -> int:
        with self._writing:
            return self._socket.connect_ex(address)

    def recv(self, size: int, /) -> bytes:
        with self._reading:
            return self._socket.recv(size)

    def send(self, data: bytes | bytearray | memoryview, /) -> int:
        with self._writing:
            return self._socket.send(data)

    def sendmsg(self, buffers: Sequence[memoryview], /) -> int:
        with self._writing:
            return self._socket.sendmsg(buffers)

    def recvfrom(self, size: int, /) -> tuple[bytes, Address]:
        with self._reading:
            return self._socket.recvfrom(size)

    def sendto(self, data: bytes | bytearray | memoryview, address: Address, /) -> int:
        with self._writing:
            return self._socket.sendto(data, address)

    def dup(self) -> Socket:
        with self._writing:
            return self._socket.dup()

    def shutdown(self, how: int, /) -> None:
        with self._writing:
            self._socket.shutdown(how)

    def getsockname(self) -> Address:
        with self._writing:
            return self._socket.getsockname()

    def getpeername(self) -> Address:
        with self._writing:
            return self._socket.getpeername()

    def getsockopt(self, level: int, option: int, /) -> int:
        with self._writing:
            return self._socket.getsockopt(level, option)

    def setsockopt(self, level: int, option: int, value: int | bytes, /) -> None:
        with self._writing:
            self._socket.setsockopt(level, option, value)

    def setblocking(self, blocking: bool, /) -> None:
        with self._writing:
            self._socket.setblocking(blocking)

    def close(self) -> None:
        with self._reading, self._writing:
            self._socket.close()


def guard(sock: Socket) -> Socket:
    """`sock` for a runtime with workers. Sockets in memory touch each other: one lock for all."""
    if isinstance(sock, GuardedSocket):
        return sock
    if isinstance(sock, SimulatedSocket):
        return GuardedSocket(sock, sock.lock, sock.lock)
    return GuardedSocket(sock, Lock(), Lock())
