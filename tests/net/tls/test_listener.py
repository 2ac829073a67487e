"""TlsListener: clients that are slow or hostile hold up nobody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at, until_it_is_cancelled_no_more
from tests.helpers.simulation import run_simulated
from tests.helpers.tls_streams import client_context, server_context
from zokio.errors import BrokenError, ClosedError, UsageError
from zokio.net import TcpListener, TcpStream
from zokio.net.tls import TlsListener, TlsStream, connect, wrap_server

Run = Callable[[Awaitable[Any]], Any]  # Any: see ../conftest.py


def listen(**limits: Any) -> TlsListener:  # Any: those of wrap_server
    return wrap_server(TcpListener.bind("127.0.0.1", 0), server_context(), **limits)


async def dial(listener: TlsListener, **limits: Any) -> TlsStream:  # Any: those of connect
    host, port = listener.local_address
    return await connect(host, port, client_context(), **limits)


async def failing(connecting: Awaitable[object]) -> None:
    with pytest.raises(BrokenError):
        await connecting


async def greet_all(listener: TlsListener) -> int:
    """Greet everybody until the listener is closed; how many there were."""
    greeted = 0
    async for stream, address in listener:
        assert stream.peer_address == address
        await stream.write_all(b"hello")
        await stream.aclose()
        greeted += 1
    return greeted


async def be_greeted(listener: TlsListener) -> None:
    async with await dial(listener) as stream:
        assert await stream.read_exact(5) == b"hello"


def test_it_accepts_until_it_is_closed(run: Run) -> None:
    async def main() -> int:
        async with listen() as listener:
            serving = zokio.spawn(greet_all(listener))
            for _ in range(3):
                await be_greeted(listener)
        return await serving

    assert run(main()) == 3


def test_silent_and_hostile_clients_hold_up_nobody(run: Run) -> None:
    async def main() -> int:
        async with listen() as listener, AsyncExitStack() as stack:
            serving = zokio.spawn(greet_all(listener))
            for words in (b"", b"\x16\x03\x01", b"GET / HTTP/1.1\r\n\r\n", bytes(9_000)):
                bad = await TcpStream.connect(*listener.local_address)
                await stack.enter_async_context(bad)
                if words:
                    await bad.write_all(words)
            leaves = await TcpStream.connect(*listener.local_address)
            leaves.close()
            await be_greeted(listener)
            listener.close()
            return await serving

    assert run(main()) == 1


def test_those_that_are_too_slow_make_room_for_others() -> None:
    async def main() -> None:
        async with (
            listen(handshake_timeout=4.0, pending_max=2) as listener,
            AsyncExitStack() as stack,
        ):
            serving = zokio.spawn(greet_all(listener))
            for _ in range(2):
                silent = await TcpStream.connect(*listener.local_address)
                await stack.enter_async_context(silent)
            before = zokio.time.now()
            await be_greeted(listener)
            assert zokio.time.now() - before == pytest.approx(4.0)
            listener.close()
            assert await serving == 1

    run_simulated(main())


def test_as_many_wait_to_be_accepted_as_there_is_room_for() -> None:
    async def main() -> None:
        async with listen(pending_max=2) as listener, AsyncExitStack() as stack:
            for _ in range(2):
                client = await dial(listener)
                stack.callback(client.close)
            with pytest.raises(BrokenError, match="within 1.0 s"):
                await dial(listener, handshake_timeout=1.0)
            for _ in range(2):
                stream, _ = await listener.accept()
                stack.callback(stream.close)
            late = await dial(listener)
            stack.callback(late.close)

    run_simulated(main())


def test_a_close_ends_handshakes_and_what_nobody_accepted(run: Run) -> None:
    async def ends(stream: TcpStream | TlsStream) -> None:
        with pytest.raises(BrokenError):
            while await stream.read(1 << 16):
                pass
            raise BrokenError("it ended")

    async def main() -> None:
        async with listen() as listener, AsyncExitStack() as stack:
            ready = await dial(listener)
            stack.callback(ready.close)
            silent = await TcpStream.connect(*listener.local_address)
            await stack.enter_async_context(silent)
            while not listener._handshakes:
                await zokio.yield_now()
            listener.close()
            listener.close()
            await zokio.join(ends(ready), ends(silent))
            with pytest.raises(ClosedError, match="the listener was closed on this side"):
                await listener.accept()
            with pytest.raises(ClosedError):
                _ = listener.local_address

    run(main())


def test_a_close_of_the_inner_listener_closes_it(run: Run) -> None:
    async def main() -> None:
        inner = TcpListener.bind("127.0.0.1", 0)
        async with wrap_server(inner, server_context()) as listener:
            accepting = zokio.spawn(listener.accept())
            await zokio.yield_now()
            inner.close()
            with pytest.raises(ClosedError):
                await accepting

    run(main())


@pytest.mark.one_thread  # it puts another function in the place of the socket's
def test_who_accepts_is_told_what_the_system_says() -> None:
    async def main() -> None:
        async with listen() as listener:

            def fail() -> None:
                raise OSError(22, "not this")

            listener._inner._socket.accept = fail  # type: ignore[method-assign, assignment]  # as a system that fails
            zokio.spawn(failing(TcpStream.connect(*listener.local_address)))
            with pytest.raises(BrokenError, match="accept"):
                await listener.accept()

    run_simulated(main())


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
def test_an_accept_that_is_cancelled_anywhere_loses_no_connection(run: Run) -> None:
    async def attempt(number: int) -> bool:
        async with listen() as listener:
            connecting = zokio.spawn(dial(listener))
            was_cancelled, accepted = await cancelled_at(number, listener.accept())
            stream, _ = accepted or await listener.accept()
            client = await connecting
            await stream.write_all(b"you")
            assert await client.read(9) == b"you"
            client.close()
            stream.close()
            return was_cancelled

    assert run(until_it_is_cancelled_no_more(attempt)) > 1


def test_what_cannot_serve_is_refused() -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as inner:
            with pytest.raises(UsageError, match="this context is for clients"):
                wrap_server(inner, client_context())
            with pytest.raises(UsageError, match="pending_max=0"):
                wrap_server(inner, server_context(), pending_max=0)

    run_simulated(main())
