"""TcpStream: reading, writing and ending, on every reactor."""

from __future__ import annotations

from array import array
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.tcp_streams import connected_streams, reset
from zokio.errors import (
    BrokenError,
    BusyError,
    ClosedError,
    EndedError,
    LimitError,
    PipeError,
    ResetError,
    UsageError,
)
from zokio.net import TcpListener, TcpStream
from zokio.runtime.current import current_runtime

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py
MEGABYTES = bytes(range(256)) * 4096 * 3


def test_what_is_written_is_read(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"hello")
            assert await server.read(100) == b"hello"
            await server.write_all(bytearray(b"you"))
            await server.write_all(memoryview(b" too"))
            assert await client.read_exact(7) == b"you too"

    run(main())


def test_a_read_gives_at_most_what_was_asked_for_and_keeps_the_rest(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"abcdef")
            assert [await server.read(n) for n in (1, 2, 3)] == [b"a", b"bc", b"def"]

    run(main())


@pytest.mark.parametrize("n", [0, -1])
def test_a_read_of_nothing_is_refused(run: Run, n: int) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            with pytest.raises(UsageError, match="at least one byte"):
                await client.read(n)

    run(main())


def test_read_exact_collects_pieces_and_leaves_what_follows(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read_exact(5))
            for piece in (b"ab", b"c", b"defg"):
                await client.write_all(piece)
                await zokio.sleep(0)
            assert await reading == b"abcde"
            assert await server.read_exact(0) == b""
            assert await server.read(1) == b"f"
            assert await server.read(9) == b"g"

    run(main())


def test_read_exact_of_a_negative_number_is_refused(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"ab\ncd")
            assert await server.read_until(b"\n") == b"ab\n"
            with pytest.raises(UsageError, match="not negative"):
                await server.read_exact(-1)
            assert await server.read(9) == b"cd"

    run(main())


def test_an_end_in_the_middle_of_read_exact_hands_over_what_had_come(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"abc")
            await client.shutdown_write()
            with pytest.raises(EndedError, match="after 3 bytes, before 10 bytes") as caught:
                await server.read_exact(10)
            assert caught.value.partial == b"abc"
            assert await server.read(1) == b""

    run(main())


def test_read_until_finds_separators_across_pieces(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read_until(b"\r\n\r\n"))
            for piece in (b"GET\r", b"\n", b"\r", b"\nrest"):
                await client.write_all(piece)
                await zokio.sleep(0)
            assert await reading == b"GET\r\n\r\n"
            assert await server.read(9) == b"rest"

    run(main())


def test_read_until_with_a_limit_takes_nothing_when_it_fails(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"12345\n")
            with pytest.raises(LimitError, match="within 5 bytes"):
                await server.read_until(b"\n", limit=5)
            assert await server.read_until(b"\n", limit=6) == b"12345\n"

    run(main())


def test_an_end_in_the_middle_of_read_until_hands_over_what_had_come(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"no line")
            await client.shutdown_write()
            with pytest.raises(EndedError, match="before b'.n'") as caught:
                await server.read_until(b"\n")
            assert caught.value.partial == b"no line"

    run(main())


