"""The client against a real nginx: what a server of the world does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

import zokio
from tests.helpers.nginx import BINARY, WHY_NOT, Nginx, nginx
from zokio.http import Client
from zokio.http.client import Limits
from zokio.http.client.errors import TooManyRedirectsError

pytestmark = pytest.mark.skipif(BINARY is None, reason=WHY_NOT)

LARGE = random.Random(1).randbytes(5_000_000)
TEXT = b"the same line again\n" * 10_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    files = {"small.txt": b"small", "large.bin": LARGE, "text.txt": TEXT}
    with nginx(tmp_path_factory.mktemp("nginx"), files) as running:
        yield running


def get(
    server: Nginx, *paths: str, used: list[str] | None = None, **options: str
) -> list[tuple[int, bytes, str]]:
    """Get them one after the other with one client: status, body and the URL that answered.

    `used` takes the number of the connection that each came by.
    """

    async def main() -> list[tuple[int, bytes, str]]:
        async with Client(proxies={}) as client:
            found = []
            for path in paths:
                response = await client.get(server.url(path), headers=options)
                found.append((response.status, await response.read(), response.url))
                if used is not None:
                    used.append(response.headers["x-connection"])
            return found

    return zokio.run(main())


def test_files_come_over_one_connection(server: Nginx) -> None:
    used: list[str] = []
    found = get(
        server,
        "/small.txt",
        "/missing",
        "/empty",
        "/refused",
        "/large.bin",
        "/small.txt",
        used=used,
    )
    assert [status for status, _, _ in found] == [200, 404, 204, 403, 200, 200]
    assert (found[0][1], found[4][1] == LARGE) == (b"small", True)
    assert len(used) == 6
    assert len(set(used)) == 1


def test_a_compressed_body_comes_in_chunks_and_is_what_it_was(server: Nginx) -> None:
    async def main() -> tuple[bytes, str, str]:
        async with Client(proxies={}) as client:
            response = await client.get(server.url("/gzip/text.txt"))
            headers = response.headers
            return await response.read(), headers["content-encoding"], headers["transfer-encoding"]

    assert zokio.run(main()) == (TEXT, "gzip", "chunked")


def test_redirects_are_followed(server: Nginx) -> None:
    found = get(server, "/found", "/moved")
    assert [(status, body) for status, body, _ in found] == [(200, b"small")] * 2
    assert found[0][2] == server.url("/small.txt")
    assert "localhost" in found[1][2]


def test_a_circle_of_redirects_ends(server: Nginx) -> None:
    with pytest.raises(TooManyRedirectsError):
        get(server, "/circle")


def test_a_server_that_keeps_nothing_is_asked_anew(server: Nginx) -> None:
    used: list[str] = []
    assert [body for _, body, _ in get(server, "/once", "/once", used=used)] == [b"small"] * 2
    assert len(set(used)) == 2


def test_many_at_the_same_time_share_the_connections_that_there_may_be(server: Nginx) -> None:
    async def main() -> tuple[int, int]:
        async with Client(limits=Limits(per_host=4), proxies={}) as client:
            calls = [client.get(server.url("/large.bin")) for _ in range(12)]
            responses = await zokio.join(*calls)
            used = {each.headers["x-connection"] for each in responses}
            return sum([await each.read() == LARGE for each in responses]), len(used)

    whole, connections = zokio.run(main())
    assert whole == 12
    assert connections <= 4


def test_a_body_that_is_too_large_for_the_server_is_answered(server: Nginx) -> None:
    async def main() -> int:
        async with Client(proxies={}) as client:
            response = await client.post(server.url("/small.txt"), body=bytes(1_100_000))
            return response.status

    assert zokio.run(main()) == 413


def test_a_part_of_a_file_is_given(server: Nginx) -> None:
    assert get(server, "/large.bin", range="bytes=10-19")[0][:2] == (206, LARGE[10:20])


def test_a_server_that_was_restarted_while_the_connection_was_idle(tmp_path: Path) -> None:
    """The connection is dead; the request is sent again on a fresh one."""

    async def main(first: Nginx) -> tuple[bytes, bytes]:
        async with Client(proxies={}) as client:
            one = await (await client.get(first.url("/small.txt"))).read()
            first.process.terminate()
            first.process.wait()
            (tmp_path / "again").mkdir()
            with nginx(tmp_path / "again", {"small.txt": b"new"}, port=first.port) as second:
                two = await (await client.get(second.url("/small.txt"))).read()
            return one, two

    (tmp_path / "first").mkdir()
    with nginx(tmp_path / "first", {"small.txt": b"old"}) as first:
        assert zokio.run(main(first)) == (b"old", b"new")
