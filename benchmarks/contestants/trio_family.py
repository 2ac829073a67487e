"""trio. It has no join of one task, so "spawn and join" opens a nursery for each task."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

import trio

from benchmarks.contestants.contract import LONG_SECONDS, READ_SIZE, Locker, Tally

T = TypeVar("T")


class Trio:
    """trio with its defaults."""

    label = "trio"
    version = trio.__version__

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a program to its end (Any: what a coroutine yields is its own)."""
        return trio.run(main)

    async def switches(self, tasks: int, yields: int, tally: Tally) -> None:
        """`trio.lowlevel.checkpoint` is trio's way to yield."""
        checkpoint = trio.lowlevel.checkpoint

        async def yielder() -> None:
            tally.started += 1
            done = 0
            for done in range(1, yields + 1):  # noqa: B007 - the count of what was done
                await checkpoint()
            tally.end(done)

        async with trio.open_nursery() as nursery:
            for _ in range(tasks):
                nursery.start_soon(yielder)

    async def locks(self, tasks: int, rounds: int, tally: Tally) -> None:
        """A `trio.Lock`, at which every acquisition is a checkpoint, also a free one."""
        locker = Locker(trio.Lock(), trio.lowlevel.checkpoint, tally)
        work = locker.worker(tasks)
        async with trio.open_nursery() as nursery:
            for _ in range(tasks):
                nursery.start_soon(work, rounds)
        tally.finished += locker.count

    async def spawn_join(self, tasks: int, tally: Tally) -> None:
        """A nursery for each task."""
        joined = 0

        async def one() -> None:
            nonlocal joined
            joined += 1

        for _ in range(tasks):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(one)
        tally.end(joined)

    async def sleep_all(self, durations: Sequence[float], tally: Tally) -> None:
        """A task for each sleep."""
        sleep = trio.sleep

        async def sleeper(seconds: float) -> None:
            tally.started += 1
            await sleep(seconds)
            tally.end(1)

        async with trio.open_nursery() as nursery:
            for seconds in durations:
                nursery.start_soon(sleeper, seconds)

    async def with_sleepers(
        self, tasks: int, tally: Tally, body: Callable[[], Awaitable[None]]
    ) -> None:
        """The nursery holds the tasks; there is no handle to keep."""

        async def sleeper() -> None:
            tally.asleep += 1
            try:
                await trio.sleep(LONG_SECONDS)
            except trio.Cancelled:
                tally.cancelled += 1
                raise

        async with trio.open_nursery() as nursery:
            for _ in range(tasks):
                nursery.start_soon(sleeper)
            while tally.asleep < tasks:
                await trio.lowlevel.checkpoint()
            await body()
            nursery.cancel_scope.cancel()

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await trio.sleep(seconds)

    async def serve_echo(self, api: str, ready: Callable[[int], None]) -> None:
        """Serve echo through trio's streams."""
        await _serve(_echo, ready)

    async def serve_messages(self, size: int, ready: Callable[[int], None]) -> None:
        """With a buffer of the program's own: trio has no read of a number of bytes."""
        await _serve(partial(_echo_messages, size), ready)


async def _serve(
    serve_one: Callable[[trio.SocketStream], Awaitable[None]], ready: Callable[[int], None]
) -> None:
    listeners = await trio.open_tcp_listeners(0, host="127.0.0.1", backlog=1024)
    ready(listeners[0].socket.getsockname()[1])
    await trio.serve_listeners(serve_one, listeners)


async def _echo(stream: trio.SocketStream) -> None:
    try:
        while data := await stream.receive_some(READ_SIZE):
            await stream.send_all(data)
    except trio.BrokenResourceError:
        pass  # the load client leaves in the middle of a request when its time is over


async def _receive_exactly(stream: trio.SocketStream, buffer: bytearray, size: int) -> bytes:
    while len(buffer) < size:
        data = await stream.receive_some(READ_SIZE)
        if not data:
            raise EOFError
        buffer += data
    message = bytes(buffer[:size])
    del buffer[:size]
    return message


async def _echo_messages(size: int, stream: trio.SocketStream) -> None:
    buffer = bytearray()
    try:
        while True:
            await stream.send_all(await _receive_exactly(stream, buffer, size))
    except (EOFError, trio.BrokenResourceError):
        pass  # the load client has left
