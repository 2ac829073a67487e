"""Bodies both ways: what is sent, what is read in parts, left in the middle, or compressed."""

from __future__ import annotations

import errno
import gzip
import io
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.http_server import Answer, Received, serving
from tests.helpers.simulation import run_simulated
from zokio.errors import ClosedError, EndedError, LimitError, ResetError, UsageError
from zokio.http import Client
from zokio.http.client import Limits
from zokio.http.client.decoders import PART_BYTES, installed
from zokio.http.client.decompress import ACCEPTED, DECODERS, decoder_of
from zokio.http.client.errors import ProtocolError
from zokio.http.client.request_body import Body

LARGE = bytes(range(256)) * 2_000


async def in_parts() -> AsyncIterator[bytes]:
    for part in (b"one,", b"", b"two,", b"x" * 100_000):
        yield part
        await zokio.sleep(1)


@pytest.mark.parametrize(
    ("body", "expected", "framing"),
    [
        (LARGE, LARGE, "content-length"),
        ("grüße", "grüße".encode(), "content-length"),
        (b"", b"", "content-length"),
        (in_parts(), b"one,two," + b"x" * 100_000, "transfer-encoding"),
        (io.BytesIO(LARGE), LARGE, "content-length"),
    ],
    ids=["bytes", "text", "empty", "parts", "file"],
)
def test_a_body_arrives_as_it_was_given(body: Body, expected: bytes, framing: str) -> None:
    async def main() -> Received:
        async with serving() as server, Client(proxies={}) as client:
            response = await client.post(server.url("/echo"), body=body)
            assert await response.read() == expected
            assert client.pool.idle == 1
            return server.requests[0]

    received = run_simulated(main())
    assert received.body == expected
    assert framing in received.headers


def test_a_file_is_sent_from_where_it_stands() -> None:
    async def main() -> bytes:
        file = io.BytesIO(b"0123456789")
        file.seek(4)
        async with serving() as server, Client(proxies={}) as client:
            await client.put(server.url(), body=file)
            return server.requests[0].body

    assert run_simulated(main()) == b"456789"


def test_a_file_without_a_length_is_sent_in_chunks() -> None:
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.parts = [b"ab", b"c", b""]

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            return self.parts.pop(0)

    async def main() -> Received:
        async with serving() as server, Client(proxies={}) as client:
            await client.put(server.url(), body=Pipe())
            return server.requests[0]

    received = run_simulated(main())
    assert (received.body, received.headers["transfer-encoding"]) == (b"abc", "chunked")


@pytest.mark.parametrize("said", [9, 11])
def test_a_file_that_is_shorter_or_longer_than_it_said_is_an_error(said: int) -> None:
    class Growing(io.BytesIO):
        def seek(self, offset: int, whence: int = 0, /) -> int:
            return said if whence == io.SEEK_END else super().seek(offset, whence)

    async def main() -> None:
        async with serving() as server, Client(proxies={}) as client:
            with pytest.raises(UsageError, match="cannot be sent"):
                await client.put(server.url(), body=Growing(b"0123456789"))
            assert client.pool.open == 0
            assert server.requests == []

    run_simulated(main())


def test_json_goes_both_ways() -> None:
    async def main() -> Received:
        async with serving() as server, Client(proxies={}) as client:
            response = await client.post(server.url("/echo"), json={"a": [1, None, "ü"]})
            assert await response.json() == {"a": [1, None, "ü"]}
            return server.requests[0]

    assert run_simulated(main()).headers["content-type"] == "application/json"


def test_what_cannot_be_a_body_is_refused() -> None:
    async def main() -> None:
        async with Client(proxies={}) as client:
            with pytest.raises(UsageError, match="of type int"):
                client.post("http://h/", body=7)
            with pytest.raises(UsageError, match="not both"):
                client.post("http://h/", body=b"", json=1)

    run_simulated(main())


def test_a_body_that_fails_while_it_is_sent_closes_the_connection() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"some"
        raise ZeroDivisionError

    async def main() -> None:
        async with serving() as server, Client(proxies={}) as client:
            with pytest.raises(ZeroDivisionError):
                await client.post(server.url(), body=failing())
            assert client.pool.open == 0

    run_simulated(main())


