"""TLS against OpenSSL's own client and server."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import zokio
from tests.helpers.tls_streams import NAME, certificate, client_context, server_context
from tests.net.tls.openssl import Openssl, key_files, needs_openssl, openssl
from zokio.errors import BrokenError, CertificateError
from zokio.net import TcpListener
from zokio.net.tls import TlsListener, TlsStream, connect, wrap_server

pytestmark = needs_openssl

LOTS = bytes(range(251)) * 10_000
ALLOW_CLIENT_RENEGOTIATION = 0x100
"""OpenSSL's; the module `ssl` has no name for it."""


def listen(**how: Any) -> TlsListener:  # Any: as server_context has them
    context = server_context(certificate(NAME), **how)
    context.set_alpn_protocols(["echo"])
    context.options |= ALLOW_CLIENT_RENEGOTIATION
    return wrap_server(TcpListener.bind("127.0.0.1", 0), context)


async def echo_one(listener: TlsListener) -> TlsStream:
    """Serve one client until it has no more to say."""
    stream, _ = await listener.accept()
    async with stream:
        while data := await stream.read(1 << 16):
            await stream.write_all(data)
    return stream


@asynccontextmanager
async def client_of(listener: TlsListener, folder: Path, *words: str) -> AsyncIterator[Openssl]:
    """`openssl s_client`, connected."""
    host, port = listener.local_address
    with openssl(
        *("s_client", "-connect", f"{host}:{port}", "-servername", NAME, "-alpn", "echo"),
        *("-CAfile", key_files(folder)[2], "-verify_return_error", "-verify_hostname", NAME),
        *words,
    ) as client:
        yield client


@asynccontextmanager
async def server(folder: Path, *words: str) -> AsyncIterator[tuple[Openssl, int]]:
    """`openssl s_server`, and its port."""
    cert, key, authority = key_files(folder)
    with openssl(
        *("s_server", "-accept", "127.0.0.1:0", "-cert", cert, "-key", key),
        *("-CAfile", authority, *words),
    ) as command:
        await zokio.spawn_blocking(command.hear, b"ACCEPT ")
        address = await zokio.spawn_blocking(command.hear, b"\n")
        yield command, int(address.rpartition(b":")[2])


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_client_of_openssl_is_served(tmp_path: Path, version: str) -> None:
    async def main() -> None:
        async with listen() as listener, client_of(listener, tmp_path, version) as client:
            serving = zokio.spawn(echo_one(listener))
            heard = await zokio.spawn_blocking(client.hear, b"Verify return code: 0 (ok)")
            assert b"ALPN protocol: echo" in heard
            client.say(b"hello\n")
            await zokio.spawn_blocking(client.hear, b"\nhello\n")
            client.say(b"Q\n")
            assert await zokio.spawn_blocking(client.end) == 0
            await serving

    zokio.run(main())


def test_a_client_of_openssl_sends_and_receives_a_lot(tmp_path: Path) -> None:
    async def main() -> None:
        words = ("-quiet", "-nocommands")
        async with listen() as listener, client_of(listener, tmp_path, *words) as client:
            serving = zokio.spawn(echo_one(listener))
            saying = zokio.spawn_blocking(client.say, LOTS + b"the end")
            heard = await zokio.spawn_blocking(client.hear, b"the end")
            assert heard.endswith(LOTS + b"the end")
            await saying
            client.kill()
            with pytest.raises(BrokenError):  # a cut
                await serving

    zokio.run(main())


@pytest.mark.parametrize(
    ("version", "command", "message"),
    [
        ("-tls1_3", b"K\n", b"KEYUPDATE"),
        ("-tls1_3", b"k\n", b"KEYUPDATE"),
        ("-tls1_2", b"R\n", b"RENEGOTIATING"),
    ],
)
def test_a_client_may_change_its_keys(
    tmp_path: Path, version: str, command: bytes, message: bytes
) -> None:
    async def main() -> None:
        async with listen() as listener, client_of(listener, tmp_path, version) as client:
            serving = zokio.spawn(echo_one(listener))
            await zokio.spawn_blocking(client.hear, b"Verify return code: 0 (ok)")
            for word in (b"before", b"between", b"after"):
                client.say(word + b"\n")
                await zokio.spawn_blocking(client.hear, word + b"\n")
                if word != b"after":
                    client.say(command)
                    await zokio.spawn_blocking(client.hear, message)
            client.say(b"Q\n")
            await serving

    zokio.run(main())


