"""zokio on N worker threads. `workers=0` is the same program on the calling thread.

Tasks run on several threads at once, so they count nothing together: each returns what it has
done, and the root adds that up.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import zokio
from benchmarks.contestants.zokio_family import Zokio

T = TypeVar("T")
POOL = "pool"


class WorkersNotThere(ImportError):
    """This version of zokio has no worker threads: the contestant is missing."""


class ZokioWorkers(Zokio):
    """zokio with so many workers, otherwise with its defaults.

    Raises:
        WorkersNotThere: zokio refuses the number of workers.
    """

    def __init__(self, name: str) -> None:
        number, _, self.way = name.removeprefix("workers=").partition(" ")
        try:
            self._config = zokio.RuntimeConfig(workers=int(number))
        except zokio.UsageError as error:
            raise WorkersNotThere(str(error)) from error
        self.label = name

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a program to its end (Any: what a coroutine yields is its own)."""
        return zokio.run(main(), config=self._config)

    async def tiny_tasks(self, tasks: int, yields: int) -> int:
        """Start the tasks, each of which yields that many times; how often all did."""
        yield_now = zokio.yield_now

        async def yielder() -> int:
            done = 0
            for done in range(1, yields + 1):  # noqa: B007 - the count of what was done
                await yield_now()
            return done

        handles = [zokio.spawn(yielder()) for _ in range(tasks)]
        return sum([await handle for handle in handles])

    async def blocking_calls(self, call: Callable[[], object], tasks: int) -> Counter[int]:
        """A task for each call, which blocks its thread, or hands it to the pool; calls by thread.

        The name says which: "workers=0 pool" uses `spawn_blocking`.
        """

        def on_this_thread() -> int:
            call()
            return threading.get_ident()

        async def directly() -> int:
            return on_this_thread()

        if self.way == POOL:
            handles = [zokio.spawn_blocking(on_this_thread) for _ in range(tasks)]
        else:
            handles = [zokio.spawn(directly()) for _ in range(tasks)]
        return Counter([await handle for handle in handles])
