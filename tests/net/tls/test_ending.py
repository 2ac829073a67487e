"""How TLS streams end: with a goodbye, with a cut, by what is not right."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from tests.helpers.tls_streams import (
    clear_streams,
    client_context,
    reset_tls,
    server_context,
    tls_streams,
    until_it_reads,
    until_it_writes,
)
from zokio.errors import BrokenError, EndedError, ResetError, TlsError, TruncatedError
from zokio.net import TcpStream
from zokio.net.tls import TlsStream, wrap

Run = Callable[[Awaitable[Any]], Any]  # Any: see ../conftest.py


def cut(stream: TlsStream) -> None:
    """End the connection below TLS, as a crash does or somebody in between."""
    stream.abort()


def test_a_cut_is_told_from_an_end(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"half of")
            cut(client)
            assert await server.read(99) == b"half of"
            for _ in range(2):
                with pytest.raises(TruncatedError, match="without close_notify"):
                    await server.read(99)
            with pytest.raises(BrokenError):
                await server.write_all(b"x")

    run(main())


def test_a_cut_in_the_middle_hands_over_what_had_come(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"half of")
            cut(client)
            with pytest.raises(EndedError) as caught:
                await server.read_exact(8)
            assert isinstance(caught.value, TruncatedError)
            assert caught.value.partial == b"half of"

    run(main())


def test_a_close_says_that_this_is_the_end(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"all")
            client.close()
            assert [await server.read(99), await server.read(99)] == [b"all", b""]

    run(main())


def test_a_close_in_the_middle_of_a_write_is_a_cut(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            writing = zokio.spawn(client.write_all(bytes(1 << 24)))
            await until_it_writes(client)
            client.close()
            with pytest.raises(zokio.ClosedError):
                await writing
            with pytest.raises(BrokenError):
                while await server.read(1 << 16):
                    pass

    run(main())


def test_a_block_that_is_left_by_an_error_is_a_cut(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            with pytest.raises(KeyError):
                async with client:
                    await client.write_all(b"half of")
                    raise KeyError
            assert await server.read(99) == b"half of"
            with pytest.raises(TruncatedError):
                await server.read(99)

    run(main())


def test_a_block_that_is_left_says_goodbye_and_waits_for_the_peers(run: Run) -> None:
    async def leave(stream: TlsStream) -> None:
        async with stream:
            await stream.write_all(b"unread")

    async def main() -> None:
        async with tls_streams() as (client, server):
            await zokio.join(leave(client), leave(server))
            for stream in (client, server):
                with pytest.raises(zokio.ClosedError):
                    await stream.read(1)

    run(main())


@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_a_goodbye_to_a_silent_peer_has_a_bound(seconds: float) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            before = zokio.time.now()
            await client.aclose(seconds)
            assert zokio.time.now() - before == pytest.approx(seconds)
            assert await server.read(9) == b""

    run_simulated(main())


def test_a_goodbye_to_a_peer_that_is_gone_is_no_error(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            server.abort()
            await client.aclose()
            await client.aclose()

    run(main())


def test_a_goodbye_does_not_wait_for_who_reads(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            reading = zokio.spawn(client.read(1))
            await until_it_reads(client)
            await client.aclose()
            with pytest.raises(zokio.ClosedError):
                await reading
            assert await server.read(1) == b""

    run(main())


def test_a_goodbye_that_is_cancelled_closes(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, _):
            with zokio.move_on_after(0.01) as scope:
                await client.aclose(None)
            assert scope.cancelled_caught
            with pytest.raises(zokio.ClosedError):
                await client.read(1)

    run(main())


def test_a_reset_is_a_reset(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            reset_tls(client)
            with pytest.raises((ResetError, TruncatedError)):
                await server.read(1)
            with pytest.raises(BrokenError):
                while True:
                    await server.write_all(bytes(1 << 16))

    run(main())


def test_what_is_not_right_breaks_the_stream_for_good(run: Run) -> None:
    async def main() -> None:
        async with tls_streams() as (client, server):
            await client.write_all(b"good")
            client._socket.send(b"\x17\x03\x03\x00\x20" + bytes(32))  # a forged record
            assert await server.read(99) == b"good"
            for _ in range(2):
                with pytest.raises(TlsError, match="bad record mac"):
                    await server.read(99)
            with pytest.raises(TlsError):
                await server.write_all(b"x")
            with pytest.raises(TlsError, match="read: "):
                await client.read(99)  # it was told
            server.close()

    run(main())


@pytest.mark.one_thread  # it puts another function in the place of the socket's
def test_a_connection_in_the_clear_becomes_one_with_tls_in_its_middle() -> None:
    """STARTTLS; the peer's first words of TLS have come together with its last in the clear."""

    async def serve(stream: TcpStream) -> None:
        assert await stream.read_until(b"\n") == b"STARTTLS\n"
        assert stream._buffer, "there is nothing to take over"
        secure = await wrap(stream, server_context(), server_side=True)
        await secure.write_all(b"hello")
        await secure.aclose()

    async def main() -> None:
        async with clear_streams() as (client, server):
            sent = client._socket.send
            hello = bytearray(b"STARTTLS\n")

            def together(data: bytes) -> int:
                """Send the first words of TLS together with the line."""
                taken = sent(bytes(hello) + data)
                skipped, hello[:] = len(hello), b""
                return taken - skipped

            client._socket.send = together  # type: ignore[method-assign, assignment]  # simulated or not
            serving = zokio.spawn(serve(server))
            secure = await wrap(client, client_context(), server_hostname="server.test")
            assert await secure.read(9) == b"hello"
            await secure.aclose()
            await serving

    run_simulated(main())
