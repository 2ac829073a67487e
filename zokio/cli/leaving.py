"""Leaving: how a process stops while others go on to serve its port.

It closes its listener at once, so that everybody new comes to the others. Whoever is connected then
may still ask for a moment: a client that has just connected does not expect to be refused. Then the
server learns that its listener is closed, and stops gracefully.
"""

from __future__ import annotations

from typing import Final

from zokio.http.stream import Listener, Stream
from zokio.reactor.contract import Address
from zokio.time.sleep import sleep

MOMENT_SECONDS: Final = 0.5


class LeavingListener:
    """A listener whose end is told a moment later."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    @property
    def local_address(self) -> Address:
        """See `TcpListener.local_address`."""
        return self._listener.local_address

    def close(self) -> None:
        """Nobody is accepted any more."""
        self._listener.close()

    async def __anext__(self) -> tuple[Stream, Address]:
        try:
            return await self._listener.__anext__()
        except StopAsyncIteration:
            await sleep(MOMENT_SECONDS)
            raise
