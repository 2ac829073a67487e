"""TcpListener: binding, accepting, and what goes wrong with single connections."""

from __future__ import annotations

import errno
import logging
import os
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.tcp_streams import reset
from zokio.errors import (
    AddressInUseError,
    BrokenError,
    BusyError,
    ClosedError,
    DescriptorsExhaustedError,
    NoRuntimeError,
    UsageError,
)
from zokio.net import TcpListener, TcpStream
from zokio.reactor.contract import Address, Socket
from zokio.runtime.current import current_runtime

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


class FailingAccept:
    """A listening socket which first fails to accept, with these error numbers."""

    def __init__(self, sock: Socket, numbers: list[int]) -> None:
        self._inner = sock
        self._numbers = numbers

    def __getattr__(self, name: str) -> Any:  # Any: whatever the socket has
        return getattr(self._inner, name)

    def accept(self) -> tuple[Socket, Address]:
        if self._numbers:
            number = self._numbers.pop(0)
            raise OSError(number, os.strerror(number))
        return self._inner.accept()


def test_iteration_accepts_until_the_listener_is_closed(run: Run) -> None:
    async def main() -> int:
        listener = await TcpListener.bind("localhost", 0)
        for _ in range(3):
            (await TcpStream.connect(*listener.local_address)).close()
        accepted = 0
        async for stream, _ in listener:
            stream.close()
            accepted += 1
            if accepted == 3:
                zokio.spawn(close_soon(listener))
        with pytest.raises(ClosedError):
            assert listener.local_address
        return accepted

    async def close_soon(listener: TcpListener) -> None:
        await zokio.sleep(0.001)
        listener.close()
        listener.close()

    assert run(main()) == 3


def test_close_ends_who_accepts_and_who_comes_later(run: Run) -> None:
    async def main() -> None:
        listener = TcpListener.bind("127.0.0.1", 0)
        accepting = zokio.spawn(listener.accept())
        await zokio.sleep(0.001)
        listener.close()
        for handle in (accepting, listener.accept()):
            with pytest.raises(ClosedError, match="bind it again"):
                await handle

    run(main())


def test_two_accepters_are_one_too_many(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            accepting = zokio.spawn(listener.accept(), name="doorman")
            await zokio.sleep(0.001)
            fd = listener._socket.fileno()
            with pytest.raises(BusyError, match=rf"\(doorman\) already reads fd {fd};"):
                await listener.accept()
            accepting.abort()

    run(main())


def test_a_port_in_use_is_an_error_of_its_own(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            host, port = listener.local_address
            with pytest.raises(AddressInUseError, match=f"{host} port {port}.*port 0") as caught:
                TcpListener.bind(host, port)
            assert caught.value.errno == errno.EADDRINUSE
        TcpListener.bind(host, port).close()

    run(main())


def test_a_port_can_be_shared_when_both_say_so() -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, reuse_port=True) as listener:
            TcpListener.bind(*listener.local_address, reuse_port=True).close()

    zokio.run(main())


def test_who_does_not_say_so_gets_no_part_of_a_shared_port() -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, reuse_port=True) as listener:
            with pytest.raises(AddressInUseError):
                TcpListener.bind(*listener.local_address)

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="epoll"))


def test_a_connection_to_a_shared_port_comes_to_one_of_those_who_share_it() -> None:
    async def serve(listener: TcpListener) -> None:
        async for stream, _ in listener:
            async with stream:
                await stream.write_all(b"served")

    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, reuse_port=True) as first:
            address = first.local_address
            async with TcpListener.bind(*address, reuse_port=True) as second:
                serving = [zokio.spawn(serve(each)) for each in (first, second)]
                for _ in range(32):
                    async with await TcpStream.connect(*address) as client:
                        assert await client.read_exact(6) == b"served"
                for each in serving:
                    each.abort()

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="epoll"))


def test_a_platform_without_shared_ports_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "SO_REUSEPORT")

    async def main() -> None:
        with pytest.raises(UsageError, match="SO_REUSEPORT"):
            TcpListener.bind("127.0.0.1", 0, reuse_port=True)

    zokio.run(main())


def test_a_name_cannot_be_bound(run: Run) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="in figures"):
            TcpListener.bind("server.example", 0)

    run(main())


