"""Every stream: two tasks in one place."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.standing import until_somebody_reads, until_somebody_writes
from tests.net.conformance.kinds import AnyWorld, SocketWorld
from tests.net.conformance.operations import LOTS, READS, WRITES
from zokio.errors import (
    BusyError,
)
from zokio.runtime.current import current_runtime


def test_nobody_writes_between_the_call_that_sent_a_part_and_the_await_of_the_rest(
    sockets: SocketWorld,
) -> None:
    async def main() -> int:
        async with sockets.streams() as (client, server):
            data = bytes(1 << 24)
            writing = zokio.spawn(client.write_all(data))  # the call has sent a part
            with pytest.raises(BusyError, match="already writes to fd"):
                await client.write_all(b"x")
            reading = zokio.spawn(server.read_exact(len(data)))
            await writing
            await client.write_all(b"y")
            return (await reading).count(0) + len(await server.read(2))

    assert sockets.run(main()) == (1 << 24) + 1


@pytest.mark.one_thread  # what yields comes after what it has woken
def test_a_reader_that_yields_for_fairness_keeps_its_place(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"a\nb\nc\n")
            assert await server.read_until(b"\n") == b"a\n"
            current_runtime().budget.left = 0
            first = zokio.spawn(server.read_until(b"\n"), name="first")
            await zokio.yield_now()
            with pytest.raises(BusyError, match="first|another task"):
                await server.read(1)
            assert await first == b"b\n"
            assert await server.read(9) == b"c\n"

    world.run(main())


@pytest.mark.parametrize("first", READS)
def test_a_second_reader_is_told_who_is_there(world: AnyWorld, first: str) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            reading = zokio.spawn(READS[first](client), name="alice")
            await until_somebody_reads(client)
            told = world.refusal(client, "alice", "reads")
            for second in READS.values():
                with pytest.raises(BusyError, match=told):
                    await second(client)
            reading.abort()

    world.run(main())


def test_a_second_writer_is_told_that_somebody_is_there(world: AnyWorld, write: str) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(WRITES[write](client), name="bob")
            await until_somebody_writes(client)
            told = world.refusal(client, "bob", "writes to")
            for second in world.kind.writes.values():
                with pytest.raises(BusyError, match=told.partition(" already ")[2]):
                    await second(client)
            if not write.startswith("send_file"):  # it may be in a thread just now
                with pytest.raises(BusyError, match=told):
                    await client.write_all(b"x")
            reading = zokio.spawn(server.read_exact(len(LOTS)))
            await writing
            assert await reading == LOTS  # and nobody has written in between

    world.run(main())


def test_one_task_reads_while_another_one_writes(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(client.read_exact(5))
            writing = zokio.spawn(client.write_all(LOTS))
            await server.write_all(b"hello")
            assert await reading == b"hello"
            assert await server.read_exact(len(LOTS)) == LOTS
            await writing

    world.run(main())
