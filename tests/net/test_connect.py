"""TcpStream.connect: names, addresses, refusals, timeouts and false hints."""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from zokio.env.threads import Event, get_ident
from zokio.errors import BrokenError, ConnectTimeoutError, RefusedError, UsageError
from zokio.net import TcpListener, TcpStream
from zokio.reactor.contract import Socket
from zokio.reactor.epoll import EpollReactor
from zokio.reactor.simulated import SimulatedReactor

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


def test_nobody_listens_is_refused(run: Run) -> None:
    async def main() -> None:
        listener = TcpListener.bind("127.0.0.1", 0)
        host, port = listener.local_address
        listener.close()
        with pytest.raises(RefusedError, match=f"{port}.*that the server runs"):
            await TcpStream.connect(host, port)

    run(main())


def test_a_full_backlog_ends_in_a_timeout(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, backlog=1) as listener:
            streams = []
            with pytest.raises(ConnectTimeoutError, match=r"within 0.1 s.*backlog is full"):
                for _ in range(10):
                    streams.append(await TcpStream.connect(*listener.local_address, timeout=0.1))
            assert 1 <= len(streams) <= 3
            for stream in streams:
                stream.close()

    run(main())


def test_a_connection_that_was_turned_away_is_made_when_there_is_room() -> None:
    async def main() -> None:
        async with TcpListener.bind("", 0, backlog=1) as listener:
            _, port = listener.local_address
            first = await TcpStream.connect("127.0.0.1", port)
            waiting = zokio.spawn(TcpStream.connect("127.0.0.1", port))
            await zokio.sleep(1)
            assert not waiting.is_finished()
            accepted, _ = await listener.accept()
            second = await waiting
            assert second.peer_address == ("127.0.0.1", port)
            for stream in (first, accepted, second):
                stream.close()

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated"))


def test_a_connection_that_was_turned_away_is_refused_when_the_listener_closes() -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, backlog=1) as listener:
            first = await TcpStream.connect(*listener.local_address)
            waiting = zokio.spawn(TcpStream.connect(*listener.local_address))
            await zokio.sleep(1)
        with pytest.raises(RefusedError):
            await waiting
        first.close()

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated"))


def test_a_false_hint_is_not_taken_for_a_connection() -> None:
    reactor = SimulatedReactor()

    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0, backlog=1) as listener:
            first = await TcpStream.connect(*listener.local_address)
            waiting = zokio.spawn(TcpStream.connect(*listener.local_address))
            await zokio.sleep(1)
            for registration in reactor._registrations.values():
                if registration.writer is not None:
                    registration.writer.wake()
                    registration.event(False, True, False, [])
            await zokio.sleep(1)
            assert not waiting.is_finished()
            accepted, _ = await listener.accept()
            async with accepted, first, await waiting as second:
                assert second.peer_address == listener.local_address

    with zokio.Runtime(reactor=reactor) as runtime:
        runtime.block_on(main())


class ChangedSockets:
    """The epoll reactor, whose sockets are handed through `change` before anybody gets them."""

    def __init__(self, change: Callable[[Socket], Socket]) -> None:
        self._inner = EpollReactor()
        self._change = change

    def __getattr__(self, name: str) -> Any:  # Any: whatever the reactor has
        return getattr(self._inner, name)

    def socket(self, family: int, kind: int = socket.SOCK_STREAM) -> Socket:
        return self._change(self._inner.socket(family, kind))


class StrangeSocket:
    """A socket of which some methods do something else."""

    def __init__(self, inner: Socket, **methods: Callable[..., Any]) -> None:  # Any: their results
        self._inner = inner
        self._methods = methods

    def __getattr__(self, name: str) -> Any:  # Any: whatever the socket has
        return self._methods.get(name) or getattr(self._inner, name)


def refuse_with(number: int) -> Callable[..., Any]:  # Any: it never returns
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


async def connect_to_a_listener(listener: socket.socket) -> bytes:
    async with await TcpStream.connect(*listener.getsockname()) as stream:
        accepted, _ = listener.accept()
        with accepted:
            accepted.sendall(b"welcome")
        return await stream.read(100)


def run_with(change: Callable[[Socket], Socket], main: Callable[[], Awaitable[Any]]) -> Any:
    with zokio.Runtime(reactor=ChangedSockets(change)) as runtime:
        return runtime.block_on(main())


def test_a_connection_of_a_port_to_itself_is_a_refusal() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        address = sock.getsockname()

    def bound(sock: Socket) -> Socket:
        sock.bind(address)
        return sock

    async def main() -> None:
        with pytest.raises(RefusedError):
            await TcpStream.connect(*address)

    run_with(bound, main)


