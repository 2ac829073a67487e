"""https: the client over TLS, on the simulated network, directly and through a proxy's tunnel."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import h11
import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at
from tests.helpers.http_server import TestServer, receive, replies, serving
from tests.helpers.simulation import run_simulated
from tests.helpers.tls_streams import OURS, certificate, client_context, server_context
from zokio.errors import BrokenError, CertificateError, ConnectTimeoutError, TlsError
from zokio.http import Client
from zokio.http.client import Timeouts
from zokio.net import TcpStream
from zokio.net.tls import wrap


@asynccontextmanager
async def serving_tls(issuer: str = OURS) -> AsyncIterator[tuple[TestServer, str]]:
    """A server that speaks TLS, and its URL."""
    answered = TestServer()
    context = server_context(certificate("127.0.0.1", issuer=issuer))

    async def encrypted(stream: TcpStream) -> None:
        try:
            tls = await wrap(stream, context, server_side=True)
        except BrokenError:
            return  # the client does not want it
        async with tls:
            await replies(answered, None)(tls)

    async with serving(encrypted) as server:
        yield answered, server.url("/secret").replace("http:", "https:")


async def tunnel(stream: TcpStream) -> None:
    """What a proxy does: CONNECT, then bytes both ways until one side ends."""
    asked = await receive(h11.Connection(h11.SERVER), stream)
    assert asked is not None and asked.method == "CONNECT"
    host, _, port = asked.target.rpartition(":")
    async with await TcpStream.connect(host, int(port)) as server:
        await stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await zokio.select(pump(stream, server), pump(server, stream))


async def pump(source: TcpStream, target: TcpStream) -> None:
    while data := await source.read(65_536):
        await target.write_all(data)


def test_requests_by_https_share_a_connection() -> None:
    async def main() -> list[str]:
        async with (
            serving_tls() as (server, url),
            Client(proxies={}, tls=client_context()) as client,
        ):
            for _ in range(3):
                response = await client.get(url)
                assert (response.status, await response.read()) == (200, b"ok")
            assert (client.pool.open, client.pool.idle) == (1, 1)
            return [request.target for request in server.requests]

    assert run_simulated(main()) == ["/secret"] * 3


def test_a_proxy_sees_nothing_but_the_tunnel() -> None:
    async def main() -> tuple[list[str], int]:
        async with serving_tls() as (server, url), serving(tunnel) as proxy:
            proxies = {"https": proxy.url()}
            async with Client(proxies=proxies, tls=client_context()) as client:
                for _ in range(2):
                    assert (await client.get(url)).status == 200
            return [request.target for request in server.requests], proxy.connections

    assert run_simulated(main()) == (["/secret"] * 2, 1)


def test_a_certificate_that_nobody_trusts_is_refused_and_leaves_nothing() -> None:
    async def main() -> None:
        async with (
            serving_tls(issuer="somebody else") as (server, url),
            Client(proxies={}, tls=client_context()) as client,
        ):
            with pytest.raises(CertificateError):
                await client.get(url)
            assert client.pool.open == 0
            assert server.requests == []

    run_simulated(main())


def test_the_system_trusts_no_certificate_of_ours() -> None:
    async def main() -> None:
        async with serving_tls() as (_, url), Client(proxies={}) as client:
            with pytest.raises(CertificateError):
                await client.get(url)

    run_simulated(main())


def test_a_server_without_tls_is_told() -> None:
    async def main() -> None:
        async with serving() as server, Client(proxies={}, tls=client_context()) as client:
            with pytest.raises(TlsError):
                await client.get(server.url().replace("http:", "https:"))
            assert client.pool.open == 0

    run_simulated(main())


def test_a_handshake_that_never_ends_is_bounded_by_the_time_to_connect() -> None:
    async def silent(stream: TcpStream) -> None:
        await zokio.sleep(1_000)

    async def main() -> float:
        timeouts = Timeouts(connect=3)
        async with (
            serving(silent) as server,
            Client(proxies={}, tls=client_context(), timeouts=timeouts) as client,
        ):
            with pytest.raises(ConnectTimeoutError):
                await client.get(server.url().replace("http:", "https:"))
            assert client.pool.open == 0
            return zokio.time.now()

    assert run_simulated(main()) == 3


def test_after_a_cancellation_anywhere_the_pool_serves_the_next_request() -> None:
    async def attempt(number: int) -> bool:
        async with serving_tls() as (_, url), Client(proxies={}, tls=client_context()) as client:
            was_cancelled, _ = await cancelled_at(number, request(client, url))
            assert client.pool.open == client.pool.idle
            assert (await client.get(url)).status == 200
            return was_cancelled

    assert any(not run_simulated(attempt(number)) for number in range(1, 60))


async def request(client: Client, url: str) -> None:
    await client.get(url)
