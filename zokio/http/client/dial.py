"""Opening a connection: to a server or a proxy, through its tunnel, and with TLS.

This is the only place of the client that knows how bytes get to a server.
"""

from __future__ import annotations

import h11

from zokio.errors import UsageError
from zokio.http.client.connection import HttpConnection, Stream
from zokio.http.client.errors import ProtocolError
from zokio.http.client.limits import Limits
from zokio.http.client.proxies import Route
from zokio.net.tcp_stream import TcpStream


async def dial(route: Route, limits: Limits) -> HttpConnection:
    """A connection that is ready for a request. Cancelled or failed, it leaves nothing open.

    Raises:
        BrokenError: nobody is there, or the proxy or TLS fails.
        UsageError: TLS is wanted, and there is none yet.
    """
    if route.tls is not None:
        raise UsageError(f"https to {route.tls}: there is no TLS here yet; ask by http")
    stream = await TcpStream.connect(route.host, route.port)
    return HttpConnection(stream, limits.head_bytes)


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