@pytest.mark.parametrize(
    ("methods", "kind"),
    [
        ({"getsockopt": lambda *_: errno.ETIMEDOUT}, ConnectTimeoutError),
        ({"getsockopt": lambda *_: errno.EHOSTUNREACH}, BrokenError),
        ({"getpeername": refuse_with(errno.EINVAL)}, BrokenError),
        ({"connect_ex": lambda *_: errno.ENETUNREACH}, BrokenError),
    ],
    ids=["timed out", "unreachable", "gone already", "no network"],
)
def test_an_attempt_that_fails_in_the_system_says_how(
    methods: dict[str, Callable[..., Any]],  # Any: see StrangeSocket
    kind: type[BrokenError],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        async def main() -> None:
            with pytest.raises(kind, match=r"connect \('127.0.0.1', ") as caught:
                await connect_to_a_listener(listener)
            assert type(caught.value) is kind

        run_with(lambda sock: StrangeSocket(sock, **methods), main)


def test_a_connection_is_as_good_without_its_option() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        received = run_with(
            lambda sock: StrangeSocket(sock, setsockopt=refuse_with(errno.EINVAL)),
            lambda: connect_to_a_listener(listener),
        )
    assert received == b"welcome"


def test_a_connection_that_stands_at_once_is_taken_as_it_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        inner: Socket

        def connect(address: Any) -> int:  # Any: an address
            inner.setblocking(True)
            number = inner.connect_ex(address)
            inner.setblocking(False)
            return number

        def strange(sock: Socket) -> Socket:
            nonlocal inner
            inner = sock
            return StrangeSocket(sock, connect_ex=connect)

        assert run_with(strange, lambda: connect_to_a_listener(listener)) == b"welcome"


@pytest.mark.parametrize("port", [-1, 65_536, 1.5, "80", None, True])
def test_what_is_no_port_is_refused(port: Any) -> None:  # Any: wrong on purpose
    async def main() -> None:
        with pytest.raises(UsageError, match="from 0 to 65535"):
            await TcpStream.connect("127.0.0.1", port)
        with pytest.raises(UsageError, match="from 0 to 65535"):
            TcpListener.bind("127.0.0.1", port)

    zokio.run(main())


@pytest.mark.parametrize("host", ["127.0.0.1\0.example.org", None, b"127.0.0.1"])
def test_what_is_no_host_is_refused(host: Any) -> None:  # Any: wrong on purpose
    async def main() -> None:
        with pytest.raises(UsageError, match="host .*as text"):
            await TcpStream.connect(host, 80)
        with pytest.raises(UsageError, match="host .*as text"):
            TcpListener.bind(host, 0)

    zokio.run(main())


@pytest.mark.parametrize("host", ["a" * 300, "..", "\ud800"])
def test_what_cannot_be_a_name_is_not_known(host: str) -> None:
    async def main() -> None:
        with pytest.raises(BrokenError, match="check the name"):
            await TcpStream.connect(host, 80)

    zokio.run(main())


def as_the_system_does(
    lookup: Callable[[], list[str]],
) -> Callable[..., list[tuple[Any, ...]]]:  # Any: as `socket.getaddrinfo`
    """A `getaddrinfo` that reads figures, and asks `lookup` for every name."""
    real = socket.getaddrinfo

    def getaddrinfo(
        host: str, port: int | None, **hints: int
    ) -> list[tuple[Any, ...]]:  # Any: as the system's
        if "flags" in hints:
            return [*real(host, port, **hints)]
        return [(socket.AF_INET, 1, 6, "", (each, 0)) for each in lookup()]

    return getaddrinfo


def test_without_pycares_names_are_resolved_in_another_thread_and_tried_in_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = []

    def lookup() -> list[str]:
        threads.append(get_ident())
        return ["127.0.0.2", "127.0.0.1"]

    monkeypatch.setitem(sys.modules, "zokio.dns.servers", None)
    monkeypatch.setattr(socket, "getaddrinfo", as_the_system_does(lookup))

    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            host, port = listener.local_address
            async with await TcpStream.connect("server.example", port) as stream:
                assert stream.peer_address == (host, port)

    zokio.run(main())
    assert len(threads) == 1 and threads[0] != get_ident()


def test_a_timeout_does_not_wait_for_the_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    released = Event()

    def lookup() -> list[str]:
        assert released.wait(60)
        return []

    monkeypatch.setitem(sys.modules, "zokio.dns.servers", None)
    monkeypatch.setattr(socket, "getaddrinfo", as_the_system_does(lookup))

    async def main() -> None:
        try:
            with pytest.raises(ConnectTimeoutError):
                await TcpStream.connect("slow.example", 80, timeout=0.01)
            assert not released.is_set()
        finally:
            released.set()

    zokio.run(main())


def test_ipv6_addresses_are_tuples_of_four() -> None:
    async def main() -> None:
        async with TcpListener.bind("::1", 0) as listener:
            host, port, _, _ = listener.local_address
            async with await TcpStream.connect(host, port) as client:
                server, address = await listener.accept()
                async with server:
                    assert address == client.local_address
                    await client.write_all(b"six")
                    assert await server.read(9) == b"six"

    zokio.run(main())


def test_no_timeout_and_an_infinite_one_are_the_same(run: Run) -> None:
    async def main() -> None:
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            for timeout in (None, float("inf")):
                (await TcpStream.connect(*listener.local_address, timeout=timeout)).close()
            with pytest.raises(ValueError, match="0 or more"):
                await TcpStream.connect(*listener.local_address, timeout=-1)

    run(main())
