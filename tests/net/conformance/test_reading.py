"""Every stream: what is read, in which pieces, and what peek sees."""

from __future__ import annotations

import pytest

import zokio
from tests.net.conformance.kinds import AnyWorld
from zokio.errors import (
    EndedError,
    LimitError,
    UsageError,
)


def test_a_read_gives_at_most_what_was_asked_for_and_keeps_the_rest(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"abcdef")
            assert [await server.read(n) for n in (1, 2, 3)] == [b"a", b"bc", b"def"]

    world.run(main())


@pytest.mark.parametrize("n", [0, -1])
def test_a_read_of_nothing_is_refused(world: AnyWorld, n: int) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            with pytest.raises(UsageError, match="at least one byte"):
                await client.read(n)

    world.run(main())


def test_read_exact_collects_pieces_and_leaves_what_follows(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(server.read_exact(5))
            for piece in (b"ab", b"c", b"defg"):
                await client.write_all(piece)
                await zokio.sleep(0)
            assert await reading == b"abcde"
            assert await server.read_exact(0) == b""
            assert await server.read(1) == b"f"
            assert await server.read(9) == b"g"

    world.run(main())


def test_read_exact_of_a_negative_number_is_refused(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"ab\ncd")
            assert await server.read_until(b"\n") == b"ab\n"
            with pytest.raises(UsageError, match="not negative"):
                await server.read_exact(-1)
            assert await server.read(9) == b"cd"

    world.run(main())


def test_an_end_in_the_middle_of_read_exact_hands_over_what_had_come(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"abc")
            await client.shutdown_write()
            with pytest.raises(EndedError, match="after 3 bytes, before 10 bytes") as caught:
                await server.read_exact(10)
            assert caught.value.partial == b"abc"
            assert await server.read(1) == b""

    world.run(main())


def test_read_until_finds_separators_across_pieces(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            reading = zokio.spawn(server.read_until(b"\r\n\r\n"))
            for piece in (b"GET\r", b"\n", b"\r", b"\nrest"):
                await client.write_all(piece)
                await zokio.sleep(0)
            assert await reading == b"GET\r\n\r\n"
            assert await server.read(9) == b"rest"

    world.run(main())


def test_read_until_with_a_limit_takes_nothing_when_it_fails(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"12345\n")
            with pytest.raises(LimitError, match="within 5 bytes"):
                await server.read_until(b"\n", limit=5)
            assert await server.read_until(b"\n", limit=6) == b"12345\n"

    world.run(main())


def test_an_end_in_the_middle_of_read_until_hands_over_what_had_come(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"no line")
            await client.shutdown_write()
            with pytest.raises(EndedError, match="before b'.n'") as caught:
                await server.read_until(b"\n")
            assert caught.value.partial == b"no line"

    world.run(main())


def test_read_until_needs_a_separator(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            with pytest.raises(UsageError, match="separator"):
                await client.read_until(b"")

    world.run(main())


def test_a_chunk_of_tiny_lines_is_read_line_by_line(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            writing = zokio.spawn(client.write_all(b"\n" * 200_000))
            for _ in range(200_000):
                assert await server.read_until(b"\n") == b"\n"
            await writing

    world.run(main())


def test_addresses_tell_both_sides(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            assert client.local_address == server.peer_address
            assert client.peer_address == server.local_address
            assert client.local_address != client.peer_address

    world.run(main())


def test_peek_shows_what_the_next_reads_take(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            peeking = zokio.spawn(server.peek(3))
            await client.write_all(b"abcdef\n")
            assert await peeking == b"abc"
            assert await server.peek(100) == b"abcdef\n"
            assert await server.read(2) == b"ab"
            assert await server.peek(1) == b"c"
            assert await server.read_until(b"\n") == b"cdef\n"
            await client.write_all(b"more")
            assert await server.peek(2) == b"mo"
            assert await server.read_exact(4) == b"more"

    world.run(main())


def test_peek_at_the_end_of_the_stream_sees_nothing(world: AnyWorld) -> None:
    async def main() -> None:
        async with world.streams() as (client, server):
            await client.write_all(b"x")
            await client.shutdown_write()
            assert await server.peek(9) == b"x"
            assert await server.read(9) == b"x"
            assert await server.peek(9) == await server.peek(9) == await server.read(9) == b""

    world.run(main())


@pytest.mark.parametrize("n", [0, -1])
def test_a_peek_at_nothing_is_refused(world: AnyWorld, n: int) -> None:
    async def main() -> None:
        async with world.streams() as (client, _):
            with pytest.raises(UsageError, match="at least one byte"):
                await client.peek(n)

    world.run(main())