def test_a_client_of_openssl_shows_the_certificate_that_is_wanted(tmp_path: Path) -> None:
    async def main() -> None:
        cert, key, _ = key_files(tmp_path)
        words = ("-cert", cert, "-key", key)
        async with (
            listen(wants_certificate=True) as listener,
            client_of(listener, tmp_path, *words) as client,
        ):
            stream, _ = await listener.accept()
            assert stream.peer_certificate is not None
            assert ("DNS", NAME) in stream.peer_certificate["subjectAltName"]
            client.say(b"Q\n")
            assert await stream.read(1) == b""
            stream.close()

    zokio.run(main())


@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_a_server_of_openssl_is_spoken_to(tmp_path: Path, version: str) -> None:
    async def main() -> None:
        async with server(tmp_path, version, "-rev") as (_, port):
            stream = await connect("127.0.0.1", port, client_context(), server_hostname=NAME)
            async with stream:
                assert stream.version == {"-tls1_2": "TLSv1.2", "-tls1_3": "TLSv1.3"}[version]
                await stream.write_all(b"hello\n")
                assert await stream.read_until(b"\n") == b"olleh\n"

    zokio.run(main())


@pytest.mark.parametrize(
    ("version", "command"), [("-tls1_3", b"K\n"), ("-tls1_3", b"k\n"), ("-tls1_2", b"r\n")]
)
def test_a_server_may_change_its_keys(tmp_path: Path, version: str, command: bytes) -> None:
    async def main() -> None:
        async with server(tmp_path, version) as (openssl, port):
            stream = await connect("127.0.0.1", port, client_context(), server_hostname=NAME)
            for word in (b"before", b"between", b"after"):
                reading = zokio.spawn(stream.read_until(b"\n"))
                if word != b"before":
                    openssl.say(command)
                    await stream.write_all(b"ping\n")  # it looks at its commands first
                    await zokio.spawn_blocking(openssl.hear, b"ping\n")
                openssl.say(word + b"\n")
                assert await reading == word + b"\n"
                await stream.write_all(word + b", back\n")
                await zokio.spawn_blocking(openssl.hear, word + b", back\n")
            stream.close()

    zokio.run(main())


def test_a_server_may_ask_for_a_certificate_in_the_middle(tmp_path: Path) -> None:
    """Post-handshake authentication: the answer is made by a read."""
    context = client_context(certificate("client.test"))
    context.post_handshake_auth = True

    async def main() -> None:
        async with server(tmp_path, "-tls1_3", "-Verify", "1") as (openssl, port):
            stream = await connect("127.0.0.1", port, context, server_hostname=NAME)
            reading = zokio.spawn(stream.read_until(b"\n"))
            openssl.say(b"c\n")
            await zokio.spawn_blocking(openssl.hear, b"SSL_do_handshake -> 1")
            openssl.say(b"thanks\n")
            assert await reading == b"thanks\n"
            stream.close()

    zokio.run(main())


def test_a_server_that_dies_is_a_cut(tmp_path: Path) -> None:
    async def main() -> None:
        async with server(tmp_path) as (openssl, port):
            stream = await connect("127.0.0.1", port, client_context(), server_hostname=NAME)
            await stream.write_all(b"x\n")
            await zokio.spawn_blocking(openssl.hear, b"x\n")
            openssl.kill()
            with pytest.raises(BrokenError):
                await stream.read(1)
            stream.close()

    zokio.run(main())


def test_a_server_that_wants_a_certificate_refuses_who_has_none(tmp_path: Path) -> None:
    async def main() -> None:
        async with server(tmp_path, "-Verify", "1", "-verify_return_error") as (_, port):
            with pytest.raises(CertificateError, match="give the context load_cert_chain"):
                async with await connect(
                    "127.0.0.1", port, client_context(), server_hostname=NAME
                ) as stream:
                    await stream.read(1)

    zokio.run(main())


def test_a_server_of_another_version_is_told(tmp_path: Path) -> None:
    async def main() -> None:
        context = client_context()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        async with server(tmp_path, "-tls1_3") as (_, port):
            with pytest.raises(BrokenError, match="no TLS version in common"):
                await connect("127.0.0.1", port, context, server_hostname=NAME)

    zokio.run(main())