def test_a_reset_of_the_body_itself_is_not_taken_for_one_of_the_connection() -> None:
    """Who passes a body on from another connection hears at once that this one broke."""

    async def broken_off() -> AsyncIterator[bytes]:
        yield b"some"
        raise ResetError(errno.ECONNRESET, "elsewhere")

    async def main() -> None:
        async with serving() as server, Client(proxies={}) as client:
            with pytest.raises(ResetError, match="elsewhere"):
                await client.post(server.url(), body=broken_off())
            assert client.pool.open == 0
            assert zokio.time.now() == 0

    run_simulated(main())


def test_a_body_is_read_in_parts_and_the_connection_kept() -> None:
    async def main() -> int:
        async with serving() as server, Client(proxies={}) as client:
            async with client.get(server.url("/chunked/300000")) as response:
                assert client.pool.idle == 0
                size = 0
                async for part in response.iter_bytes():
                    size += len(part)
                assert client.pool.idle == 1
            assert client.pool.idle == 1
            return size

    assert run_simulated(main()) == 300_000


def test_a_response_that_is_left_in_the_middle_closes_its_connection() -> None:
    async def main() -> None:
        async with serving() as server, Client(proxies={}) as client:
            async with client.get(server.url("/chunked/300000")) as response:
                async for _ in response.iter_bytes():
                    break
            assert client.pool.open == 0
            with pytest.raises(ClosedError, match="was taken before"):
                await response.read()
            async with client.get(server.url("/chunked/300000")) as response:
                pass
            with pytest.raises(ClosedError, match="was closed"):
                await response.read()
            assert (await client.get(server.url())).status == 200
            assert server.connections == 3

    run_simulated(main())


def test_a_whole_body_can_be_had_again() -> None:
    async def main() -> None:
        async with serving() as server, Client(proxies={}) as client:
            response = await client.get(server.url())
            assert await response.read() == b"ok" == await response.read()
            assert await response.text() == "ok"
            assert [part async for part in response.iter_bytes()] == [b"ok"]

    run_simulated(main())


def answering(headers: dict[str, str], body: bytes) -> Answer:
    return lambda request: (200, list(headers.items()), body)


def fetch(answer: Answer) -> bytes:
    """What a client reads of such an answer."""

    async def main() -> bytes:
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            return await (await client.get(server.url())).read()

    return run_simulated(main())


def test_a_body_that_ends_with_the_connection_is_whole() -> None:
    async def main() -> bytes:
        async def script(stream: zokio.net.TcpStream) -> None:
            await stream.read_until(b"\r\n\r\n")
            await stream.write_all(b"HTTP/1.0 200 OK\r\n\r\nall of it")

        async with serving(script) as server, Client(proxies={}) as client:
            body = await (await client.get(server.url())).read()
            assert client.pool.open == 0
            return body

    assert run_simulated(main()) == b"all of it"


@pytest.mark.parametrize(
    "sent", [b"content-length: 10\r\n\r\nshort", b"transfer-encoding: chunked\r\n\r\n5\r\nab"]
)
def test_a_body_that_ends_too_early_is_an_error(sent: bytes) -> None:
    async def script(stream: zokio.net.TcpStream) -> None:
        await stream.read_until(b"\r\n\r\n")
        await stream.write_all(b"HTTP/1.1 200 OK\r\n" + sent)

    async def main() -> None:
        async with serving(script) as server, Client(proxies={}) as client:
            with pytest.raises(EndedError, match="in the middle"):
                await client.get(server.url())
            assert client.pool.open == 0

    run_simulated(main())


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", gzip.compress(LARGE)),
        ("GZip", gzip.compress(LARGE[:1_000]) + gzip.compress(LARGE[1_000:])),
        ("deflate", zlib.compress(LARGE)),
        ("deflate", raw_deflate(LARGE)),
        ("deflate, gzip", gzip.compress(zlib.compress(LARGE))),
        ("identity", LARGE),
        ("unknown", LARGE),
        ("", LARGE),
    ],
)
def test_a_compressed_body_is_what_it_was(coding: str, body: bytes) -> None:
    assert fetch(answering({"content-encoding": coding}, body)) == LARGE


def test_a_compressed_body_can_be_had_as_it_was_sent() -> None:
    squeezed = gzip.compress(LARGE)

    async def main() -> None:
        answer = answering({"content-encoding": "gzip"}, squeezed)
        async with (
            serving(answer=answer) as server,
            Client(proxies={}) as client,
            client.get(server.url()) as response,
        ):
            assert b"".join([part async for part in response.iter_raw()]) == squeezed
            assert client.pool.idle == 1
            with pytest.raises(ClosedError, match="was taken before"):
                await response.read()

    run_simulated(main())


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"this is no gzip"),
        ("gzip", gzip.compress(LARGE)[:-20]),
        ("deflate", b"\xff\xff\xff\xff"),
        ("gzip,gzip,gzip,gzip,gzip", b"x"),
    ],
)
def test_what_cannot_be_decompressed_is_an_error(coding: str, body: bytes) -> None:
    async def main() -> None:
        answer = answering({"content-encoding": coding}, body)
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            with pytest.raises(ProtocolError):
                await client.get(server.url())
            assert client.pool.open == client.pool.idle

    run_simulated(main())


