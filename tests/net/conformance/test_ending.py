"""Every stream: the end, half closes, resets and closes, in every state."""

from __future__ import annotations

import pytest

import zokio
from tests.net.conformance.kinds import AnyWorld, SocketWorld
from tests.net.conformance.operations import READS, WRITES
from zokio.errors import (
    ClosedError,
    EndedError,
    PipeError,
    ResetError,
)


def test_after_a_half_close_the_other_direction_goes_on(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"question")
            await client.shutdown_write()
            assert await server.read(100) == b"question"
            assert await server.read(100) == b""
            await server.write_all(b"answer")
            assert await client.read(100) == b"answer"

    world.run(main())


def test_writing_after_shutdown_write_is_the_fault_of_this_side(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            await client.shutdown_write()
            with pytest.raises(ClosedError, match="shutdown_write was called"):
                await client.write_all(b"more")

    world.run(main())


def test_a_peer_that_reads_no_more_is_an_error_of_the_writer(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            server.close()
            with pytest.raises((PipeError, ResetError)):
                for _ in range(100):
                    await client.write_all(b"x" * 10_000)

    world.run(main())


def test_what_came_before_a_reset_is_read_first(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"last words")
            await world.reset(client, server)
            assert await server.read(100) == b"last words"
            with pytest.raises(ResetError, match="connect again"):
                await server.read(100)
            await world.check_nothing_follows(server)

    world.run(main())


def test_a_reset_in_the_middle_of_read_exact_keeps_what_had_come(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(server.read_exact(10))
            await client.write_all(b"abc")
            await zokio.sleep(0.01)
            await world.reset(client, server)
            with pytest.raises(ResetError):
                await reading
            assert await server.read(100) == b"abc"

    world.run(main())


def test_what_was_buffered_is_gone_after_close(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"a\nb\n")
            assert await server.read_until(b"\n") == b"a\n"
            server.close()
            with pytest.raises(ClosedError):
                await server.read_until(b"\n")

    world.run(main())


def test_what_a_reader_had_collected_is_gone_when_it_is_closed_meanwhile(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(server.read_exact(9))
            await client.write_all(b"abc")
            await zokio.sleep(0.01)
            server.close()
            with pytest.raises(ClosedError):
                await reading
            with pytest.raises(ClosedError):
                await server.read(9)

    world.run(main())


@pytest.mark.parametrize("read", READS)
def test_a_reset_wakes_who_reads_and_is_told_to_who_reads_later(world: AnyWorld, read: str) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(READS[read](server))
            await zokio.sleep(0.01)
            await world.reset(client, server)
            with pytest.raises(ResetError):
                await reading
            await world.check_nothing_follows(server)
        async with world.streams() as (client, server):
            await world.reset(client, server)
            with pytest.raises(ResetError):
                await READS[read](server)

    world.run(main())


def test_a_reset_wakes_who_writes_and_is_told_to_who_writes_later(
    world: AnyWorld, write: str
) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(WRITES[write](client))
            await zokio.sleep(0.01)
            await world.reset(server, client)
            for operation in (writing, WRITES[write](client)):
                with pytest.raises((PipeError, ResetError)):
                    await operation

    world.run(main())


def test_a_reset_after_the_end_of_writing_is_told_to_the_reader(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            await server.write_all(b"never read")
            await server.shutdown_write()
            reading = zokio.spawn(server.read(1))
            await zokio.sleep(0.01)
            client.close()
            with pytest.raises(ResetError):
                await reading

    sockets.run(main())


@pytest.mark.parametrize("read", READS)
def test_the_end_of_the_stream_wakes_who_reads(world: AnyWorld, read: str) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(READS[read](server))
            await zokio.sleep(0.01)
            await client.shutdown_write()
            if read in ("read", "peek"):
                assert await reading == await READS[read](server) == b""
            else:
                with pytest.raises(EndedError, match="after 0 bytes"):
                    await reading
                with pytest.raises(EndedError, match="after 0 bytes"):
                    await READS[read](server)

    world.run(main())


def test_a_close_wakes_who_writes_and_is_told_to_who_writes_later(
    world: AnyWorld, write: str
) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            writing = zokio.spawn(WRITES[write](client))
            await zokio.sleep(0.01)
            client.close()
            client.close()
            for operation in (writing, WRITES[write](client), client.shutdown_write()):
                with pytest.raises(ClosedError, match="closed on this side; open a new one"):
                    await operation

    world.run(main())


@pytest.mark.parametrize("read", READS)
def test_a_close_wakes_who_reads_and_is_told_to_who_reads_later(world: AnyWorld, read: str) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            reading = zokio.spawn(READS[read](client))
            await zokio.sleep(0.01)
            client.close()
            client.close()
            for operation in (reading, READS[read](client)):
                with pytest.raises(ClosedError, match="closed on this side; open a new one"):
                    await operation
            for name in ("local_address", "peer_address"):
                with pytest.raises(ClosedError):
                    getattr(client, name)

    world.run(main())
