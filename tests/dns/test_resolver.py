"""Resolver and lookup: settings, files, figures, where they belong, and what they leave behind."""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn
from weakref import ref

import pytest

import zokio
from tests.helpers.dns_messages import A, Asked, Reply, address
from tests.helpers.dns_server import DnsServer
from zokio.dns import Resolver, lookup
from zokio.dns.lookup import RESOLVERS, default_resolver
from zokio.dns.servers import Servers
from zokio.errors import (
    BrokenError,
    ClosedError,
    DnsError,
    LookupTimeoutError,
    NameNotFoundError,
    NameServerError,
    NoRuntimeError,
    UsageError,
)
from zokio.net import TcpListener, TcpStream
from zokio.reactor.contract import Reactor
from zokio.reactor.registration import Registration
from zokio.runtime.current import current_runtime

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py


class StrangeReactor:
    """A reactor that registers in another way."""

    def __init__(self, inner: Reactor, register: Callable[[int], Registration]) -> None:
        self._inner = inner
        self.register = register

    def __getattr__(self, name: str) -> Any:  # Any: whatever the reactor has
        return getattr(self._inner, name)


def answering(asked: Asked) -> Reply:
    return Reply([address(asked.name, "127.0.0.9")] if asked.kind == A else [])


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"servers": []}, "at least one"),
        ({"servers": "127.0.0.1"}, "a list of texts"),
        ({"servers": ["name.example"]}, "addresses in figures"),
        ({"servers": ["ü"]}, "addresses in figures"),
        ({"domains": [1]}, "a list of texts"),
        ({"timeout": 0}, "over 0"),
        ({"timeout": "1"}, "over 0"),
        ({"cache_size": -1}, "0 or more"),
        ({"cache_size": True}, "0 or more"),
    ],
)
def test_settings_out_of_their_range_are_refused(settings: dict[str, Any], says: str) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match=says):
            Resolver(**settings)

    zokio.run(main())


def test_a_resolver_belongs_to_the_runtime_in_which_it_was_made() -> None:
    async def make() -> Resolver:
        return Resolver()

    async def use() -> None:
        with pytest.raises(UsageError, match="belongs to another runtime"):
            await resolver.lookup("name.example")

    with pytest.raises(NoRuntimeError):
        Resolver()
    resolver = zokio.run(make())
    zokio.run(use())


def test_the_simulated_reactor_has_no_name_servers() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="simulated reactor"):
            Resolver()
        assert default_resolver() is None

    zokio.run(main(), config=zokio.RuntimeConfig(reactor="simulated"))


