"""The files of the system's configuration change while a resolver lives."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import zokio
from tests.helpers.dns_messages import A, Asked, Reply, address
from tests.helpers.dns_server import DnsServer, Script
from tests.helpers.virtual_time import VIRTUAL_REACTORS
from zokio.dns import Resolver
from zokio.dns.servers import LOOK_EVERY_NS
from zokio.dns.system_file import SystemFile
from zokio.env.clock import SECOND_NS
from zokio.env.threads import Event
from zokio.errors import ClosedError
from zokio.runtime.runtime import Runtime

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py

SECONDS = LOOK_EVERY_NS / SECOND_NS


def answering(text: str) -> Script:
    """A server for which every name has this address."""

    def answer(asked: Asked) -> Reply:
        return Reply([address(asked.name, text)] if asked.kind == A else [])

    return answer


def replace(path: Path, text: str) -> None:
    """Another file takes the place of this one, and is as old as it was."""
    found = path.stat()
    new = path.with_suffix(".new")
    new.write_text(text)
    os.utime(new, ns=(found.st_atime_ns, found.st_mtime_ns))
    new.rename(path)


def is_due(resolver: Resolver) -> None:
    """It is time to look again: servers answer in the time of the machine."""
    resolver._servers._look_at_ns = 0


def test_another_hosts_file_counts_some_seconds_later(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("192.0.2.1 a.test\n")
    os.utime(hosts, (0, 0))  # so old that c-ares sees nothing new in any other one of that age

    async def main() -> None:
        async with Resolver(["192.0.2.9"], hosts_file=str(hosts)) as resolver:
            assert await resolver.lookup("a.test") == ["192.0.2.1"]
            replace(hosts, "192.0.2.2 a.test\n")
            await zokio.sleep(SECONDS - 1)
            assert await resolver.lookup("a.test") == ["192.0.2.1"]  # it was not looked at
            await zokio.sleep(1)
            assert await resolver.lookup("a.test") == ["192.0.2.2"]
            hosts.unlink()
            await zokio.sleep(SECONDS)
            assert await resolver.lookup("a.test") == ["192.0.2.2"]
            hosts.write_text("192.0.2.3 a.test\n")
            await zokio.sleep(SECONDS)
            assert await resolver.lookup("a.test") == ["192.0.2.3"]

    with Runtime(reactor=VIRTUAL_REACTORS["epoll"]()) as runtime:
        runtime.block_on(main())


def test_other_servers_are_asked_and_nothing_is_kept_of_the_first_ones(
    run: Run, tmp_path: Path
) -> None:
    conf = tmp_path / "resolv.conf"

    async def main() -> None:
        conf.write_text(f"nameserver {first.address}\n")
        async with Resolver(domains=[], resolv_conf=str(conf)) as resolver:
            assert await resolver.lookup("a.test") == ["192.0.2.1"]
            replace(conf, f"nameserver  {second.address}\n")
            assert await resolver.lookup("a.test") == ["192.0.2.1"]  # kept
            is_due(resolver)
            assert await resolver.lookup("a.test") == ["192.0.2.2"]

    with DnsServer(answering("192.0.2.1")) as first, DnsServer(answering("192.0.2.2")) as second:
        run(main())


def test_the_search_domains_of_the_new_file_count(run: Run, tmp_path: Path) -> None:
    conf = tmp_path / "resolv.conf"
    conf.write_text("search one.test\n")

    async def main() -> None:
        async with Resolver([server.address], resolv_conf=str(conf)) as resolver:
            await resolver.lookup("a")
            conf.write_text("search another.test\n")
            is_due(resolver)
            await resolver.lookup("a")

    with DnsServer(answering("192.0.2.1")) as server:
        run(main())
        names = {asked.name for asked in server.asked}
    assert names == {"a.one.test", "a.another.test", "a"}  # the last for its other family


@asynccontextmanager
async def asked_before_the_change(
    conf: Path, server: DnsServer, other: str
) -> AsyncIterator[tuple[Resolver, zokio.JoinHandle[list[str]]]]:
    """A resolver whose file names the other server now, and a lookup that has asked the first."""
    conf.write_text(f"nameserver {server.address}\n")
    async with Resolver(domains=[], resolv_conf=str(conf)) as resolver:
        early = zokio.spawn(resolver.lookup("a.test"))
        while not server.asked:
            await zokio.yield_now()
        conf.write_text(f"nameserver {other}  # another one\n")
        is_due(resolver)
        yield resolver, early


def test_a_question_under_way_is_answered_by_the_server_that_was_asked(
    run: Run, tmp_path: Path
) -> None:
    async def main() -> None:
        conf = tmp_path / "resolv.conf"
        async with asked_before_the_change(conf, first, second.address) as (resolver, early):
            assert await resolver.lookup("b.test") == ["192.0.2.2"]
            may_answer.set()
            assert await early == ["192.0.2.1"]

    def hesitating(asked: Asked) -> Reply | list[Reply] | bytes | None:
        may_answer.wait()
        return answer(asked)

    may_answer, answer = Event(), answering("192.0.2.1")
    with DnsServer(hesitating) as first, DnsServer(answering("192.0.2.2")) as second:
        run(main())


def test_a_close_is_told_to_who_waits_for_a_server_that_is_no_more_in_the_file(
    run: Run, tmp_path: Path
) -> None:
    async def main() -> None:
        conf = tmp_path / "resolv.conf"
        async with asked_before_the_change(conf, silent, "192.0.2.1") as (resolver, early):
            assert await resolver.lookup("localhost")
            resolver.close()
            with pytest.raises(ClosedError):
                await early

    with DnsServer(lambda _: None) as silent:
        run(main())


def test_a_file_that_is_not_there_has_not_changed(tmp_path: Path) -> None:
    file = SystemFile(str(tmp_path / "file"))
    assert not file.has_changed()
    (tmp_path / "file").touch()
    assert [file.has_changed(), file.has_changed()] == [True, False]
