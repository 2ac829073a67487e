"""What the server needs of a stream and of a listener: TCP, TLS, Unix sockets or anything else."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Protocol

from zokio.reactor.contract import Address


class Stream(Protocol):
    """One connection; see `zokio.net.TcpStream`."""

    def read(self, n: int) -> Awaitable[bytes]: ...
    def write_all(self, data: bytes | bytearray | memoryview) -> Awaitable[None]: ...
    async def shutdown_write(self) -> None: ...
    def close(self) -> None: ...


class Listener(Protocol):
    """What connections come from: an async iterator of them; see `zokio.net.TcpListener`."""

    @property
    def local_address(self) -> Address: ...
    def close(self) -> None: ...
    async def __anext__(self) -> tuple[Stream, Address]: ...