def test_the_hosts_file_comes_first_and_has_all_addresses_of_its_names(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("127.0.0.5 listed.example\n::5 both.example\n127.0.0.6 Both.example\n")

    async def main() -> None:
        async with Resolver([server.address], hosts_file=str(hosts)) as resolver:
            assert await resolver.lookup("listed.example") == ["127.0.0.5"]
            assert await resolver.lookup("both.example") == ["::5", "127.0.0.6"]
            with pytest.raises(NameNotFoundError):
                await resolver.lookup_family("listed.example", socket.AF_INET6)
            assert "127.0.0.1" in await resolver.lookup("localhost")
            assert server.asked == []

    with DnsServer(answering) as server:
        zokio.run(main())


def test_addresses_in_figures_ask_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("asked")

    monkeypatch.setattr(Servers, "ask", refuse)
    monkeypatch.setattr(Servers, "in_files", refuse)

    async def main() -> None:
        async with Resolver() as resolver:
            for each in (resolver.lookup, lookup):
                assert await each("127.1") == ["127.0.0.1"]
                assert await each("::0001") == ["::1"]
        async with TcpListener.bind("127.0.0.1", 0) as listener:
            (await TcpStream.connect(*listener.local_address)).close()

    zokio.run(main())


def test_one_family_can_be_asked_for_alone() -> None:
    async def main() -> None:
        async with Resolver([server.address]) as resolver:
            assert await resolver.lookup_family("a.example", socket.AF_INET) == ["127.0.0.9"]
            with pytest.raises(NameNotFoundError):
                await resolver.lookup_family("..", socket.AF_INET)

    with DnsServer(answering) as server:
        zokio.run(main())
    assert [asked.kind for asked in server.asked] == [A]


def test_an_idle_resolver_has_no_descriptor_no_task_and_no_timer(run: Run) -> None:
    async def main() -> None:
        runtime = current_runtime()
        async with Resolver([server.address]) as resolver:
            before = set(os.listdir("/proc/self/fd")), len(runtime.tasks), len(runtime.timers)
            await resolver.lookup("name.example")
            while len(runtime.tasks) > before[1]:
                await zokio.yield_now()
            now = set(os.listdir("/proc/self/fd")), len(runtime.tasks), len(runtime.timers)
            assert now == before

    with DnsServer(answering) as server:
        run(main())


def test_when_all_who_asked_have_left_nothing_goes_on(run: Run) -> None:
    async def main() -> None:
        runtime = current_runtime()
        async with Resolver([server.address]) as resolver:
            before = len(runtime.tasks)
            for _ in range(3):  # what was given up does not disturb the next
                asked = len(server.asked)
                waiting = zokio.spawn(resolver.lookup("name.example"))
                while len(server.asked) < asked + 2:
                    await zokio.yield_now()
                waiting.abort()
                while len(runtime.tasks) > before:
                    await zokio.yield_now()

    with DnsServer(lambda asked: None) as server:
        run(main())


def test_a_shutdown_in_the_middle_of_a_lookup_closes_its_descriptors(run: Run) -> None:
    async def main() -> None:
        zokio.spawn(Resolver([server.address]).lookup("name.example"))
        while not server.asked:
            await zokio.yield_now()

    with DnsServer(lambda asked: None) as server:
        before = os.listdir("/proc/self/fd")
        run(main())
        assert os.listdir("/proc/self/fd") == before


def test_a_resolver_that_is_let_go_of_destroys_its_channels() -> None:
    async def main() -> None:
        resolver = Resolver([server.address])
        await resolver.lookup("name.example")
        servers = resolver._servers
        ends = [servers._driver._channel.close, servers._files.close]
        del servers
        runtime = current_runtime()
        while len(runtime.tasks) > 1:
            await zokio.yield_now()
        del resolver
        gc.collect()
        assert [end.alive for end in ends] == [False, False]

    with DnsServer(answering) as server:
        zokio.run(main())


def test_a_descriptor_that_cannot_be_watched_is_told_at_once(run: Run) -> None:
    async def main() -> None:
        def refuse(fd: int) -> NoReturn:
            raise BrokenError(errno.EMFILE, f"fd {fd} cannot be watched")

        async with Resolver([server.address]) as resolver:
            driver = resolver._servers._driver
            driver._reactor = StrangeReactor(driver._reactor, refuse)
            with pytest.raises(NameServerError, match="cannot be watched"):
                await resolver.lookup("name.example")

    with DnsServer(answering) as server:
        run(main())


def test_a_closed_resolver_gives_nothing_that_it_has_kept() -> None:
    async def main() -> None:
        resolver = Resolver([server.address])
        await resolver.lookup("name.example")
        resolver.close()
        for host in ("name.example", "localhost"):
            with pytest.raises(ClosedError, match="make a new one"):
                await resolver.lookup(host)

    with DnsServer(answering) as server:
        zokio.run(main())


def test_each_runtime_has_one_resolver_of_its_own_and_takes_it_along() -> None:
    async def main() -> object:
        resolver = default_resolver()
        assert resolver is not None and default_resolver() is resolver
        return ref(resolver)

    first: Any = zokio.run(main())
    gc.collect()
    assert first() is None and not any(key.queue.closed for key in RESOLVERS)


def test_lookup_and_connect_ask_the_runtimes_own_resolver() -> None:
    async def main() -> None:
        RESOLVERS[current_runtime()] = Resolver([server.address])
        assert await lookup("name.example") == ["127.0.0.9"]
        async with TcpListener.bind("127.0.0.9", 0) as listener:
            name, port = "name.example", listener.local_address[1]
            async with await TcpStream.connect(name, port) as stream:
                assert stream.peer_address == listener.local_address

    with DnsServer(answering) as server:
        zokio.run(main())


@pytest.mark.one_thread  # a worker's child ends with its task
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")  # the server is a thread
def test_a_forked_child_asks_with_a_resolver_of_its_own() -> None:
    async def ask() -> None:
        RESOLVERS[current_runtime()] = Resolver([server.address])
        assert await lookup("name.example") == ["127.0.0.9"]

    async def main() -> int:
        resolver = Resolver([server.address])
        assert await resolver.lookup("name.example") == ["127.0.0.9"]
        child = os.fork()
        if child == 0:
            try:
                zokio.run(ask())
                os._exit(0)
            finally:
                os._exit(1)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert await resolver.lookup("other.example") == ["127.0.0.9"]
        return code

    with DnsServer(answering) as server:
        assert zokio.run(main()) == 0


# Without pycares


@pytest.fixture
def without_pycares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zokio.dns.servers", None)


@pytest.mark.usefixtures("without_pycares")
def test_without_pycares_a_resolver_says_what_to_install() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match=r"pip install 'zokio\[dns\]'"):
            Resolver()

    zokio.run(main())


@pytest.mark.usefixtures("without_pycares")
def test_without_pycares_lookup_asks_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: None, **hints: int) -> list[Any]:  # Any: as the system's
        if "flags" in hints:
            return [*real(host, port, **hints)]
        four = (socket.AF_INET, 1, 6, "", ("127.0.0.3", 0))
        return [four, (socket.AF_INET6, 1, 6, "", ("fe80::1", 0, 0, 3))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def main() -> None:
        assert await lookup("name.example") == ["127.0.0.3", "fe80::1%3"]

    zokio.run(main())


@pytest.mark.usefixtures("without_pycares")
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "not known"), NameNotFoundError),
        (socket.gaierror(socket.EAI_AGAIN, "again"), LookupTimeoutError),
        (socket.gaierror(socket.EAI_FAIL, "failed"), NameServerError),
        (socket.gaierror(socket.EAI_FAMILY, "odd"), DnsError),
        (UnicodeError("no text"), NameNotFoundError),
    ],
)
def test_what_the_system_says_has_its_kind(
    monkeypatch: pytest.MonkeyPatch, error: Exception, kind: type[DnsError]
) -> None:
    def getaddrinfo(host: str, port: None, **hints: int) -> None:
        raise error if "flags" not in hints else socket.gaierror(socket.EAI_NONAME, "no figures")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    async def main() -> None:
        with pytest.raises(kind, match="no address for 'name.example': .*check the name") as caught:
            await lookup("name.example")
        assert type(caught.value) is kind

    zokio.run(main())
