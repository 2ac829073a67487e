"""Opening a connection: to a server or a proxy, through its tunnel, and with TLS.

This is the only place of the client that knows how bytes get to a server.
"""

from __future__ import annotations

import ssl

import h11

from zokio.http.client.connection import HttpConnection, Stream
from zokio.http.client.errors import ProtocolError
from zokio.http.client.limits import Limits
from zokio.http.client.proxies import Route
from zokio.net.tcp_stream import TcpStream
from zokio.net.tls.opening import wrap


class Dialer:
    """Opens the connections of one client.

    Args:
        limits: of the client.
        context: of TLS; None: the system's certificates, and HTTP/1.1 by ALPN, made at first need.
    """

    def __init__(self, limits: Limits, context: ssl.SSLContext | None) -> None:
        self._limits = limits
        self._context = context

    async def dial(self, route: Route) -> HttpConnection:
        """A connection that is ready for a request. Cancelled or failed, it leaves nothing open.

        Raises:
            BrokenError: nobody is there, or the proxy or TLS fails.
        """
        tcp = await TcpStream.connect(route.host, route.port)
        try:
            if route.tunnel is not None:
                await open_tunnel(tcp, route, self._limits)
            stream: Stream = tcp if route.tls is None else await self._encrypted(tcp, route.tls)
        except BaseException:
            tcp.close()
            raise
        return HttpConnection(stream, self._limits.head_bytes)

    async def _encrypted(self, tcp: TcpStream, name: str) -> Stream:
        """The limit of time is that of the whole phase."""
        return await wrap(tcp, self._tls_context(), server_hostname=name, timeout=None)

    def _tls_context(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
            self._context.set_alpn_protocols(["http/1.1"])
        return self._context


async def open_tunnel(stream: Stream, route: Route, limits: Limits) -> None:
    """Have a proxy pass everything through to the server, from now on.

    Raises:
        ProtocolError: the proxy refuses, or sends what is no HTTP.
        BrokenError: the connection is gone.
    """
    assert route.tunnel is not None
    target = route.tunnel.encode("ascii")
    headers = [(b"host", target)]
    if route.proxy_authorization is not None:
        headers.append((b"proxy-authorization", route.proxy_authorization))
    connection = HttpConnection(stream, limits.head_bytes)
    await connection.send(h11.Request(method=b"CONNECT", target=target, headers=headers))
    await connection.send(h11.EndOfMessage())
    response = await connection.receive_head()
    if response.status_code // 100 != 2:
        raise ProtocolError(
            f"the proxy {route.host} port {route.port} refuses a tunnel to {route.tunnel}: "
            f"{response.status_code} {response.reason.decode('latin-1')}"
        )