@pytest.mark.parametrize("backlog", [0, -1, 1 << 31])
def test_a_backlog_out_of_range_is_refused(run: Run, backlog: int) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="backlog"):
            TcpListener.bind("127.0.0.1", 0, backlog=backlog)

    run(main())


def test_an_address_of_another_machine_cannot_be_bound() -> None:
    async def main() -> None:
        with pytest.raises(BrokenError, match="192.0.2.1") as caught:
            TcpListener.bind("192.0.2.1", 0)
        assert caught.value.errno == errno.EADDRNOTAVAIL

    zokio.run(main())


def test_a_listener_needs_a_runtime() -> None:
    with pytest.raises(NoRuntimeError):
        TcpListener.bind("127.0.0.1", 0)


def test_a_socket_that_cannot_be_watched_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int) -> None:
        raise BrokenError(errno.ENOSPC, "fd cannot be watched")

    async def main() -> None:
        runtime = current_runtime()
        listener = TcpListener.bind("127.0.0.1", 0)
        client = await TcpStream.connect(*listener.local_address)
        monkeypatch.setattr(runtime, "reactor", Refusing(runtime.reactor, refuse))
        open_before = len(os.listdir("/proc/self/fd"))
        for operation in (
            lambda: TcpListener.bind("127.0.0.1", 0).accept(),
            lambda: TcpStream.connect(*listener.local_address),
            listener.accept,
        ):
            with pytest.raises(BrokenError, match="cannot be watched"):
                await operation()
            assert len(os.listdir("/proc/self/fd")) == open_before
        listener.close()
        client.close()

    zokio.run(main())


class Refusing:
    """A reactor that refuses to watch."""

    def __init__(self, inner: Any, refuse: Callable[[int], None]) -> None:  # Any: any reactor
        self._inner = inner
        self.register = refuse

    def __getattr__(self, name: str) -> Any:  # Any: whatever the reactor has
        return getattr(self._inner, name)


@pytest.mark.parametrize(
    "number", [errno.ECONNABORTED, errno.EPROTO, errno.ENETDOWN, errno.EPERM, errno.EHOSTUNREACH]
)
def test_a_connection_that_failed_before_it_was_accepted_concerns_nobody(
    run: Run, number: int
) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            failing = FailingAccept(listener._socket, [number] * 3)
            listener._socket = failing
            client = await TcpStream.connect(*listener.local_address)
            server, _ = await listener.accept()
            assert not failing._numbers
            client.close()
            server.close()

    run(main())


def test_a_listener_that_fails_itself_says_so(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            listener._socket = FailingAccept(listener._socket, [errno.EINVAL])
            client = await TcpStream.connect(*listener.local_address)
            with pytest.raises(BrokenError, match="accept"):
                async for _ in listener:
                    raise AssertionError
            client.close()

    run(main())


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_iteration_goes_on_when_descriptors_or_memory_had_run_out(
    caplog: pytest.LogCaptureFixture, number: int
) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            listener._socket = FailingAccept(listener._socket, [number] * 12)
            client = await TcpStream.connect(*listener.local_address)
            async for stream, _ in listener:
                stream.close()
                break
            client.close()

    with caplog.at_level(logging.WARNING, logger="zokio"):
        zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated"))
    (record,) = caplog.records  # however often it happens
    assert "accepting again as soon as there is room" in record.getMessage()


def test_accept_itself_raises_when_descriptors_have_run_out(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            listener._socket = FailingAccept(listener._socket, [errno.EMFILE])
            client = await TcpStream.connect(*listener.local_address)
            with pytest.raises(DescriptorsExhaustedError, match="ulimit"):
                await listener.accept()
            server, _ = await listener.accept()
            server.close()
            client.close()

    run(main())


def test_a_client_that_resets_before_it_is_accepted_does_not_harm_the_listener(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            reset(await TcpStream.connect(*listener.local_address))
            async with await TcpStream.connect(*listener.local_address) as client:
                await client.write_all(b"still there?")
                received = b""
                while not received:
                    server, _ = await listener.accept()
                    async with server:
                        try:
                            received = await server.read(100)
                        except BrokenError:
                            continue
                assert received == b"still there?"

    run(main())
