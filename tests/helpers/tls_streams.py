"""Certificates made for the tests, contexts with them, and connected TlsStreams."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import cache

import trustme

import zokio
from tests.helpers.tcp_streams import set_linger_zero
from zokio.net import TcpListener, TcpStream
from zokio.net.tls import TlsStream, wrap

NAME = "server.test"
OURS = "ours"


@cache
def authority(name: str) -> trustme.CA:
    """An issuer of certificates; each name stands for another one."""
    return trustme.CA(organization_name=name)


@cache
def certificate(*names: str, issuer: str = OURS, expired: bool = False) -> trustme.LeafCert:
    """A certificate for these names."""
    end = datetime(2020, 1, 1, tzinfo=UTC) if expired else None
    begin = datetime(2019, 1, 1, tzinfo=UTC) if expired else None
    return authority(issuer).issue_cert(*names, not_before=begin, not_after=end)


def server_context(
    cert: trustme.LeafCert | None = None, *, wants_certificate: bool = False
) -> ssl.SSLContext:
    """For a server; with a certificate for NAME if no other is given."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (cert or certificate(NAME, "127.0.0.1", "localhost")).configure_cert(context)
    if wants_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        authority(OURS).configure_trust(context)
    return context


def client_context(cert: trustme.LeafCert | None = None) -> ssl.SSLContext:
    """For a client that trusts our authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority(OURS).configure_trust(context)
    if cert is not None:
        cert.configure_cert(context)
    return context


@asynccontextmanager
async def clear_streams() -> AsyncIterator[tuple[TcpStream, TcpStream]]:
    """A client and a server that have not spoken of TLS yet."""
    async with TcpListener.bind("127.0.0.1", 0) as listener:
        client = await TcpStream.connect(*listener.local_address)
        server, _ = await listener.accept()
    async with client, server:
        yield client, server


@asynccontextmanager
async def tls_streams(
    client_side: ssl.SSLContext | None = None, server_side: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[TlsStream, TlsStream]]:
    """A client and a server whose handshake is done; closed at the end, without waiting."""
    async with clear_streams() as (client, server):
        inside, outside = await zokio.join(
            wrap(client, client_side or client_context(), server_hostname=NAME),
            wrap(server, server_side or server_context(), server_side=True),
        )
        try:
            await outside.write_all(b".")
            assert await inside.read(9) == b"."  # after the session tickets
            yield inside, outside
        finally:
            inside.close()
            outside.close()


def reset_tls(stream: TlsStream) -> None:
    """Close a stream rudely: its peer sees a reset."""
    set_linger_zero(stream)
    stream.abort()


async def until_it_reads(stream: TlsStream) -> None:
    """Until a task waits to read from it."""
    while stream._exchange.reading.task is None:
        await zokio.yield_now()


async def until_it_writes(stream: TlsStream) -> None:
    """Until a task waits to write to it."""
    while stream._exchange.writing.task is None:
        await zokio.yield_now()
