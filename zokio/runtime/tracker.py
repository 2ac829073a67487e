"""TaskTracker: wait until many tasks are over, without keeping anything of them.

For a graceful shutdown: every piece of work is tracked; at the end the tracker is closed, a
CancellationToken tells the work, and `wait` returns when the last piece is over. Guarantees:
whoever waits goes on exactly when the tracker is closed and empty at once, also if it is reopened a
moment later. It cancels nobody, and takes the memory of one number, however many tasks it tracks.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from zokio.core.join import JoinHandle
from zokio.core.task import Task
from zokio.core.wait_queue import Waiter, WaitQueue, wake_all
from zokio.errors import NoRuntimeError
from zokio.runtime.awaitable import discard
from zokio.runtime.current import current_runtime
from zokio.runtime.runtime import Runtime

T = TypeVar("T")


class TaskTracker:
    """Counts tasks and blocks that are not over.

    Fairness: all who wait are told at once. Cancel safety: a cancelled `wait` changes nothing.
    Memory: a counter, and a place for each who waits. Any thread may use it, with tasks of any
    runtime; a task that is dropped by a shutdown is over as well.
    """

    __slots__ = ("_count", "_is_closed", "_waiting")

    def __init__(self) -> None:
        self._count = 0
        self._is_closed = False
        self._waiting: WaitQueue[Waiter[None]] = WaitQueue()

    def spawn(self, coroutine: Awaitable[T], *, name: str | None = None) -> JoinHandle[T]:
        """`zokio.spawn`, tracked; also when the tracker is closed.

        Raises:
            NoRuntimeError: no runtime is running on this thread; see `spawn_on`.
            NotAwaitableError: `coroutine` is nothing that can be awaited.
        """
        try:
            runtime = current_runtime()
        except NoRuntimeError:
            discard(coroutine)
            raise
        return self.spawn_on(runtime, coroutine, name=name)

    def spawn_on(
        self, runtime: Runtime, coroutine: Awaitable[T], *, name: str | None = None
    ) -> JoinHandle[T]:
        """`runtime.spawn`, tracked; from any thread.

        Raises:
            ClosedError: the runtime was shut down.
            NotAwaitableError: `coroutine` is nothing that can be awaited.
        """

        def on_done(task: Task) -> None:
            runtime.forget(task)
            self._leave()

        self._enter()
        try:
            task = runtime.start_task(coroutine, name, on_done, "TaskTracker.spawn")
        except BaseException:
            self._leave()
            raise
        return JoinHandle(task)

    @contextmanager
    def track(self) -> Iterator[None]:
        """`with tracker.track():` counts the block like a task."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def close(self) -> bool:
        """From now on `wait` returns when nothing is tracked; False: it was closed before.

        Tasks may still be spawned.
        """
        with self._waiting.lock:
            was_open, self._is_closed = not self._is_closed, True
            waited = self._settle()
        wake_all(waited)
        return was_open

    def reopen(self) -> bool:
        """`wait` waits for the next `close`; False: it was open."""
        with self._waiting.lock:
            was_closed, self._is_closed = self._is_closed, False
        return was_closed

    async def wait(self) -> None:
        """Wait until the tracker is closed and nothing is tracked."""
        with self._waiting.lock:
            if self._is_settled():
                return
            waiter: Waiter[None] = Waiter(self._waiting)
            self._waiting.append(waiter)
            waited = self._settle()  # a finalizer may have ended the last one meanwhile
        wake_all(waited)
        await waiter

    def is_closed(self) -> bool:
        """Whether `close` was called, and not `reopen` afterwards."""
        return self._is_closed

    def is_empty(self) -> bool:
        """Whether nothing is tracked."""
        return self._count == 0

    def __len__(self) -> int:
        """How many tasks and blocks are tracked."""
        return self._count

    def __bool__(self) -> bool:
        """A tracker is true, also an empty one; ask `is_empty`."""
        return True

    def _enter(self) -> None:
        with self._waiting.lock:
            self._count += 1

    def _leave(self) -> None:
        with self._waiting.lock:
            self._count -= 1
            waited = self._settle()
        wake_all(waited)

    def _settle(self) -> list[Waiter[None]]:
        """Whoever waited for what is so now; under the lock."""
        return self._waiting.grant_all(None) if self._is_settled() else []

    def _is_settled(self) -> bool:
        return self._is_closed and self._count == 0

    def check_invariants(self) -> None:
        """Assert that nobody waits for what is so."""
        with self._waiting.lock:
            self._waiting.check_invariants()
            assert self._count >= 0, f"{self._count} are tracked"
            waits = self._waiting.length > 0
            assert not (waits and self._is_settled()), "somebody waits for what is so"
