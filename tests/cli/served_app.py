"""What the tests of `zokio serve` serve."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import zokio
from zokio.http import Request, Response

LOOK_SECONDS = 0.005


async def handler(request: Request) -> Response:
    """Say which process this is; for a gate, say so, and wait until the file is there."""
    kind, _, gate = request.target[1:].partition("?")
    who = {"process": str(os.getpid())}
    if kind == "gate":
        return Response(headers=who, body=through(Path(gate)))
    return Response(headers=who, body=f"{request.method} {request.target}")


async def through(gate: Path) -> AsyncIterator[bytes]:
    """A response that begins, and ends when the gate is open."""
    yield b"begun "
    while not gate.exists():
        await zokio.sleep(LOOK_SECONDS)
    yield b"and done"


# Any: what ASGI puts into its dictionaries.
Message = dict[str, Any]


async def application(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """The same by ASGI, without gates; with the path under which it is mounted."""
    if scope["type"] == "lifespan":
        for part in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{part}"
            await send({"type": f"lifespan.{part}.complete"})
        return
    who = [(b"process", str(os.getpid()).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": who})
    body = f"{scope['method']} {scope['path']} in {scope['root_path']!r}".encode()
    await send({"type": "http.response.body", "body": body})
