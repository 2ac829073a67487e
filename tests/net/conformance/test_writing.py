"""Every stream: what is written, from one buffer or several, or from a file."""

from __future__ import annotations

import tempfile
from array import array
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

import zokio
from tests.net.conformance.kinds import AnyWorld, SocketWorld
from tests.net.conformance.operations import LOTS, WRITES, read_all
from zokio.errors import (
    UsageError,
)
from zokio.net.bulk_writes import BUFFERS_MAX

MEGABYTES = bytes(range(256)) * 4096 * 3


def test_what_is_written_is_read(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"hello")
            assert await server.read(100) == b"hello"
            await server.write_all(bytearray(b"you"))
            await server.write_all(memoryview(b" too"))
            assert await client.read_exact(7) == b"you too"

    world.run(main())


def test_megabytes_arrive_whole_at_a_slow_reader(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(client.write_all(MEGABYTES))
            received = bytearray()
            while len(received) < len(MEGABYTES):
                received += await server.read(10_007)
                await zokio.sleep(0)
            await writing
            assert received == MEGABYTES

    world.run(main())


def test_read_exact_of_megabytes_arrives_whole(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(client.write_all(MEGABYTES))
            assert await server.read_exact(len(MEGABYTES)) == MEGABYTES
            await writing

    world.run(main())


def test_a_view_of_items_larger_than_a_byte_is_written_whole(world: AnyWorld) -> None:
    numbers = memoryview(array("Q", range(300_000)))

    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(client.write_all(numbers))
            assert await server.read_exact(numbers.nbytes) == numbers.tobytes()
            await writing

    world.run(main())


def test_writing_nothing_is_done_at_once(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            await client.write_all(b"")

    world.run(main())


def test_lots_arrive_whole_at_a_slow_reader(world: AnyWorld, write: str) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(WRITES[write](client))
            received = bytearray()
            while len(received) < len(LOTS):
                received += await server.read(1_000_003)
                await zokio.sleep(0)
            await writing
            assert received == LOTS

    world.run(main())


def test_more_buffers_than_the_system_takes_at_once_arrive_in_order(sockets: SocketWorld) -> None:
    buffers = [number.to_bytes(3, "big") for number in range(3 * BUFFERS_MAX + 1)]

    async def main() -> None:
        async with sockets.streams() as (client, server):
            writing = zokio.spawn(client.write_vectored(iter(buffers)))
            assert await server.read_exact(3 * len(buffers)) == b"".join(buffers)
            await writing

    sockets.run(main())


def test_writing_no_buffers_or_empty_ones_is_done_at_once(sockets: SocketWorld) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            await client.write_vectored([])
            await client.write_vectored([b"", bytearray()])
            await client.write_vectored([b"", memoryview(array("I", [1, 2])), bytearray(b"x")])
            assert await server.read_exact(9) == array("I", [1, 2]).tobytes() + b"x"

    sockets.run(main())


@pytest.mark.parametrize("make", [tempfile.TemporaryFile, BytesIO], ids=["file", "memory"])
def test_a_part_of_a_file_is_sent(sockets: SocketWorld, make: Callable[[], BinaryIO]) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            with make() as file:
                file.write(b"0123456789")
                file.flush()
                assert await client.send_file(file, 2, 3) == 3
                assert await client.send_file(file, 8) == 2
                assert await client.send_file(file, 7, 100) == 3
                assert await client.send_file(file, 10) == 0
                assert await client.send_file(file, 99, 5) == 0
                assert await client.send_file(file, 0, 0) == 0
                await client.shutdown_write()
                assert await read_all(server) == b"234" + b"89" + b"789"
                for wrong in ((-1, None), (0, -1)):
                    with pytest.raises(UsageError, match="negative"):
                        await client.send_file(file, *wrong)

    sockets.run(main())


def test_a_file_that_cannot_be_read_is_an_error_of_the_file(
    sockets: SocketWorld, tmp_path: Path
) -> None:
    async def main() -> None:
        async with sockets.streams() as (client, server):
            with open(tmp_path / "log", "wb") as file, pytest.raises(OSError):
                await client.send_file(file)
            await client.write_all(b"goes on")
            assert await server.read(9) == b"goes on"

    sockets.run(main())
