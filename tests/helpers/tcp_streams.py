"""Two connected TcpStreams inside one runtime, real or simulated."""

from __future__ import annotations

import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from zokio.net import TcpListener, TcpStream
from zokio.net.connection import Connection


@asynccontextmanager
async def connected_streams() -> AsyncIterator[tuple[TcpStream, TcpStream]]:
    """Who connected, and who accepted; both are closed at the end of the block."""
    async with TcpListener.bind("127.0.0.1", 0) as listener:
        host, port = listener.local_address
        client = await TcpStream.connect(host, port)
        server, _ = await listener.accept()
    async with client, server:
        yield client, server


def reset(stream: TcpStream) -> None:
    """Close a stream rudely: its peer sees a reset."""
    set_linger_zero(stream)
    stream.close()


def set_linger_zero(stream: Connection) -> None:
    """From now on a close of the stream resets the connection."""
    stream._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
