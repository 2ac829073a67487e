"""WebSockets on the HTTP server: a handler answers with `accept(request, talk)`.

    async def talk(ws: WebSocket) -> None:
        async for message in ws:
            await ws.send(message)

    async def handler(request: Request) -> Response | Upgrade:
        return accept(request, talk)

It needs the extra `http` (`pip install 'zokio[http]'`), which brings wsproto.
"""

from zokio.http.websocket.closing import WebSocketClosed as WebSocketClosed
from zokio.http.websocket.handshake import accept as accept
from zokio.http.websocket.socket import WebSocket as WebSocket

__all__ = ["WebSocket", "WebSocketClosed", "accept"]
