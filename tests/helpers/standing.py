"""Waiting until another task stands in a stream or a socket, however slow the machine is."""

from __future__ import annotations

import zokio
from zokio.net.registered import Registered


async def until_somebody_reads(sock: Registered) -> None:
    """Return when a task waits to read there."""
    while sock._registration.reader is None:
        await zokio.sleep(0.001)


async def until_somebody_writes(sock: Registered) -> None:
    """Return when a task waits to write there."""
    while sock._registration.writer is None:
        await zokio.sleep(0.001)