def brotli_of(data: bytes) -> bytes:
    brotli: Any = pytest.importorskip("brotli", minversion="1.2", reason="needs brotli 1.2")
    compressed: bytes = brotli.compress(data)
    return compressed


def zstd_of(data: bytes) -> bytes:
    zstd: Any = pytest.importorskip("backports.zstd", reason="needs backports.zstd")
    compressed: bytes = zstd.compress(data)
    return compressed


MORE = pytest.mark.parametrize(
    ("coding", "compress"), [("br", brotli_of), ("zstd", zstd_of)], ids=["br", "zstd"]
)


@MORE
def test_codings_of_installed_libraries_are_undone(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    body = compress(LARGE)
    assert fetch(answering({"content-encoding": coding}, body)) == LARGE
    assert coding in ACCEPTED.split(", ")
    decoder = DECODERS[coding]()
    assert b"".join(part for byte in body for part in decoder.feed(bytes([byte]))) == LARGE
    decoder.end()


@MORE
def test_their_errors_are_those_of_the_protocol(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    decoder = DECODERS[coding]()
    decoder.end()  # nothing came, as for a HEAD request
    list(decoder.feed(compress(LARGE)[:-5]))
    with pytest.raises(ProtocolError, match="ends too early"):
        decoder.end()
    with pytest.raises(ProtocolError, match="cannot be decompressed"):
        list(DECODERS[coding]().feed(b"\xff" * 1_000))


@MORE
def test_their_bombs_come_in_small_parts(coding: str, compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(bytes(20_000_000))
    assert len(bomb) < 10_000
    sizes = [len(part) for part in DECODERS[coding]().feed(bomb)]
    assert sum(sizes) == 20_000_000
    assert max(sizes) <= 2 * PART_BYTES


def test_frames_of_zstd_may_follow_each_other() -> None:
    body = zstd_of(LARGE[:1_000]) + zstd_of(LARGE[1_000:])
    assert fetch(answering({"content-encoding": "zstd"}, body)) == LARGE


def test_without_the_libraries_their_codings_are_not_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("brotli", "compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    assert installed() == {}


def test_a_head_request_of_something_compressed_has_no_body() -> None:
    async def main() -> bytes:
        answer = answering({"content-encoding": "gzip"}, gzip.compress(b"x"))
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            return await (await client.head(server.url())).read()

    assert run_simulated(main()) == b""


def test_a_decompression_bomb_comes_in_small_parts() -> None:
    bomb = gzip.compress(bytes(50_000_000))
    assert len(bomb) < 60_000
    decoder = decoder_of("gzip")
    assert decoder is not None
    sizes = [len(part) for part in decoder.feed(bomb)]
    assert (max(sizes), sum(sizes)) == (PART_BYTES, 50_000_000)


def test_a_decompression_bomb_is_bounded_when_it_is_read_whole() -> None:
    async def main() -> None:
        answer = answering({"content-encoding": "gzip"}, gzip.compress(bytes(5_000_000)))
        limits = Limits(body_bytes=1_000_000)
        async with (
            serving(answer=answer) as server,
            Client(limits=limits, proxies={}) as client,
        ):
            with pytest.raises(LimitError):
                await client.get(server.url())

    run_simulated(main())


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("text/plain; charset=iso-8859-1", b"\xfc", "ü"),
        ('text/plain; charset="UTF-8"', "ü".encode(), "ü"),
        ("text/plain", "ü".encode(), "ü"),
        ("text/plain", b"\xfc", "\ufffd"),
        ("text/plain; charset=no-such-thing", b"a", "a"),
    ],
)
def test_text_is_decoded_by_its_charset(kind: str, body: bytes, expected: str) -> None:
    async def main() -> str:
        answer = answering({"content-type": kind}, body)
        async with serving(answer=answer) as server, Client(proxies={}) as client:
            return await (await client.get(server.url())).text()

    assert run_simulated(main()) == expected
