"""JoinSet: tasks whose results are taken one by one, in the order in which they end.

Guarantees: each task's handle is given once, in order of completion; a `join_next` that is
cancelled takes nothing; when the block is left every task has ended. Unlike in a TaskGroup a
failure is a result like others: it cancels nobody, and is raised where the result is asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable
from types import TracebackType
from typing import Generic, Self, TypeVar

from zokio.core.join import JoinHandle
from zokio.core.task import Task
from zokio.errors import UsageError
from zokio.runtime.awaitable import discard
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

T = TypeVar("T")


class JoinSet(Generic[T]):
    """`async with zokio.JoinSet() as tasks: tasks.spawn(...)`, then `async for handle in tasks`.

    A handle that is given belongs to a task that has ended: `handle.result()` gives its value or
    raises its error. Whoever leaves the block aborts the tasks that are left and waits for them;
    results that nobody has taken are dropped, and errors among them are reported.

    Fairness: results are given in the order in which the tasks end. Any number of tasks may wait
    in `join_next`; one of them gets each result, first come first served as far as they are polled
    in that order. Cancel safety: a cancelled `join_next` leaves everything in the set. Memory: a
    task takes room until its result is taken, so take them, or use TaskTracker. Tasks of one
    runtime use it, on any of its workers; a set whose owner is dropped aborts its tasks.
    """

    __slots__ = ("_crew", "_scope")

    def __init__(self) -> None:
        self._scope = CancelScope()
        self._crew: _Crew | None = None

    def spawn(self, coroutine: Awaitable[T], *, name: str | None = None) -> JoinHandle[T]:
        """Start a task in the set.

        Args:
            coroutine: what the task runs.
            name: for reports and dumps; the coroutine's qualified name if None.

        Raises:
            ClosedError: the block has ended.
            UsageError: the block has not begun, or another thread runs it.
            NotAwaitableError: `coroutine` is nothing that can be awaited.
        """
        if self._crew is None:
            discard(coroutine)
            raise _outside("spawn")
        return JoinHandle(self._crew.start(coroutine, name, "JoinSet.spawn"))

    async def join_next(self) -> JoinHandle[T] | None:
        """Wait for the next task to end.

        Returns:
            Its handle, which was not given before; None if the set is empty.

        Raises:
            UsageError: the block has not begun.
        """
        crew = self._crew
        if crew is None:
            raise _outside("join_next")
        while (handle := self.try_join_next()) is None and len(self):
            await crew.until(crew.has_news)
        return handle

    def try_join_next(self) -> JoinHandle[T] | None:
        """The handle of a task that has ended and was not given before, if there is one now."""
        try:
            return None if self._crew is None else JoinHandle(self._crew.finished.popleft())
        except IndexError:
            return None

    def abort_all(self) -> None:
        """Abort every task that is in the set now; their handles are given as those of others."""
        if self._crew is not None:
            with self._crew.guard:
                tasks = list(self._scope.members or ())
            for task in tasks:
                task.abort()

    async def shutdown(self) -> None:
        """Abort every task and wait until the set is empty; the results are dropped."""
        self.abort_all()
        while await self.join_next() is not None:
            pass

    def __len__(self) -> int:
        """How many tasks are in the set: those that run, and those that nobody has joined."""
        return 0 if self._crew is None else self._crew.alive + len(self._crew.finished)

    def __bool__(self) -> bool:
        """A set is true, also an empty one; ask for its length."""
        return True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> JoinHandle[T]:
        """`join_next`, until the set is empty."""
        handle = await self.join_next()
        if handle is None:
            raise StopAsyncIteration
        return handle

    async def __aenter__(self) -> Self:
        self._scope.__enter__()
        self._crew = _Crew(self._scope)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._crew is not None
        await self._crew.end_all(error)


class _Crew(Children):
    """The tasks of a set, and those that have ended and were not given."""

    __slots__ = ("finished",)

    def __init__(self, scope: CancelScope) -> None:
        super().__init__(scope)
        self.finished: deque[Task] = deque()

    def ended(self, task: Task) -> None:
        """See `Children.ended`."""
        self.finished.append(task)

    def has_news(self) -> bool:
        """Whether one has ended and was not given, or all have."""
        return bool(self.finished) or self.alive == 0

    async def end_all(self, error: BaseException | None) -> None:
        """The block is left: end what is left of it, and drop what nobody took."""
        try:
            await super().end_all(error)
        finally:
            self.finished.clear()


def _outside(who: str) -> UsageError:
    return UsageError(f"JoinSet.{who} outside of the set's block; use `async with`")
