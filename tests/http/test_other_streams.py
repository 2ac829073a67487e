"""A listener and streams that are not TCP's own, as those of TLS or of Unix sockets are not."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import zokio
from tests.helpers.simulation import run_simulated
from tests.http.exchange import MOMENT, read_all
from tests.http.responses import Answer, answers_in
from zokio.http import File, Request, Response, serve
from zokio.net import TcpListener, TcpStream

GET = b"GET / HTTP/1.1\r\nHost: a\r\n"


class Wrapped:
    """A stream of which every operation is a coroutine, and which has no socket to show."""

    def __init__(self, inner: TcpStream) -> None:
        self.inner = inner

    async def read(self, n: int) -> bytes:
        return await self.inner.read(n)

    async def write_all(self, data: bytes | bytearray | memoryview) -> None:
        await zokio.yield_now()
        await self.inner.write_all(data)

    async def shutdown_write(self) -> None:
        await self.inner.shutdown_write()

    def close(self) -> None:
        self.inner.close()


class WrappingListener:
    """Gives wrapped streams, without an address, as Unix sockets have none."""

    def __init__(self) -> None:
        self.inner = TcpListener.bind("127.0.0.1", 0)

    @property
    def local_address(self) -> tuple[str, int]:
        host, port = self.inner.local_address[:2]
        return host, port

    def close(self) -> None:
        self.inner.close()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> tuple[Wrapped, str]:
        stream, _ = await self.inner.__anext__()
        return Wrapped(stream), ""


async def asked(sent: bytes, file: Path | None = None) -> list[Answer]:
    """What a client gets from a server on such a listener."""

    async def handle(request: Request) -> Response:
        assert request.peer_address == ""
        body = await request.body.read()
        return Response(body=body if file is None else File(file))

    listener = WrappingListener()
    stop = zokio.CancellationToken()
    found: list[Answer] = []
    async with zokio.TaskGroup() as group:
        group.spawn(serve(handle, listener=listener, stop=stop, linger=0))
        client = await TcpStream.connect(*listener.local_address)
        async with client:
            await client.write_all(sent)
            await zokio.sleep(MOMENT)
            stop.cancel()
            found = answers_in(await read_all(client))
    return found


def test_requests_are_served_over_any_stream() -> None:
    post = GET.replace(b"GET", b"POST") + b"Content-Length: 3\r\n\r\nabc"
    found = run_simulated(asked(post + GET + b"\r\n"))
    assert [answer.body for answer in found] == [b"abc", b""]


def test_a_file_is_read_where_no_system_call_can_send_it(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(bytes(range(256)) * 3_000)
    (found,) = zokio.run(asked(GET + b"Connection: close\r\n\r\n", file))
    assert found.body == file.read_bytes()


def test_a_listener_that_is_closed_by_somebody_else_ends_the_server() -> None:
    async def main() -> None:
        listener = TcpListener.bind("127.0.0.1", 0)
        async with zokio.TaskGroup() as group:
            group.spawn(serve(no_handler, listener=listener))
            await zokio.sleep(MOMENT)
            listener.close()

    async def no_handler(request: Request) -> Response:
        raise AssertionError("nobody asks")

    run_simulated(main())
