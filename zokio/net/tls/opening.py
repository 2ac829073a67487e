"""Opening: from a host, or a connection in the clear, to a TlsStream whose handshake is done.

Guarantees: whatever goes wrong, and wherever it is cancelled, the connection is closed.
"""

from __future__ import annotations

import errno
import ssl

from zokio.errors import BrokenError, HandshakeTimeoutError, UsageError
from zokio.net.tcp_stream import TcpStream
from zokio.net.tls.engine import Engine
from zokio.net.tls.stream import TlsStream
from zokio.time.timeout import timeout as time_limit

HANDSHAKE_SECONDS = 10.0
"""How long a handshake may take, if nobody says otherwise."""


async def connect(
    host: str,
    port: int,
    context: ssl.SSLContext,
    *,
    server_hostname: str | None = None,
    timeout: float | None = None,
    handshake_timeout: float | None = HANDSHAKE_SECONDS,
) -> TlsStream:
    """Connect to a host and agree on TLS with it.

    Args:
        host: a name, or an address in figures.
        port: 1 to 65535.
        context: as `ssl.create_default_context()` gives it, which trusts whom the system trusts.
        server_hostname: whom to ask for, and whose certificate it must be; `host` if None.
        timeout: seconds for the connection; None waits as long as the system does.
        handshake_timeout: seconds for the handshake after that; None waits for ever.

    Raises:
        CertificateError: the server's certificate is not for that name, has expired, or is
            issued by nobody whom the context trusts; or the server does not accept this side's.
        HandshakeTimeoutError: no answer in the handshake.
        TlsError: the server speaks no TLS, or none that the context allows.
        RefusedError, ConnectTimeoutError, BrokenError: as `TcpStream.connect`.
        UsageError: the context is not one for clients.
    """
    stream = await TcpStream.connect(host, port, timeout=timeout)
    return await wrap(
        stream,
        context,
        server_hostname=host if server_hostname is None else server_hostname,
        timeout=handshake_timeout,
    )


async def wrap(
    stream: TcpStream,
    context: ssl.SSLContext,
    *,
    server_side: bool = False,
    server_hostname: str | None = None,
    timeout: float | None = HANDSHAKE_SECONDS,
) -> TlsStream:
    """Agree on TLS over a connection that is there, also in its middle (STARTTLS).

    Args:
        stream: from now on it belongs to the TlsStream; nobody else may use it.
        context: for clients, or for servers with a certificate.
        server_side: whether this side is the server.
        server_hostname: for clients: whom to ask for, and whose certificate it must be.
        timeout: seconds for the handshake; None waits for ever.

    Raises:
        CertificateError, HandshakeTimeoutError, TlsError, UsageError: as `connect`.
        TruncatedError, ResetError: the peer is gone.
    """
    try:
        engine = _engine(context, server_side=server_side, server_hostname=server_hostname)
    except BaseException:
        stream.close()
        raise
    return await shaken(TlsStream(stream, engine), timeout)


def _engine(context: ssl.SSLContext, *, server_side: bool, server_hostname: str | None) -> Engine:
    try:
        if context.check_hostname and not server_side and not server_hostname:
            raise ValueError("it checks names, and there is none")  # `ssl` would not check at all
        return Engine(context, server_side=server_side, server_hostname=server_hostname)
    except (ssl.SSLError, ValueError) as error:
        raise UsageError(
            f"TLS cannot begin with this context: {error}; servers need one of "
            "ssl.PROTOCOL_TLS_SERVER with a certificate, clients one of ssl.PROTOCOL_TLS_CLIENT "
            "and a server_hostname"
        ) from error


async def shaken(stream: TlsStream, timeout: float | None) -> TlsStream:
    """The stream after its handshake, or it is closed."""
    try:
        with time_limit(timeout):
            await stream.handshake()
    except BaseException as error:
        stream.abort()
        if not isinstance(error, TimeoutError) or isinstance(error, BrokenError):
            raise
        raise HandshakeTimeoutError(
            errno.ETIMEDOUT,
            f"TLS handshake: it did not end within {timeout} s: the peer is silent, slow, or "
            "speaks no TLS; check the port, or give it more time",
        ) from None
    return stream
