"""The handshake: whom it accepts, what it says of whom it does not, and that it leaves nothing."""

from __future__ import annotations

import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio
from tests.helpers.cancel_at import cancelled_at, until_it_is_cancelled_no_more
from tests.helpers.simulation import run_simulated
from tests.helpers.tcp_streams import set_linger_zero
from tests.helpers.tls_streams import (
    NAME,
    certificate,
    clear_streams,
    client_context,
    server_context,
    tls_streams,
)
from zokio.errors import (
    BrokenError,
    CertificateError,
    ClosedError,
    HandshakeTimeoutError,
    TlsError,
    UsageError,
)
from zokio.net.tls import TlsStream, wrap

Run = Callable[[Awaitable[Any]], Any]  # Any: see ../conftest.py
Failures = tuple[BrokenError | None, BrokenError | None]


async def failure(shaking: Awaitable[TlsStream]) -> BrokenError | None:
    """How a handshake fails; None if it does not, after a first word from the peer."""
    try:
        async with await shaking as stream:
            await stream.write_all(b"!")
            await stream.read(1)
    except BrokenError as error:
        return error
    return None


async def failures(
    client_side: ssl.SSLContext, server_side: ssl.SSLContext, name: str = NAME
) -> Failures:
    """How the handshake fails at the client and at the server."""
    async with clear_streams() as (client, server):
        return await zokio.join(
            failure(wrap(client, client_side, server_hostname=name)),
            failure(wrap(server, server_side, server_side=True)),
        )


def test_two_that_trust_each_other_agree(run: Run) -> None:
    assert run(failures(client_context(), server_context())) == (None, None)


@pytest.mark.parametrize(
    ("context", "name", "message"),
    [
        (server_context(), "other.test", "it is for another name; connect by the name"),
        (server_context(), "127.0.0.2", "it is for another name"),
        (server_context(certificate(NAME, expired=True)), NAME, "it has expired"),
        (server_context(certificate(NAME, issuer="somebody")), NAME, "load its issuer"),
    ],
    ids=["wrong name", "wrong address", "expired", "unknown issuer"],
)
def test_a_certificate_that_is_not_right_is_refused(
    run: Run, context: ssl.SSLContext, name: str, message: str
) -> None:
    at_client, at_server = run(failures(client_context(), context, name))
    assert isinstance(at_client, CertificateError)
    assert message in str(at_client)
    assert isinstance(at_server, TlsError)


def test_versions_without_one_in_common_are_told() -> None:
    old, new = client_context(), server_context()
    old.maximum_version = ssl.TLSVersion.TLSv1_2
    new.minimum_version = ssl.TLSVersion.TLSv1_3
    for error in run_simulated(failures(old, new)):
        assert isinstance(error, TlsError)
        assert "no TLS version in common" in str(error)


def test_ciphers_without_one_in_common_are_told() -> None:
    one, other = client_context(), server_context()
    for context, ciphers in ((one, "AES128-GCM-SHA256"), (other, "AES256-GCM-SHA384")):
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(f"ECDHE+{ciphers}" if "+" in ciphers else ciphers)
    for error in run_simulated(failures(one, other)):
        assert isinstance(error, TlsError)
        assert "no cipher in common" in str(error)


def test_a_client_without_the_certificate_that_is_wanted_is_refused(run: Run) -> None:
    at_client, at_server = run(failures(client_context(), server_context(wants_certificate=True)))
    assert isinstance(at_server, CertificateError)
    assert "the peer has shown no certificate" in str(at_server)
    assert isinstance(at_client, CertificateError)  # only by its first read, in TLS 1.3
    assert "give the context load_cert_chain" in str(at_client)


def test_a_client_with_a_strangers_certificate_is_refused() -> None:
    stranger = client_context(certificate("client.test", issuer="somebody"))
    at_client, at_server = run_simulated(failures(stranger, server_context(wants_certificate=True)))
    assert isinstance(at_server, CertificateError)
    assert isinstance(at_client, CertificateError)
    assert "does not accept this side's certificate" in str(at_client)


def test_a_client_with_a_certificate_is_known_by_it() -> None:
    async def main() -> None:
        mine = client_context(certificate("client.test"))
        async with tls_streams(mine, server_context(wants_certificate=True)) as (_, server):
            assert server.peer_certificate is not None
            assert server.peer_certificate["subjectAltName"] == (("DNS", "client.test"),)

    run_simulated(main())


def test_a_protocol_is_agreed_on() -> None:
    one, other = client_context(), server_context()
    one.set_alpn_protocols(["h2", "http/1.1"])
    other.set_alpn_protocols(["http/1.1"])

    async def main() -> None:
        async with tls_streams(one, other) as (client, server):
            assert client.alpn_protocol == server.alpn_protocol == "http/1.1"

    run_simulated(main())


