"""TlsStream: what is written is read, as with TcpStream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.tls_streams import tls_streams, until_it_reads, until_it_writes
from zokio.errors import AbortedError, BusyError, ClosedError, EndedError, LimitError, UsageError
from zokio.net.tls import TlsStream

Run = Callable[[Awaitable[Any]], Any]  # Any: see ../conftest.py
MEGABYTES = bytes(range(251)) * 12_000
LOTS = bytes(range(251)) * (1 << 16)
"""16 MB, more than any buffer holds."""


def test_what_is_written_is_read(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"hello")
            assert await server.read(100) == b"hello"
            await server.write_all(bytearray(b"you"))
            await server.write_all(memoryview(b" too"))
            await server.write_all(b"")
            assert await client.read_exact(7) == b"you too"

    run(main())


def test_a_read_gives_at_most_what_was_asked_for_and_keeps_the_rest(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"abcdef")
            assert [await server.read(n) for n in (1, 2, 3)] == [b"a", b"bc", b"def"]
            with pytest.raises(UsageError, match="at least one byte"):
                await server.read(0)

    run(main())


def test_lines_are_read_and_what_follows_is_left(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"one\ntwo")
            assert await server.read_until(b"\n") == b"one\n"
            with pytest.raises(LimitError):
                await server.read_until(b"\n", limit=3)
            await client.write_all(b"\nrest")
            assert await server.read_until(b"\n") == b"two\n"
            assert await server.read(9) == b"rest"

    run(main())


def test_an_end_in_the_middle_hands_over_what_had_come(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"abc")
            await client.shutdown_write()
            with pytest.raises(EndedError) as caught:
                await server.read_exact(5)
            assert caught.value.partial == b"abc"
            assert await server.read(5) == b""

    run(main())


async def send(stream: TlsStream, data: bytes) -> None:
    await stream.write_all(data)
    await stream.shutdown_write()


async def receive(stream: TlsStream) -> bytes:
    received = bytearray()
    while data := await stream.read(1 << 16):
        received += data
    return bytes(received)


def test_megabytes_go_both_ways_at_once(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            _, _, one, other = await zokio.join(
                send(client, MEGABYTES),
                send(server, MEGABYTES[::-1]),
                receive(client),
                receive(server),
            )
            assert (one, other) == (MEGABYTES[::-1], MEGABYTES)

    run(main())


def test_a_second_reader_and_a_second_writer_are_refused(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            reading = zokio.spawn(client.read(1))
            writing = zokio.spawn(client.write_all(LOTS))
            await zokio.join(until_it_reads(client), until_it_writes(client))
            with pytest.raises(BusyError, match="another task already reads this stream"):
                await client.read(1)
            with pytest.raises(BusyError):
                await client.read_exact(1)
            with pytest.raises(BusyError, match="another task already writes to this stream"):
                await client.write_all(b"more")
            with pytest.raises(BusyError):
                await client.shutdown_write()
            assert await server.read_exact(len(LOTS)) == LOTS
            await writing
            await server.write_all(b"x")
            assert await reading == b"x"

    run(main())


def test_a_close_reaches_who_reads_and_who_writes(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, _):
            reading = zokio.spawn(client.read(1))
            writing = zokio.spawn(client.write_all(LOTS))
            await zokio.join(until_it_reads(client), until_it_writes(client))
            client.close()
            for task in (reading, writing):
                with pytest.raises(ClosedError, match="closed on this side"):
                    await task
            client.close()
            for again in (client.read(1), client.write_all(b"x"), client.shutdown_write()):
                with pytest.raises(ClosedError):
                    await again

    run(main())


def test_one_half_can_end_before_the_other(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await server.write_all(b"before, ")
            await client.shutdown_write()
            assert await server.read(9) == b""
            await server.write_all(b"after")
            await server.shutdown_write()
            assert await receive(client) == b"before, after"
            with pytest.raises(ClosedError, match="shutdown_write was called"):
                await client.write_all(b"x")
            await client.shutdown_write()  # again it does nothing

    run(main())


def test_who_is_read_from_need_not_read(run: Run) -> None:
    """A write that is stuck, or was cancelled there, holds up no read: see trio's issue 198."""

    async def main() -> None:
        async with tls_streams() as (client, server):
            writing = zokio.spawn(client.write_all(LOTS))
            await until_it_writes(client)
            await server.write_all(b"also now")
            assert await client.read(99) == b"also now"
            writing.abort()
            with pytest.raises(AbortedError):
                await writing
            await server.write_all(b"nevertheless")
            assert await client.read(99) == b"nevertheless"
            draining = zokio.spawn(receive(server))
            await client.write_all(b"the end")
            await client.shutdown_write()
            received = await draining
            assert received.endswith(b"the end")
            assert LOTS.startswith(received.removesuffix(b"the end"))

    run(main())


def test_what_both_agreed_on_can_be_looked_at(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            assert client.version == server.version == "TLSv1.3"
            assert client.cipher is not None
            assert client.cipher == server.cipher
            assert client.alpn_protocol is None
            assert client.peer_certificate is not None
            assert ("DNS", "server.test") in client.peer_certificate["subjectAltName"]
            assert isinstance(client.peer_certificate_der, bytes)
            assert server.peer_certificate is None
            assert server.peer_certificate_der is None
            assert client.peer_address == server.local_address

    run(main())