def test_read_until_needs_a_separator(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            with pytest.raises(UsageError, match="separator"):
                await client.read_until(b"")

    run(main())


def test_a_chunk_of_tiny_lines_is_read_line_by_line(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(client.write_all(b"\n" * 200_000))
            for _ in range(200_000):
                assert await server.read_until(b"\n") == b"\n"
            await writing

    run(main())


def test_megabytes_arrive_whole_at_a_slow_reader(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(client.write_all(MEGABYTES))
            received = bytearray()
            while len(received) < len(MEGABYTES):
                received += await server.read(10_007)
                await zokio.sleep(0)
            await writing
            assert received == MEGABYTES

    run(main())


def test_read_exact_of_megabytes_arrives_whole(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(client.write_all(MEGABYTES))
            assert await server.read_exact(len(MEGABYTES)) == MEGABYTES
            await writing

    run(main())


def test_a_view_of_items_larger_than_a_byte_is_written_whole(run: Run) -> None:
    numbers = memoryview(array("Q", range(300_000)))

    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(client.write_all(numbers))
            assert await server.read_exact(numbers.nbytes) == numbers.tobytes()
            await writing

    run(main())


def test_writing_nothing_is_done_at_once(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            await client.write_all(b"")

    run(main())


def test_after_a_half_close_the_other_direction_goes_on(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"question")
            await client.shutdown_write()
            assert await server.read(100) == b"question"
            assert await server.read(100) == b""
            await server.write_all(b"answer")
            assert await client.read(100) == b"answer"

    run(main())


def test_writing_after_shutdown_write_is_the_fault_of_this_side(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            await client.shutdown_write()
            with pytest.raises(ClosedError, match="shutdown_write was called"):
                await client.write_all(b"more")

    run(main())


def test_a_peer_that_reads_no_more_is_an_error_of_the_writer(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            server.close()
            with pytest.raises((PipeError, ResetError)):
                for _ in range(100):
                    await client.write_all(b"x" * 10_000)

    run(main())


def test_what_came_before_a_reset_is_read_first(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"last words")
            reset(client)
            assert await server.read(100) == b"last words"
            with pytest.raises(ResetError, match="connect again"):
                await server.read(100)
            assert await server.read(100) == b""

    run(main())


def test_a_reset_in_the_middle_of_read_exact_keeps_what_had_come(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read_exact(10))
            await client.write_all(b"abc")
            await zokio.sleep(0.01)
            reset(client)
            with pytest.raises(ResetError):
                await reading
            assert await server.read(100) == b"abc"

    run(main())


def test_a_reset_wakes_who_waits_to_write(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            writing = zokio.spawn(client.write_all(bytes(1 << 24)))
            await zokio.sleep(0.01)
            reset(server)
            with pytest.raises(BrokenError):
                await writing

    run(main())


def test_close_ends_whoever_waits_and_everything_after_it(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            reading = zokio.spawn(client.read_exact(1))
            writing = zokio.spawn(client.write_all(bytes(1 << 24)))
            await zokio.sleep(0.01)
            client.close()
            client.close()
            for handle in (reading, writing):
                with pytest.raises(ClosedError, match="closed on this side"):
                    await handle
            for operation in (
                client.read(1),
                client.read_exact(1),
                client.read_until(b"x"),
                client.write_all(b"x"),
                client.shutdown_write(),
            ):
                with pytest.raises(ClosedError, match="open a new one"):
                    await operation
            for name in ("local_address", "peer_address"):
                with pytest.raises(ClosedError):
                    getattr(client, name)

    run(main())


def test_what_was_buffered_is_gone_after_close(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"a\nb\n")
            assert await server.read_until(b"\n") == b"a\n"
            server.close()
            with pytest.raises(ClosedError):
                await server.read_until(b"\n")

    run(main())


def test_what_a_reader_had_collected_is_gone_when_it_is_closed_meanwhile(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            reading = zokio.spawn(server.read_exact(9))
            await client.write_all(b"abc")
            await zokio.sleep(0.01)
            server.close()
            with pytest.raises(ClosedError):
                await reading
            with pytest.raises(ClosedError):
                await server.read(9)

    run(main())


def test_a_second_reader_and_a_second_writer_are_told_who_is_there(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, _):
            reading = zokio.spawn(client.read(1), name="alice")
            writing = zokio.spawn(client.write_all(bytes(1 << 24)), name="bob")
            await zokio.sleep(0.01)
            fd = client._socket.fileno()
            for operation in (client.read(1), client.read_exact(1), client.read_until(b"x")):
                with pytest.raises(BusyError, match=rf"task \d+ \(alice\) already reads fd {fd};"):
                    await operation
            with pytest.raises(BusyError, match=rf"\(bob\) already writes to fd {fd};"):
                await client.write_all(b"x")
            reading.abort()
            writing.abort()

    run(main())


def test_nobody_writes_between_the_call_that_sent_a_part_and_the_await_of_the_rest(
    run: Run,
) -> None:
    async def main() -> int:
        async with connected_streams() as (client, server):
            data = bytes(1 << 24)
            writing = zokio.spawn(client.write_all(data))  # the call has sent a part
            with pytest.raises(BusyError, match="already writes to fd"):
                await client.write_all(b"x")
            reading = zokio.spawn(server.read_exact(len(data)))
            await writing
            await client.write_all(b"y")
            return (await reading).count(0) + len(await server.read(2))

    assert run(main()) == (1 << 24) + 1


@pytest.mark.one_thread  # what yields comes after what it has woken
def test_a_reader_that_yields_for_fairness_keeps_its_place() -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            await client.write_all(b"a\nb\nc\n")
            assert await server.read_until(b"\n") == b"a\n"
            current_runtime().budget.left = 0
            first = zokio.spawn(server.read_until(b"\n"), name="first")
            await zokio.yield_now()
            with pytest.raises(BusyError, match="first"):
                await server.read(1)
            assert await first == b"b\n"
            assert await server.read(9) == b"c\n"

    for reactor in ("epoll", "poll"):
        zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))


def test_a_stream_outlives_its_runtime_harmlessly(run: Run) -> None:
    stream = run(_kept_stream())
    stream.close()
    stream.close()


async def _kept_stream() -> TcpStream:
    listener = TcpListener.bind("127.0.0.1", 0)
    client = await TcpStream.connect(*listener.local_address)
    listener.close()
    return client


def test_addresses_tell_both_sides(run: Run) -> None:
    async def main() -> None:
        async with connected_streams() as (client, server):
            assert client.local_address == server.peer_address
            assert client.peer_address == server.local_address
            assert client.local_address != client.peer_address

    run(main())
