"""uvicorn with a bare ASGI application, as a program: what a Python server of the world does.

python asgi_program.py PROTOCOL FD      PROTOCOL: h11 or httptools; FD: a socket that listens
"""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import uvicorn

# Any: what ASGI passes around is dictionaries of everything.
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


async def application(scope: Message, receive: Receive, send: Send) -> None:
    """By the path: see each branch. Everything else is echoed, whole."""
    assert scope["type"] == "http"
    if scope["path"] == "/early":  # an answer before the body was read
        await answer(scope, send, b"early", status=413, length=5)
    elif scope["path"] == "/cut":  # less than it said
        await answer(scope, send, b"some", length=1_000)
    elif scope["path"] == "/fails":  # in the middle of a chunked body
        await answer(scope, send, b"some", more=True)
        raise ZeroDivisionError
    elif scope["path"] == "/doubled":  # as it comes, chunked
        await start(scope, send)
        async for part in parts_of(receive):
            await send({"type": "http.response.body", "body": part * 2, "more_body": True})
        await send({"type": "http.response.body"})
    elif scope["path"] == "/last":
        await answer(scope, send, b"last", length=4, connection="close")
    else:
        body = b"".join([part async for part in parts_of(receive)])
        await answer(scope, send, body, length=len(body))


async def parts_of(receive: Receive) -> AsyncIterator[bytes]:
    """The body of the request."""
    is_more = True
    while is_more:
        message = await receive()
        is_more = message.get("more_body", False)
        yield message.get("body", b"")


async def start(scope: Message, send: Send, *, status: int = 200, **headers: object) -> None:
    """The head; it says from which port the client has come."""
    headers = {"x-port": scope["client"][1], "x-method": scope["method"], **headers}
    pairs = [(name.encode(), str(value).encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def answer(
    scope: Message,
    send: Send,
    body: bytes,
    *,
    length: int | None = None,
    more: bool = False,
    **options: Any,
) -> None:
    """Head and body; `more` leaves it open."""
    if length is not None:
        options["content-length"] = length
    await start(scope, send, **options)
    await send({"type": "http.response.body", "body": body, "more_body": more})


if __name__ == "__main__":
    protocol: Any = sys.argv[1]  # uvicorn lists the words that it takes, and refuses others
    config = uvicorn.Config(application, http=protocol, loop="asyncio", log_level="critical")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[2]))])
