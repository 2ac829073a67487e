"""The server over TLS and over Unix sockets, asked by curl."""

from __future__ import annotations

import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import zokio
from tests.helpers.tls_streams import OURS, authority, server_context
from tests.http.curl import PATIENCE_S, curl, needs_curl, serving_in_thread
from zokio.http import File, Request, Response
from zokio.http.stream import Listener
from zokio.net import TcpListener, UnixListener, file_source
from zokio.net.tls import wrap_server

pytestmark = [needs_curl, pytest.mark.one_thread]  # the server runs in a thread of its own here
CURL_CANNOT_CONNECT, CURL_DOES_NOT_TRUST = 7, 60
CONTENT = bytes(range(251)) * 20_000


@dataclass(frozen=True)
class Way:
    """How the server listens, and with which words curl reaches it there."""

    listen: Callable[[], Listener]
    words: Callable[[Any], tuple[str, ...]]  # Any: the address, as the listener says


@pytest.fixture(params=["tls", "unix"])
def way(request: pytest.FixtureRequest, tmp_path: Path) -> Way:
    if request.param == "unix":
        path = str(tmp_path / "socket")
        return Way(lambda: UnixListener.bind(path), lambda _: ("--unix-socket", path))
    trusted = tmp_path / "authority.pem"
    authority(OURS).cert_pem.write_to_path(trusted)
    return Way(listen_with_tls, lambda _: ("--cacert", str(trusted)))


def listen_with_tls() -> Listener:
    return wrap_server(TcpListener.bind("127.0.0.1", 0), server_context())


def url(address: Any) -> str:  # Any: as above
    """Where curl finds it, in front of the path."""
    return "http://localhost" if isinstance(address, str) else f"https://localhost:{address[1]}"


async def handle(request: Request) -> Response:
    if request.path == "/parts":
        return Response(body=parts())
    size = 0
    async for part in request.body:
        size += len(part)
    return Response(body=f"{request.method} {size}\n")


async def parts() -> AsyncIterator[bytes]:
    for number in range(5):
        yield b"part %d\n" % number
        await zokio.sleep(0)


def test_requests_share_a_connection_and_bodies_come_in_parts(way: Way) -> None:
    with serving_in_thread(handle, way.listen) as served:
        at = url(served.address)
        found = curl("--verbose", *way.words(served.address), f"{at}/a", f"{at}/parts", f"{at}/b")
    assert found.stdout == "GET 0\n" + "".join(f"part {n}\n" for n in range(5)) + "GET 0\n"
    assert found.stderr.count("Re-using existing connection") == 2


def test_a_chunked_upload_is_read_as_it_comes(way: Way, tmp_path: Path) -> None:
    file = tmp_path / "body"
    file.write_bytes(CONTENT)
    upload = ("--header", "Transfer-Encoding: chunked", "--upload-file", str(file))
    with serving_in_thread(handle, way.listen) as served:
        found = curl(*upload, *way.words(served.address), f"{url(served.address)}/")
    assert found.stdout == f"PUT {len(CONTENT)}\n"


def test_a_file_arrives_whole_and_the_connection_goes_on(way: Way, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(CONTENT)

    async def send(request: Request) -> Response:
        return Response(body=File(tmp_path / "file", offset=7))

    with serving_in_thread(send, way.listen) as served:
        at, got = url(served.address), tmp_path / "got"
        twice = ("--output", f"{got}0", f"{at}/", "--output", f"{got}1", f"{at}/")
        found = curl("--verbose", *way.words(served.address), *twice)
    assert [Path(f"{got}{n}").read_bytes() for n in (0, 1)] == [CONTENT[7:]] * 2
    assert "Re-using existing connection" in found.stderr


@pytest.mark.skipif(not hasattr(os, "sendfile"), reason="the system sends no files")
def test_a_socket_sends_a_file_without_reading_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(CONTENT)

    def refuse(*_: int) -> bytes:
        raise AssertionError("it is read")

    monkeypatch.setattr("os.pread", refuse)
    monkeypatch.setattr(file_source, "WITHOUT_WAITING", None)  # nor is it in memory

    async def send(request: Request) -> Response:
        return Response(body=File(tmp_path / "file"))

    path = tmp_path / "socket"
    with serving_in_thread(send, lambda: UnixListener.bind(path)) as served:
        words = ("--output", str(tmp_path / "got"), "--unix-socket", str(path))
        curl(*words, url(served.address))
    assert (tmp_path / "got").read_bytes() == CONTENT


def test_a_shutdown_finishes_what_is_in_flight_and_accepts_nobody(way: Way) -> None:
    is_asked = threading.Event()

    async def until_the_stop(request: Request) -> Response:
        is_asked.set()
        await served.stop.cancelled()
        return Response(body="done")

    with ThreadPoolExecutor() as threads, serving_in_thread(until_the_stop, way.listen) as served:
        words = (*way.words(served.address), url(served.address))
        asking = threads.submit(curl, *words)
        assert is_asked.wait(PATIENCE_S)
        served.stop.cancel()
        assert asking.result().stdout == "done"
    curl(*words, code=CURL_CANNOT_CONNECT)


def test_a_client_that_does_not_trust_the_server_is_no_trouble_to_others(tmp_path: Path) -> None:
    trusted = tmp_path / "authority.pem"
    authority(OURS).cert_pem.write_to_path(trusted)
    with serving_in_thread(handle, listen_with_tls) as served:
        curl(url(served.address), code=CURL_DOES_NOT_TRUST)
        assert curl("--cacert", str(trusted), url(served.address)).stdout == "GET 0\n"