def test_a_server_sees_whom_a_client_asks_for() -> None:
    context, asked = server_context(certificate("wrong.test")), []
    right = server_context()

    def choose(tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> None:
        asked.append(name)
        tls.context = right

    context.sni_callback = choose
    assert run_simulated(failures(client_context(), context)) == (None, None)
    assert asked == [NAME]


@pytest.mark.parametrize("server_side", [False, True])
@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-2.0-x\r\n", bytes(9)])
def test_a_peer_in_the_clear_is_told_from_one_with_tls(
    run: Run, words: bytes, server_side: bool
) -> None:
    async def main() -> BrokenError | None:
        async with clear_streams() as (ours, theirs):
            await theirs.write_all(words)
            context = server_context() if server_side else client_context()
            name = None if server_side else NAME
            return await failure(wrap(ours, context, server_side=server_side, server_hostname=name))

    error = run(main())
    assert isinstance(error, TlsError)
    assert "the peer does not speak TLS here; check the port" in str(error)


def test_a_silent_peer_takes_no_longer_than_the_limit() -> None:
    async def main() -> None:
        async with clear_streams() as (client, server):
            before = zokio.time.now()
            with pytest.raises(HandshakeTimeoutError, match="within 3.0 s: the peer is silent"):
                await wrap(client, client_context(), server_hostname=NAME, timeout=3.0)
            assert zokio.time.now() - before == pytest.approx(3.0)
            with pytest.raises(ClosedError):
                await client.read(1)
            assert await server.read(1) != b""  # it had been greeted

    run_simulated(main())


@pytest.mark.parametrize("how", ["end", "reset"])
def test_a_peer_that_leaves_in_the_middle_is_an_error(run: Run, how: str) -> None:
    async def main() -> BrokenError | None:
        async with clear_streams() as (client, server):
            shaking = zokio.spawn(failure(wrap(client, client_context(), server_hostname=NAME)))
            await server.read(1 << 16)
            if how == "reset":
                set_linger_zero(server)
            server.close()
            return await shaking

    error = run(main())
    assert error is not None
    assert "TLS handshake" in str(error)


@pytest.mark.one_thread  # it puts another function in the place of the socket's
def test_a_flight_that_is_cut_anywhere_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's answer is cut after each number of bytes."""

    async def attempt(number: int) -> bool:
        async with clear_streams() as (client, server):
            sent, left = server._socket.send, [number]

            def send(data: bytes) -> int:
                taken = sent(bytes(data)[: left[0]])
                left[0] -= taken
                if not left[0]:
                    server._socket.close()
                return taken

            monkeypatch.setattr(server._socket, "send", send)
            ended, _ = await zokio.join(
                failure(wrap(client, client_context(), server_hostname=NAME)),
                failure_of_any_kind(wrap(server, server_context(), server_side=True)),
            )
            assert ended is not None
            return left[0] == 0

    async def main() -> None:
        for number in (1, 5, 6, 50, 130, 200, 400, 700):
            assert await attempt(number), f"nothing was cut after {number} bytes"

    run_simulated(main())


async def failure_of_any_kind(shaking: Awaitable[TlsStream]) -> None:
    try:
        await failure(shaking)
    except ClosedError:
        pass


@pytest.mark.one_thread  # how often it suspends depends on whose turn it is
@pytest.mark.parametrize("server_side", [False, True])
def test_a_handshake_that_is_cancelled_anywhere_leaves_no_descriptor_behind(
    server_side: bool,
) -> None:
    async def attempt(number: int) -> bool:
        open_before = len(os.listdir("/proc/self/fd"))
        async with clear_streams() as (client, server):
            by_client = wrap(client, client_context(), server_hostname=NAME)
            by_server = wrap(server, server_context(), server_side=True)
            ours, theirs = (by_server, by_client) if server_side else (by_client, by_server)
            other = zokio.spawn(failure(theirs))
            was_cancelled, stream = await cancelled_at(number, ours)
            if stream is not None:
                stream.close()
            await other
            for each in (client, server):
                with pytest.raises(ClosedError):
                    await each.read(1)
        assert len(os.listdir("/proc/self/fd")) == open_before
        return was_cancelled

    config = zokio.RuntimeConfig(budget=1, event_interval=1)
    assert zokio.run(until_it_is_cancelled_no_more(attempt), config=config) > 2


@pytest.mark.parametrize(
    "how",
    [
        {"context": server_context(), "server_hostname": NAME},
        {"context": client_context(), "server_side": True},
        {"context": client_context()},
    ],
    ids=["a server's at the client", "a client's at the server", "no name"],
)
def test_a_context_of_the_wrong_kind_is_refused(how: dict[str, Any]) -> None:  # Any: parameters
    async def main() -> None:
        async with clear_streams() as (client, _):
            with pytest.raises(UsageError, match="TLS cannot begin with this context"):
                await wrap(client, **how)
            with pytest.raises(ClosedError):
                await client.read(1)

    run_simulated(main())
