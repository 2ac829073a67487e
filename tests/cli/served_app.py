"""What the tests of `zokio serve` serve."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

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
