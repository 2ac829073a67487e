"""Channels of each family: how one is opened, and how two coroutines run beside each other.

The work itself is the same for all (`benchmarks/channels_worker.py`), by the methods that `channel`
returns. zokio's channel may be used by several threads and takes a lock for that; the others are
for the tasks of one event loop.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

Send = Callable[[int], Awaitable[None]]
Receive = Callable[[], Awaitable[int]]
Work = Callable[[], Coroutine[Any, Any, None]]  # Any: what a coroutine yields is its runtime's own


class ChannelContestant(Protocol):
    """One kind of channel. Its methods run inside its runtime, under `run`."""

    label: str
    version: str

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a program to its end on a fresh runtime."""

    def channel(self, capacity: int) -> tuple[Send, Receive]:
        """A fresh channel: how to send a number, and how to receive one."""

    async def both(self, first: Work, second: Work) -> None:
        """Run both at once and wait for both."""


def load(name: str) -> ChannelContestant:
    """Import and make a contestant.

    Raises:
        ImportError: it is not installed here.
        ValueError: there is no contestant of that name.
    """
    made = {"zokio": _zokio, "asyncio": _asyncio, "anyio": _anyio, "trio": _trio}.get(name)
    if made is None:
        raise ValueError(f"no contestant is called {name!r}")
    return made()


def _zokio() -> ChannelContestant:
    import zokio
    from benchmarks.contestants.zokio_family import Zokio

    class ZokioChannels(Zokio):
        def channel(self, capacity: int) -> tuple[Send, Receive]:
            sender, receiver = zokio.sync.mpsc(capacity)
            return sender.send, receiver.recv

        async def both(self, first: Work, second: Work) -> None:
            await zokio.join(first(), second())

    return ZokioChannels()


def _asyncio() -> ChannelContestant:
    import asyncio

    from benchmarks.contestants.asyncio_family import AsyncioLoop

    class AsyncioQueues(AsyncioLoop):
        def channel(self, capacity: int) -> tuple[Send, Receive]:
            queue: asyncio.Queue[int] = asyncio.Queue(capacity)
            return queue.put, queue.get

        async def both(self, first: Work, second: Work) -> None:
            await asyncio.gather(first(), second())

    return AsyncioQueues("asyncio")


def _anyio() -> ChannelContestant:
    import asyncio

    import anyio

    from benchmarks.contestants.asyncio_family import AsyncioLoop

    class AnyioStreams(AsyncioLoop):
        def __init__(self) -> None:
            super().__init__("asyncio")
            self.label, self.version = "anyio", importlib.metadata.version("anyio")
            self.ends: list[object] = []

        def channel(self, capacity: int) -> tuple[Send, Receive]:
            sender, receiver = anyio.create_memory_object_stream[int](capacity)
            self.ends += [sender, receiver]  # anyio closes an end which nobody holds
            return sender.send, receiver.receive

        async def both(self, first: Work, second: Work) -> None:
            await asyncio.gather(first(), second())

    return AnyioStreams()


def _trio() -> ChannelContestant:
    import trio

    from benchmarks.contestants.trio_family import Trio

    class TrioChannels(Trio):
        def channel(self, capacity: int) -> tuple[Send, Receive]:
            sender, receiver = trio.open_memory_channel[int](capacity)
            return sender.send, receiver.receive

        async def both(self, first: Work, second: Work) -> None:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(first)
                nursery.start_soon(second)

    return TrioChannels()
