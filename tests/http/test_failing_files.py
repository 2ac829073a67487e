"""A file that fails, or becomes shorter, while it is sent: on every kind of stream."""

from __future__ import annotations

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest

import zokio
from tests.helpers.tls_streams import NAME, client_context, server_context
from tests.http.exchange import read_all
from tests.http.test_other_streams import WrappingListener
from zokio.http import File, Request, Response, serve
from zokio.http.files import OpenFile
from zokio.http.service import Handler
from zokio.http.stream import Listener, Stream
from zokio.net import TcpListener, TcpStream
from zokio.net.tls import wrap, wrap_server

GET = b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n"
SIZE = 1_000_000
SENT = 600_000


class Shrinking(File):
    """A file that loses its end when it has been opened."""

    async def open(self) -> OpenFile:
        opened = await super().open()
        os.truncate(self.path, SENT)
        return opened


class BadDisk:
    """What stands on a disk that can be read up to a place only."""

    def fileno(self) -> int:
        raise io.UnsupportedOperation

    def seek(self, offset: int) -> None:
        self.offset = offset

    def read(self, size: int) -> bytes:
        if self.offset >= SENT:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return bytes(min(size, SENT - self.offset))

    def close(self) -> None:
        pass


class OnABadDisk(File):
    """A file whose disk fails when it has been opened."""

    async def open(self) -> OpenFile:
        opened = await super().open()
        opened.close()
        opened._file = cast("io.FileIO", BadDisk())
        return opened


LISTENERS: dict[str, Callable[[], Listener]] = {
    "tcp": lambda: TcpListener.bind("127.0.0.1", 0),
    "another": WrappingListener,
    "tls": lambda: wrap_server(TcpListener.bind("127.0.0.1", 0), server_context()),
}


@pytest.mark.parametrize("kind", LISTENERS)
@pytest.mark.parametrize(
    ("file", "why"),
    [(Shrinking, "became shorter while it was sent"), (OnABadDisk, "cannot be read any more")],
)
def test_the_error_is_told_as_the_files_and_the_client_sees_a_cut(
    kind: str, file: type[File], why: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(SIZE))

    async def handle(request: Request) -> Response:
        return Response(body=file(path))

    received = zokio.run(received_from(kind, handle))
    head, body = received.split(b"\r\n\r\n", 1)
    assert b"content-length: %d" % SIZE in head
    assert len(body) == SENT
    (told,) = caplog.records
    assert told.exc_info is not None
    assert "'/file': the file was not sent to its end" in told.getMessage()
    assert why in str(told.exc_info[1])


async def received_from(kind: str, handle: Handler) -> bytes:
    """All that a client gets until the connection ends."""
    stop = zokio.CancellationToken()
    listener = LISTENERS[kind]()
    host, port = listener.local_address[:2]
    async with zokio.TaskGroup() as group:
        group.spawn(serve(handle, listener=listener, stop=stop, linger=0))
        clear = await TcpStream.connect(host, port)
        client: Stream = clear
        if kind == "tls":
            client = await wrap(clear, client_context(), server_hostname=NAME)
        await client.write_all(GET)
        received = await read_all(client)
        client.close()
        stop.cancel()
    return received
