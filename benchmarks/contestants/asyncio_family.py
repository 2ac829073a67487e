"""asyncio, and the event loops that plug into it: uvloop and rloop.

Only the loop differs: tasks, sleeps and streams are asyncio's own in all three.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import platform
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar, cast

from benchmarks.contestants.contract import LONG_SECONDS, READ_SIZE, Locker, Tally

T = TypeVar("T")


class AsyncioLoop:
    """asyncio on its own loop or on that of another package."""

    def __init__(self, name: str) -> None:
        self.label = name
        self._loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None
        self.version = platform.python_version()
        if name != "asyncio":
            self._loop_factory = importlib.import_module(name).new_event_loop
            self.version = importlib.metadata.version(name)

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a program to its end on a fresh loop (Any: what a coroutine yields is its own)."""
        with asyncio.Runner(loop_factory=self._loop_factory) as runner:
            return runner.run(main())

    async def switches(self, tasks: int, yields: int, tally: Tally) -> None:
        """`asyncio.sleep(0)` is asyncio's way to yield."""
        sleep = asyncio.sleep

        async def yielder() -> None:
            tally.started += 1
            done = 0
            for done in range(1, yields + 1):  # noqa: B007 - the count of what was done
                await sleep(0)
            tally.end(done)

        for task in [asyncio.create_task(yielder()) for _ in range(tasks)]:
            await task

    async def locks(self, tasks: int, rounds: int, tally: Tally) -> None:
        """An `asyncio.Lock`."""
        locker = Locker(asyncio.Lock(), partial(asyncio.sleep, 0), tally)
        work = locker.worker(tasks)
        for task in [asyncio.create_task(work(rounds)) for _ in range(tasks)]:
            await task
        tally.finished += locker.count

    async def spawn_join(self, tasks: int, tally: Tally) -> None:
        """The sum of what the tasks return is the count."""
        create_task, joined = asyncio.create_task, 0

        async def one() -> int:
            return 1

        for _ in range(tasks):
            joined += await create_task(one())
        tally.end(joined)

    async def sleep_all(self, durations: Sequence[float], tally: Tally) -> None:
        """A task for each sleep."""
        sleep = asyncio.sleep

        async def sleeper(seconds: float) -> None:
            tally.started += 1
            await sleep(seconds)
            tally.end(1)

        for task in [asyncio.create_task(sleeper(seconds)) for seconds in durations]:
            await task

    async def with_sleepers(
        self, tasks: int, tally: Tally, body: Callable[[], Awaitable[None]]
    ) -> None:
        """The tasks are kept in a list, as asyncio's documentation asks."""

        async def sleeper() -> None:
            tally.asleep += 1
            try:
                await asyncio.sleep(LONG_SECONDS)
            except asyncio.CancelledError:
                tally.cancelled += 1
                raise

        handles = [asyncio.create_task(sleeper()) for _ in range(tasks)]
        while tally.asleep < tasks:
            await asyncio.sleep(0)
        await body()
        for handle in handles:
            handle.cancel()
        await asyncio.wait(handles)

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await asyncio.sleep(seconds)

    async def serve_echo(self, api: str, ready: Callable[[int], None]) -> None:
        """Serve echo through the streams or through a Protocol."""
        loop = asyncio.get_running_loop()
        if api == "streams":
            server = await asyncio.start_server(_echo, "127.0.0.1", 0, backlog=1024)
        else:
            server = await loop.create_server(_EchoProtocol, "127.0.0.1", 0, backlog=1024)
        ready(server.sockets[0].getsockname()[1])
        await loop.create_future()  # not serve_forever: rloop 0.5 aborts when it starts twice

    async def serve_messages(self, size: int, ready: Callable[[int], None]) -> None:
        """Serve echo in messages through the streams."""
        serve = partial(_echo_messages, size)
        server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=1024)
        ready(server.sockets[0].getsockname()[1])
        await asyncio.get_running_loop().create_future()


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(READ_SIZE):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the load client leaves in the middle of a request when its time is over
    finally:
        writer.close()


async def _echo_messages(
    size: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            writer.write(await reader.readexactly(size))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the load client has left
    finally:
        writer.close()


class _EchoProtocol(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports implement asyncio.Transport without inheriting from it.
        self._write = cast(asyncio.Transport, transport).write

    def data_received(self, data: bytes) -> None:
        self._write(data)
