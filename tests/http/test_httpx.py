"""httpx's client against the server over real sockets: what most Python programs ask with."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.http.curl import PATIENCE_S, serving_in_thread
from zokio.http import HttpError, Request, Response
from zokio.net import TcpListener

if TYPE_CHECKING:
    import httpx
else:
    httpx = pytest.importorskip("httpx", reason="httpx is not installed")

pytestmark = pytest.mark.one_thread  # the server runs in a thread of its own here

LARGE = bytes(range(256)) * 20_000


async def handle(request: Request) -> Response:
    match request.path:
        case "/refused":
            raise HttpError(413, "not read")
        case "/large":
            return Response(body=LARGE)
        case "/parts":
            return Response(body=parts())
        case "/mirror":
            return Response(body=doubled(request))
        case "/cut":
            return Response(body=parts(), headers={"content-length": "1000"})
        case "/moved" | "/once" as path:
            status = 302 if path == "/moved" else 307
            return Response(status, "elsewhere", {"location": "/"})
        case _:
            body = await request.body.read()
            port = str(request.peer_address[1])
            return Response(body=f"{request.method} {len(body)}", headers={"x-port": port})


async def parts() -> AsyncIterator[bytes]:
    for number in range(5):
        yield b"part %d\n" % number


async def doubled(request: Request) -> AsyncIterator[bytes]:
    """Each part of the body twice, as it comes."""
    async for part in request.body:
        yield part * 2


def in_parts() -> Iterator[bytes]:
    for _ in range(50):
        yield b"x" * 10_000


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """A client of a server in a thread."""
    with serving_in_thread(handle, lambda: TcpListener.bind("127.0.0.1", 0)) as served:
        url = f"http://127.0.0.1:{served.address[1]}"
        with httpx.Client(base_url=url, timeout=PATIENCE_S, trust_env=False) as found:
            yield found


def test_every_kind_of_request_goes_over_one_connection(client: httpx.Client) -> None:
    found = [
        client.get("/"),
        client.post("/", content=b"hello"),
        client.put("/", content=in_parts()),  # chunked
        client.post("/", content=LARGE),
        client.post("/", content=b"hello", headers={"Expect": "100-continue"}),
        client.head("/"),
        client.get("/"),
    ]
    words = ["GET 0", "POST 5", "PUT 500000", f"POST {len(LARGE)}", "POST 5", "", "GET 0"]
    assert [each.text for each in found] == words
    assert found[5].headers["content-length"] == "6"
    assert len({each.headers["x-port"] for each in found}) == 1


def test_bodies_come_whole_and_in_parts(client: httpx.Client) -> None:
    assert client.get("/large").content == LARGE
    with client.stream("GET", "/parts") as response:
        assert response.headers["transfer-encoding"] == "chunked"
        assert b"".join(response.iter_raw()) == b"".join(b"part %d\n" % n for n in range(5))
    assert client.post("/mirror", content=in_parts()).content == b"x" * 1_000_000


def test_redirects_are_followed(client: httpx.Client) -> None:
    found = [
        client.post(path, content=b"hello", follow_redirects=True) for path in ("/moved", "/once")
    ]
    assert [each.text for each in found] == ["GET 0", "POST 5"]
    assert [each.history[0].status_code for each in found] == [302, 307]


def test_a_large_body_that_nobody_reads_does_not_hide_the_answer(client: httpx.Client) -> None:
    found = client.post("/refused", content=LARGE)
    assert (found.status_code, found.text) == (413, "not read\n")
    assert client.get("/").text == "GET 0"


def test_a_body_that_is_cut_is_seen_to_be_cut(client: httpx.Client) -> None:
    with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
        client.get("/cut")
    assert client.get("/").text == "GET 0"


def test_many_threads_share_a_client(client: httpx.Client) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = [*pool.map(lambda n: client.post("/", content=b"x" * n).text, range(80))]
    assert found == [f"POST {number}" for number in range(80)]
