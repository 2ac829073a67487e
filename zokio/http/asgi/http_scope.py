"""HttpExchange: one request of HTTP, as an ASGI application sees it.

The application runs in the connection's task: what it does not receive is not read, and `send`
returns when the client has room.
"""

from __future__ import annotations

from typing import Final

from zokio.errors import BrokenError, ClosedError
from zokio.http.asgi.application import Application, Message, Scope, explained, response_of, wrong
from zokio.http.direct import Answer
from zokio.http.http_error import HttpError
from zokio.http.request import Request
from zokio.http.response import Response

START: Final = "http.response.start"
BODY: Final = "http.response.body"


class HttpExchange:
    """`Direct(HttpExchange(app, scope, request).run)` is the response."""

    __slots__ = (
        *("_answer", "_app", "_failed", "_is_read", "_is_streaming", "_request", "_response"),
        "_scope",
    )

    def __init__(self, app: Application, scope: Scope, request: Request) -> None:
        self._app = app
        self._scope = scope
        self._request = request
        self._answer: Answer
        self._response: Response | None = None
        self._is_read = False
        self._is_streaming = False
        self._failed: HttpError | None = None

    async def run(self, answer: Answer) -> None:
        """Run the application for this request."""
        self._answer = answer
        try:
            await self._app(self._scope, self._receive, self._send)
        except Exception as error:
            raise (self._failed or explained(error)) from error
        if self._failed is not None and not answer.is_over:
            raise self._failed

    async def _receive(self) -> Message:
        answer = self._answer
        gone: Message = {"type": "http.disconnect"}
        if answer.is_over or answer.is_broken or self._failed is not None:
            return gone
        try:
            if self._is_read:
                await answer.until_ended()
                return gone
            body = self._request.body
            part = await body.next_part()
        except HttpError as error:  # which the client hears if the application says nothing
            self._failed = error
            return gone
        except (BrokenError, ClosedError):
            return gone
        self._is_read = body.is_over
        return {"type": "http.request", "body": part, "more_body": not body.is_over}

    async def _send(self, message: Message) -> None:
        kind = message["type"]
        if kind == START:
            if self._response is not None:
                raise wrong(kind, "the response was started before; start it once")
            self._response = response_of(message)
        elif kind == BODY:
            if self._response is None:
                raise wrong(kind, f"send {START!r} first")
            if self._answer.is_over:
                raise wrong(kind, "the body had its end; send more_body=True with all but the last")
            body, more = bytes(message.get("body", b"")), message.get("more_body", False)
            await self._send_body(self._response, body, more=more)
        else:
            raise wrong(kind, "there is no such message of HTTP")

    async def _send_body(self, response: Response, part: bytes, *, more: bool) -> None:
        if not more and not self._is_streaming and response.length in (None, len(part)):
            response.body = part
            return await self._answer.send(response)
        self._is_streaming = True
        await self._answer.write(response, part)
        if not more:
            await self._answer.end()
