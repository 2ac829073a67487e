"""Kinds of streams, each on every reactor: a line in KINDS runs the whole suite on one more."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic, TypeAlias, TypeVar

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams
from tests.helpers.tcp_streams import reset as reset_by_linger
from tests.helpers.tls_streams import reset_tls, tls_streams
from tests.net.conformance.operations import STREAM_WRITES, WRITES, Write
from zokio.errors import BusyError, TruncatedError
from zokio.net import TcpStream, UnixListener, UnixStream
from zokio.net.socket_stream import SocketStream
from zokio.net.tls import TlsStream

Stream: TypeAlias = SocketStream | TlsStream
S = TypeVar("S", bound=Stream)


@dataclass(frozen=True)
class Kind(Generic[S]):
    """A kind of stream."""

    connected: Callable[[], AbstractAsyncContextManager[tuple[S, S]]]
    """Who connected, and who accepted; both are closed at the end of the block."""
    reset: Callable[[S, S], Awaitable[None]]
    """Close the first stream so that its peer, the second, sees a reset."""
    writes: Mapping[str, Write] = field(default_factory=WRITES.copy)
    """The ways of writing that it has."""
    refusal: str = r"task \d+ \({name}\) already {does} fd {fd};"
    tells_cuts: bool = False
    """Without the peer's word, an end is an error (TLS)."""


async def reset_tcp(closer: TcpStream, peer: TcpStream) -> None:
    reset_by_linger(closer)


@asynccontextmanager
async def unix_streams() -> AsyncIterator[tuple[UnixStream, UnixStream]]:
    """Through a file in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "socket")
        async with UnixListener.bind(path) as listener:
            client = await UnixStream.connect(path)
            server, _ = await listener.accept()
        async with client, server:
            yield client, server


async def reset_unix(closer: UnixStream, peer: UnixStream) -> None:
    """It resets whoever has sent what is never read."""
    try:
        await peer.write_all(b"unread")
    except BusyError:
        pass  # it is sending already
    closer.close()


async def reset_tls_stream(closer: TlsStream, peer: TlsStream) -> None:
    reset_tls(closer)


@dataclass(frozen=True)
class World(Generic[S]):
    """A kind of stream on a reactor."""

    kind: Kind[S]
    reactor: str

    def run(self, coroutine: Awaitable[Any], **config: Any) -> Any:  # Any: whatever tests return
        """Run a coroutine on a fresh runtime of this world."""
        return zokio.run(coroutine, config=zokio.RuntimeConfig(reactor=self.reactor, **config))

    def streams(self) -> AbstractAsyncContextManager[tuple[S, S]]:
        """Two connected streams."""
        return self.kind.connected()

    async def reset(self, closer: S, peer: S) -> None:
        """Close a stream so that its peer sees a reset."""
        await self.kind.reset(closer, peer)

    def refusal(self, stream: S, name: str, does: str) -> str:
        """What a second task is told while the first one, of this name, does that: a pattern."""
        fd = stream._socket.fileno()
        return self.kind.refusal.format(name=name, does=does, fd=fd)

    async def check_nothing_follows(self, stream: S) -> None:
        """Assert what a read says after it has told of a reset."""
        if self.kind.tells_cuts:
            with pytest.raises(TruncatedError):
                await stream.read(100)
        else:
            assert await stream.read(100) == b""


TLS_REFUSAL = "another task already {does} this stream;"
AnyWorld: TypeAlias = World[Stream]
SocketWorld: TypeAlias = World[SocketStream]

# Any: each is of its own class.
SOCKET_KINDS: dict[str, Kind[Any]] = {
    "tcp": Kind(connected_streams, reset_tcp),
    "unix": Kind(unix_streams, reset_unix),
}
KINDS = SOCKET_KINDS | {
    "tls": Kind(tls_streams, reset_tls_stream, STREAM_WRITES, TLS_REFUSAL, tells_cuts=True)
}
REACTORS = ("epoll", "poll", "select", "simulated")
WORLDS: dict[str, World[Any]] = {
    f"{name}-{reactor}": World(kind, reactor)
    for name, kind in KINDS.items()
    for reactor in REACTORS
}
SOCKET_WORLDS = {name: each for name, each in WORLDS.items() if each.kind in SOCKET_KINDS.values()}
