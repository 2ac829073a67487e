"""TlsStream: reading and writing, beside what ../conformance asks of every stream."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.tls_streams import tls_streams, until_it_reads, until_it_writes
from zokio.errors import AbortedError, BusyError, ClosedError, EndedError
from zokio.net.tls import TlsStream

Run = Callable[[Awaitable[Any]], Any]  # Any: see ../conftest.py
MEGABYTES = bytes(range(251)) * 12_000
LOTS = bytes(range(251)) * (1 << 16)
"""16 MB, more than any buffer holds."""


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
