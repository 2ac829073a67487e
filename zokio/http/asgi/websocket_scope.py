"""WebSocketSession: a WebSocket, as an ASGI application sees it.

The application decides whether it is opened, and runs on afterwards. So it has a task of its own,
which ends before the connection is given up.

    asked --websocket.accept--> opened --messages--> closed
      `--websocket.close, or a response--> denied
"""

from __future__ import annotations

import errno
import logging
from typing import Final

from zokio.errors import BrokenError
from zokio.http.asgi.application import (
    Application,
    Message,
    Scope,
    explained,
    headers_of,
    response_of,
    wrong,
)
from zokio.http.request import Request
from zokio.http.response import Response
from zokio.http.upgrade import Upgrade
from zokio.http.websocket import WebSocket, WebSocketClosed, accept
from zokio.http.websocket.closing import FAILED, NORMAL
from zokio.runtime.scope import CancelScope
from zokio.sync.event import Event

LOGGER: Final = logging.getLogger("zokio.http")


class WebSocketSession:
    """`run` in a task of its own, and `answer` in the connection's."""

    __slots__ = (
        *("_app", "_code", "_decided", "_denial", "_done", "_is_asked", "_opened", "_request"),
        *("_response", "_scope", "_ws", "cancel_scope"),
    )

    def __init__(self, app: Application, scope: Scope, request: Request) -> None:
        self._app = app
        self._scope = scope
        self._request = request
        self._response: Response | Upgrade = Response(500, "Internal Server Error\n")
        self._denial: tuple[Message, bytes] | None = None
        self._ws: WebSocket | None = None
        self._decided, self._opened, self._done = Event(), Event(), Event()
        self._is_asked = False
        self._code = NORMAL
        self.cancel_scope = CancelScope()

    async def run(self) -> None:
        """Run the application to its end."""
        try:
            with self.cancel_scope:
                await self._app(self._scope, self._receive, self._send)
            if not self._decided.is_set() and not self.cancel_scope.cancel_called:
                LOGGER.error("%r: ASGI: neither accepted nor closed", self._request.target)
        except Exception as error:
            self._code = FAILED
            if not (isinstance(error, BrokenError) and self._opened.is_set()):
                LOGGER.error(
                    "%r: the application failed", self._request.target, exc_info=explained(error)
                )
        finally:
            self._done.set()
            self._decided.set()

    async def answer(self) -> Response | Upgrade:
        """The response, when the application has decided on it."""
        try:
            await self._decided.wait()
        except BaseException:
            self.cancel_scope.cancel()
            raise
        if isinstance(self._response, Upgrade):
            self._response.when_over = self.cancel_scope.cancel
        return self._response

    async def _talk(self, ws: WebSocket) -> None:
        self._ws = ws
        self._opened.set()
        await self._done.wait()
        await ws.close(self._code)

    async def _receive(self) -> Message:
        if not self._is_asked:
            self._is_asked = True
            return {"type": "websocket.connect"}
        if self._decided.is_set() and isinstance(self._response, Response):
            return {"type": "websocket.disconnect", "code": 1006, "reason": ""}
        await self._opened.wait()
        assert self._ws is not None
        try:
            message = await self._ws.receive()
        except WebSocketClosed as closed:
            return {
                "type": "websocket.disconnect",
                "code": closed.code,
                "reason": closed.reason,
            }
        return {
            "type": "websocket.receive",
            "text" if isinstance(message, str) else "bytes": message,
        }

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if not self._decided.is_set():
            await self._decide(kind, message)
        elif self._ws is None:
            raise wrong(kind, "it was denied; there is nothing more to say")
        elif kind == "websocket.send":
            text = message.get("text")
            try:
                await self._ws.send(message["bytes"] if text is None else text)
            except WebSocketClosed as closed:
                raise BrokenError(errno.EPIPE, str(closed)) from None
        elif kind == "websocket.close":
            await self._ws.close(message.get("code", NORMAL), message.get("reason") or "")
        else:
            raise wrong(kind, "the WebSocket is open; send websocket.send or websocket.close")

    async def _decide(self, kind: object, message: Message) -> None:
        if kind == "websocket.accept" and self._denial is None:
            protocol = message.get("subprotocol")
            subprotocols = () if protocol is None else (protocol,)
            self._response = accept(
                self._request,
                self._talk,
                subprotocols=subprotocols,
                headers=headers_of(message),
            )
            self._decided.set()
            await self._opened.wait()
        elif kind == "websocket.close" and self._denial is None:
            self._response = Response(403, "the application has denied this\n")
            self._decided.set()
        elif kind == "websocket.http.response.start" and self._denial is None:
            response_of(message)  # wrong headers are told now
            self._denial = message, b""
        elif kind == "websocket.http.response.body" and self._denial is not None:
            start, body = self._denial[0], self._denial[1] + message.get("body", b"")
            self._denial = start, body
            if not message.get("more_body", False):
                self._response = response_of(start, body)
                self._decided.set()
        else:
            raise wrong(kind, "accept the WebSocket or deny it first")
