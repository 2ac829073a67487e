"""curl against the server over real sockets: a client that nobody here has written."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.http.curl import curl, needs_curl, serving_in_thread
from zokio.http import Request, Response
from zokio.net import TcpListener

pytestmark = [needs_curl, pytest.mark.one_thread]  # the server runs in a thread of its own here


async def handle(request: Request) -> Response:
    if request.path == "/unread":
        return Response(413, b"unread")
    if request.path == "/parts":
        return Response(body=parts())
    if request.path == "/large":
        return Response(body=bytes(5_000_000))
    body = await request.body.read()
    return Response(body=f"{request.method} {len(body)} {body[:5]!r}")


async def parts() -> AsyncIterator[bytes]:
    for number in range(5):
        yield b"part %d\n" % number


@pytest.fixture
def url() -> Iterator[str]:
    """Where a server listens, in a thread, until the test has ended."""
    with serving_in_thread(handle, lambda: TcpListener.bind("127.0.0.1", 0)) as served:
        yield f"http://127.0.0.1:{served.address[1]}"


def test_two_requests_share_a_connection(url: str) -> None:
    found = curl("--verbose", f"{url}/a", f"{url}/b")
    assert found.stdout == "GET 0 b''" * 2
    assert "Re-using existing connection" in found.stderr


def test_head(url: str) -> None:
    found = curl("--head", f"{url}/a")
    assert found.stdout.startswith("HTTP/1.1 200 OK\n")
    assert "content-length: 10\n" in found.stdout


def test_a_body_is_posted(url: str) -> None:
    assert curl("--data", "hello world", url).stdout == "POST 11 b'hello'"


def test_a_chunked_upload(url: str, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"x" * 300_000)
    chunked = ("--header", "Transfer-Encoding: chunked", "--data-binary", f"@{file}")
    assert curl(*chunked, url).stdout == "POST 300000 b'xxxxx'"


def test_curl_waits_for_the_word_to_continue(url: str, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"y" * 2_000_000)
    found = curl("--verbose", "--header", "Expect: 100-continue", "--upload-file", str(file), url)
    assert found.stdout == "PUT 2000000 b'yyyyy'"
    assert "100 Continue" in found.stderr


def test_a_body_that_nobody_reads_does_not_hide_the_answer(url: str, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(b"z" * 2_000_000)
    found = curl("--header", "Expect:", "--data-binary", f"@{file}", f"{url}/unread")
    assert found.stdout == "unread"


def test_a_response_in_parts(url: str) -> None:
    assert curl(f"{url}/parts").stdout == "".join(f"part {number}\n" for number in range(5))


def test_a_large_response(url: str) -> None:
    found = curl("--output", "/dev/null", "--write-out", "%{size_download}", f"{url}/large")
    assert found.stdout == "5000000"


def test_http_1_0(url: str) -> None:
    assert curl("--http1.0", f"{url}/parts").stdout.endswith("part 4\n")


def test_an_upgrade_to_http_2_is_ignored(url: str) -> None:
    assert curl("--http2", url).stdout == "GET 0 b''"
