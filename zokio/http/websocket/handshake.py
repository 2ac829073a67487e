"""The opening handshake: what a request for a WebSocket has to say, and the 101 that answers it."""

from __future__ import annotations

import binascii
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from zokio.http.headers import HeaderItems
from zokio.http.request import Request
from zokio.http.response import Response
from zokio.http.upgrade import Upgrade, Upgraded
from zokio.http.websocket.library import (
    Connection,
    ConnectionType,
    Extension,
    PerMessageDeflate,
    generate_accept_token,
    server_extensions_handshake,
)
from zokio.http.websocket.socket import Settings, WebSocket

Talk = Callable[[WebSocket], Awaitable[object]]


def accept(
    request: Request,
    talk: Talk,
    *,
    subprotocols: Sequence[str] = (),
    headers: HeaderItems = (),
    origins: Collection[str] | None = None,
    max_message: int = 1 << 20,
    compress: bool = False,
    ping_interval: float = 20.0,
    close_timeout: float = 5.0,
) -> Response | Upgrade:
    """The response that opens a WebSocket, or refuses what is no proper request for one.

    `talk` is called when the WebSocket is open, in the connection's task; when it returns, the
    WebSocket is closed with 1000, when it raises, with 1011, and the error is logged. A
    `WebSocketClosed` may leave it, also out of a task group: that is no error. A graceful shutdown
    of the server closes it with 1001; `talk` then has the server's `grace` to end.

    Args:
        subprotocols: those that are spoken here; the first one that the client offers is taken.
        headers: further headers of the 101.
        origins: the values of `Origin` that are let in, others get 403; None lets in every site,
            which is only right when cookies mean nothing here.
        max_message: bytes; a longer message closes with 1009.
        compress: offer permessage-deflate to clients that ask for it.
        ping_interval: seconds; a peer of which two of them hear nothing, though it was asked by a
            ping, is gone.
        close_timeout: seconds to wait for the peer's half of the close.

    Raises:
        UsageError: a header is one that cannot be sent.
    """
    asks = request.headers
    refusal = refusal_of(request, origins)
    if refusal is not None:
        return refusal
    subprotocol = next((name for name in _listed(request, PROTOCOL) if name in subprotocols), None)
    lines = [*(headers.items() if isinstance(headers, Mapping) else headers)]
    token = generate_accept_token(asks["sec-websocket-key"].encode())
    lines.append(("sec-websocket-accept", token.decode()))
    if subprotocol is not None:
        lines.append((PROTOCOL, subprotocol))
    extensions: list[Extension] = [PerMessageDeflate()] if compress else []
    agreed = _agreed(request, extensions)
    if agreed:
        lines.append((EXTENSIONS, agreed))
    settings = Settings(max_message, ping_interval, close_timeout)

    async def take_over(upgraded: Upgraded) -> None:
        protocol = Connection(ConnectionType.SERVER, extensions if agreed else [])
        await WebSocket(upgraded, protocol, settings, subprotocol).run(talk)

    return Upgrade("websocket", take_over, lines)


PROTOCOL = "sec-websocket-protocol"
EXTENSIONS = "sec-websocket-extensions"


def is_asked(request: Request) -> bool:
    """Whether the request asks for a WebSocket, properly or not."""
    for name, _ in request.raw_headers:
        if name == b"upgrade":
            break
    else:  # which is nearly always so
        return False
    asked = _listed(request, "upgrade"), _listed(request, "connection")
    return "websocket" in map(str.lower, asked[0]) and "upgrade" in map(str.lower, asked[1])


def refusal_of(request: Request, origins: Collection[str] | None) -> Response | None:
    """The answer to what is no proper request for a WebSocket; None: it is one."""
    asks = request.headers
    if not is_asked(request) or asks.get("sec-websocket-version") != "13":
        wanted = {"upgrade": "websocket", "sec-websocket-version": "13"}
        return Response(426, "this is for WebSockets of version 13\n", wanted)
    if request.method != "GET" or request.version != "1.1" or not request.body.is_over:
        return Response(400, "a WebSocket is asked for by GET, in HTTP/1.1 and without a body\n")
    if not _is_key(asks.get("sec-websocket-key", "")):
        return Response(400, "Sec-WebSocket-Key is not 16 bytes in base64\n")
    if origins is not None and asks.get("origin") not in origins:
        return Response(403, "this origin is not let in\n")
    return None


def _is_key(text: str) -> bool:
    try:
        return len(binascii.a2b_base64(text.encode("ascii"), strict_mode=True)) == 16
    except ValueError:  # both errors are: the one of ASCII, and the one of base64
        return False


def _agreed(request: Request, extensions: list[Extension]) -> str:
    """What the answer says of extensions; "" for none. What cannot be read is not agreed on."""
    try:
        agreed = server_extensions_handshake(_listed(request, EXTENSIONS), extensions)
    except ValueError:
        return ""
    return "" if agreed is None else agreed.decode()


def _listed(request: Request, name: str) -> list[str]:
    return [piece.strip() for piece in request.headers.get(name, "").split(",")]
