"""zokio, on the current thread; the label says whether its kernel is compiled."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

import zokio
from benchmarks.contestants.contract import LONG_SECONDS, READ_SIZE, Locker, Tally

T = TypeVar("T")


class Zokio:
    """zokio with its defaults."""

    label = "zokio (compiled)" if zokio.compiled else "zokio"
    version = zokio.__version__

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a program to its end (Any: what a coroutine yields is its own)."""
        return zokio.run(main())

    async def switches(self, tasks: int, yields: int, tally: Tally) -> None:
        """Each task yields with `zokio.yield_now`."""
        yield_now = zokio.yield_now

        async def yielder() -> None:
            tally.started += 1
            done = 0
            for done in range(1, yields + 1):  # noqa: B007 - the count of what was done
                await yield_now()
            tally.end(done)

        for task in [zokio.spawn(yielder()) for _ in range(tasks)]:
            await task

    async def locks(self, tasks: int, rounds: int, tally: Tally) -> None:
        """A `zokio.sync.Mutex`."""
        locker = Locker(zokio.sync.Mutex(), zokio.yield_now, tally)
        work = locker.worker(tasks)
        for task in [zokio.spawn(work(rounds)) for _ in range(tasks)]:
            await task
        tally.finished += locker.count

    async def spawn_join(self, tasks: int, tally: Tally) -> None:
        """The sum of what the tasks return is the count."""
        spawn, joined = zokio.spawn, 0

        async def one() -> int:
            return 1

        for _ in range(tasks):
            joined += await spawn(one())
        tally.end(joined)

    async def sleep_all(self, durations: Sequence[float], tally: Tally) -> None:
        """A task for each sleep."""
        sleep = zokio.sleep

        async def sleeper(seconds: float) -> None:
            tally.started += 1
            await sleep(seconds)
            tally.end(1)

        for task in [zokio.spawn(sleeper(seconds)) for seconds in durations]:
            await task

    async def with_sleepers(
        self, tasks: int, tally: Tally, body: Callable[[], Awaitable[None]]
    ) -> None:
        """The handles are kept in a list, though the runtime would keep the tasks without."""

        async def sleeper() -> None:
            tally.asleep += 1
            try:
                await zokio.sleep(LONG_SECONDS)
            except zokio.Cancelled:
                tally.cancelled += 1
                raise

        handles = [zokio.spawn(sleeper()) for _ in range(tasks)]
        while tally.asleep < tasks:
            await zokio.yield_now()
        await body()
        for handle in handles:
            handle.abort()
        for handle in handles:
            try:
                await handle
            except zokio.AbortedError:
                pass

    async def sleep(self, seconds: float) -> None:
        """Sleep."""
        await zokio.sleep(seconds)

    async def serve_echo(self, api: str, ready: Callable[[int], None]) -> None:
        """Serve echo through the coroutine streams."""
        await _serve(_echo, ready)

    async def serve_messages(self, size: int, ready: Callable[[int], None]) -> None:
        """The same with `read_exact`."""
        await _serve(partial(_echo_messages, size), ready)


async def _serve(
    serve_one: Callable[[zokio.net.TcpStream], Coroutine[Any, Any, None]],
    ready: Callable[[int], None],
) -> None:
    async with zokio.net.TcpListener.bind("127.0.0.1", 0) as listener:
        ready(listener.local_address[1])
        async for stream, _ in listener:
            zokio.spawn(serve_one(stream))


async def _echo(stream: zokio.net.TcpStream) -> None:
    try:
        async with stream:
            while data := await stream.read(READ_SIZE):
                await stream.write_all(data)
    except zokio.BrokenError:
        pass  # the load client leaves in the middle of a request when its time is over


async def _echo_messages(size: int, stream: zokio.net.TcpStream) -> None:
    try:
        async with stream:
            while True:
                await stream.write_all(await stream.read_exact(size))
    except zokio.BrokenError:
        pass  # the load client has left: also an end between two messages is an EndedError
