"""Resolver and TcpStream.connect against dnsmasq."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.dnsmasq import DNSMASQ, MISSING, dnsmasq
from zokio.dns import Resolver
from zokio.errors import NameNotFoundError, NameServerError
from zokio.net import TcpListener, TcpStream

pytestmark = pytest.mark.skipif(DNSMASQ is None, reason=MISSING)

Run = Callable[[Awaitable[Any]], Any]  # Any: see conftest.py

MANY = [f"127.1.0.{number}" for number in range(1, 251)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    hosts: Path = tmp_path_factory.mktemp("dnsmasq") / "hosts"
    hosts.write_text("".join(f"{text} many.example\n" for text in MANY))
    with dnsmasq(hosts) as address:
        yield address


@pytest.mark.parametrize(
    ("host", "addresses"),
    [
        ("both.example", ["::1", "127.0.0.2"]),
        ("four.example", ["127.0.0.3"]),
        ("alias.example", ["::1", "127.0.0.2"]),
        ("short", ["127.0.0.4"]),
    ],
)
def test_names_have_their_addresses(run: Run, server: str, host: str, addresses: list[str]) -> None:
    async def main() -> None:
        async with Resolver([server], domains=["sub.example"]) as resolver:
            for _ in range(2):  # asked for, and kept
                assert await resolver.lookup(host) == addresses

    run(main())


def test_an_answer_that_is_too_long_for_a_datagram_comes_over_tcp(run: Run, server: str) -> None:
    async def main() -> None:
        async with Resolver([server]) as resolver:
            assert sorted(await resolver.lookup("many.example")) == sorted(MANY)

    run(main())


@pytest.mark.parametrize(
    ("host", "kind", "says"),
    [
        ("nobody.example", NameNotFoundError, "there is no such name"),
        ("elsewhere.test", NameServerError, "refused"),
    ],
)
def test_names_that_it_does_not_know(
    run: Run, server: str, host: str, kind: type[Exception], says: str
) -> None:
    async def main() -> None:
        async with Resolver([server], domains=[]) as resolver:
            with pytest.raises(kind, match=f"no address for '{host}': .*{says}"):
                await resolver.lookup(host)

    run(main())


def test_a_server_that_does_not_run_is_unreachable(run: Run, tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.touch()
    with dnsmasq(hosts) as address:
        pass

    async def main() -> None:
        async with Resolver([address]) as resolver:
            with pytest.raises(NameServerError, match="no name server can be reached"):
                await resolver.lookup("both.example")

    run(main())


def test_a_name_with_two_addresses_is_connected_to_the_one_that_listens(
    run: Run, server: str
) -> None:
    async def main() -> None:
        async with (
            Resolver([server]) as resolver,
            TcpListener.bind("127.0.0.2", 0) as listener,
        ):
            address = listener.local_address
            async with await TcpStream.connect(
                "both.example", address[1], resolver=resolver
            ) as stream:
                assert stream.peer_address == address

    run(main())
