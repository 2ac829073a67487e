"""Every stream, split: each half reads or writes as the stream does, and is closed by itself."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.standing import until_somebody_reads, until_somebody_writes
from tests.net.conformance.kinds import SocketWorld
from tests.net.conformance.operations import LOTS, READS, WRITES, read_all
from zokio.errors import BusyError, ClosedError, ResetError

CLOSED = "this half of the stream was closed"


def test_two_tasks_read_and_write_one_half_each(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, writer = client.split()
            reading = zokio.spawn(reader.read_until(b"\n"))
            writing = zokio.spawn(writer.write_all(LOTS))
            await server.write_all(b"hello\nyou")
            assert await reading == b"hello\n"
            assert await server.read_exact(len(LOTS)) == LOTS
            await writing
            assert await reader.peek(9) == await reader.read_exact(3) == b"you"
            for half in (reader, writer):
                assert half.peer_address == server.local_address
                assert half.local_address == server.peer_address

    sockets.run(main())


def test_what_was_received_already_goes_with_the_half_that_reads(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            await client.write_all(b"a\nb\n")
            assert await server.read_until(b"\n") == b"a\n"
            reader, _ = server.split()
            assert await reader.read_until(b"\n") == b"b\n"

    sockets.run(main())


def test_closing_the_writing_half_ends_the_stream_for_the_peer_and_reading_goes_on(
    sockets: SocketWorld,
) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, writer = client.split()
            async with writer:
                await writer.write_all(b"question")
            assert await read_all(server) == b"question"
            with pytest.raises(ClosedError, match=CLOSED):
                await writer.write_all(b"more")
            await server.write_all(b"answer")
            assert await reader.read(100) == b"answer"

    sockets.run(main())


def test_closing_the_reading_half_lets_the_other_one_write(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, writer = client.split()
            reader.close()
            reader.close()
            await writer.write_all(b"still here")
            assert await server.read(100) == b"still here"

    sockets.run(main())


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["reader first", "writer first"])
def test_closing_both_halves_closes_the_connection(
    sockets: SocketWorld, order: tuple[int, int]
) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            halves = client.split()
            registration = halves[0]._registration
            halves[order[0]].close()
            seen = [registration.closed]
            halves[order[1]].close()
            assert [*seen, registration.closed] == [False, True]
            assert await server.read(100) == b""

    sockets.run(main())


@pytest.mark.parametrize("read", READS)
def test_whoever_reads_in_a_half_that_is_closed_is_told(sockets: SocketWorld, read: str) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, writer = client.split()
            reading = zokio.spawn(READS[read](reader))
            await zokio.sleep(0.01)
            reader.close()
            for operation in (reading, READS[read](reader)):
                with pytest.raises(ClosedError, match=CLOSED):
                    await operation
            await writer.write_all(b"unharmed")
            assert await server.read(100) == b"unharmed"

    sockets.run(main())


def test_whoever_writes_in_a_half_that_is_closed_is_told(sockets: SocketWorld, write: str) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, writer = client.split()
            writing = zokio.spawn(WRITES[write](writer))
            await zokio.sleep(0.01)
            writer.close()
            for operation in (writing, WRITES[write](writer)):
                with pytest.raises(ClosedError, match=CLOSED):
                    await operation
            assert LOTS.startswith(await read_all(server))
            await server.write_all(b"unharmed")
            assert await reader.read(100) == b"unharmed"

    sockets.run(main())


def test_what_a_half_had_collected_is_gone_when_it_is_closed(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, _ = client.split()
            reading = zokio.spawn(reader.read_exact(9))
            await server.write_all(b"abc")
            await zokio.sleep(0.01)
            reader.close()
            for operation in (reading, reader.read(9)):
                with pytest.raises(ClosedError, match=CLOSED):
                    await operation

    sockets.run(main())


def test_closing_the_stream_closes_both_halves(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            async with client:
                reader, writer = client.split()
                reading = zokio.spawn(reader.read(1))
                await zokio.sleep(0.01)
            for operation in (reading, reader.read(1), writer.write_all(b"x")):
                with pytest.raises(ClosedError, match=CLOSED):
                    await operation
            client.close()
            assert await server.read(100) == b""

    sockets.run(main())


def test_a_stream_that_was_split_says_so(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reader, writer = client.split()
            await server.write_all(b"for the half")
            for operation in (
                client.read(1),
                client.read_until(b"x"),
                client.write_all(b"x"),
                client.write_vectored([b"x"]),
                client.shutdown_write(),
            ):
                with pytest.raises(ClosedError, match="was split; use its halves"):
                    await operation
            with pytest.raises(ClosedError, match="split already"):
                client.split()
            assert await reader.read(100) == b"for the half"
            await writer.write_all(b"unharmed")
            assert await server.read(100) == b"unharmed"

    sockets.run(main())


def test_a_stream_in_use_is_not_split(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            reading = zokio.spawn(client.read(1), name="alice")
            await until_somebody_reads(client)
            with pytest.raises(BusyError, match="alice"):
                client.split()
            reading.abort()
            writing = zokio.spawn(server.write_all(LOTS), name="bob")
            with pytest.raises(BusyError, match="already writes"):  # it has sent a part
                server.split()
            await until_somebody_writes(server)
            with pytest.raises(BusyError, match="bob"):
                server.split()
            writing.abort()
            client.close()
            with pytest.raises(ClosedError):
                client.split()

    sockets.run(main())


def test_two_readers_of_a_half_are_one_too_many(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, _):
            reader, _ = client.split()
            reading = zokio.spawn(reader.read(1), name="alice")
            await until_somebody_reads(reader)
            with pytest.raises(BusyError, match="alice"):
                await reader.read(1)
            reading.abort()

    sockets.run(main())


def test_a_reset_reaches_the_half_that_reads(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            await server.write_all(b"never read")
            reader, writer = server.split()
            reading = zokio.spawn(reader.read(1))
            await zokio.sleep(0.01)
            client.close()
            with pytest.raises(ResetError):
                await reading
            writer.close()
            reader.close()

    sockets.run(main())


def test_whoever_is_on_the_way_into_the_wait_is_told_too(sockets: SocketWorld) -> None:
    """On several workers the close comes at any point of it."""

    async def main() -> None:
        for turns in range(40):
            async with sockets.streams() as (client, server):
                reader, writer = client.split()
                reading = zokio.spawn(reader.read(1))
                writing = zokio.spawn(writer.write_all(LOTS))
                for _ in range(turns % 4):
                    await zokio.yield_now()
                reader.close()
                writer.close()
                for operation in (reading, writing):
                    with pytest.raises(ClosedError, match=CLOSED):
                        await operation
                server.close()

    sockets.run(main())
