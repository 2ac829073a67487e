"""Kinds of streams, each on every reactor: a line in KINDS runs the whole suite on one more."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import zokio
from tests.helpers.tcp_streams import connected_streams
from tests.helpers.tcp_streams import reset as reset_by_linger
from zokio.errors import BusyError
from zokio.net import TcpStream, UnixListener, UnixStream
from zokio.net.socket_stream import SocketStream

Streams: TypeAlias = AbstractAsyncContextManager[tuple[SocketStream, SocketStream]]


@dataclass(frozen=True)
class Kind:
    """A kind of stream."""

    connected: Callable[[], Streams]
    """Who connected, and who accepted; both are closed at the end of the block."""
    reset: Callable[[SocketStream, SocketStream], Awaitable[None]]
    """Close the first stream so that its peer, the second, sees a reset."""


async def reset_tcp(closer: SocketStream, peer: SocketStream) -> None:
    assert isinstance(closer, TcpStream)
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


async def reset_unix(closer: SocketStream, peer: SocketStream) -> None:
    """It resets whoever has sent what is never read."""
    try:
        await peer.write_all(b"unread")
    except BusyError:
        pass  # it is sending already
    closer.close()


@dataclass(frozen=True)
class World:
    """A kind of stream on a reactor."""

    kind: Kind
    reactor: str

    def run(self, coroutine: Awaitable[Any], **config: Any) -> Any:  # Any: whatever tests return
        """Run a coroutine on a fresh runtime of this world."""
        return zokio.run(coroutine, config=zokio.RuntimeConfig(reactor=self.reactor, **config))

    def streams(self) -> Streams:
        """Two connected streams."""
        return self.kind.connected()

    async def reset(self, closer: SocketStream, peer: SocketStream) -> None:
        """Close a stream so that its peer sees a reset."""
        await self.kind.reset(closer, peer)


KINDS = {
    "tcp": Kind(connected_streams, reset_tcp),
    "unix": Kind(unix_streams, reset_unix),
}
REACTORS = ("epoll", "poll", "select", "simulated")
WORLDS = {
    f"{name}-{reactor}": World(kind, reactor)
    for name, kind in KINDS.items()
    for reactor in REACTORS
}
