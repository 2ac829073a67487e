"""Children: tasks that live inside one scope, and are waited for as one.

Guarantees: cancelling the scope cancels every child; `all_done` returns only when every child has
ended and cleaned up, whatever is cancelled meanwhile. What their results mean is up to the owner,
a subclass that is told of each end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import coroutine

from zokio.core.current import current_task
from zokio.core.suspend import WAIT, Signal
from zokio.core.task import Task
from zokio.errors import UsageError
from zokio.runtime.awaitable import discard
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope


class Children:
    """The living children of one scope."""

    __slots__ = ("_awaited", "_runtime", "_waiter", "alive", "scope")

    def __init__(self, scope: CancelScope) -> None:
        self.scope = scope
        self.alive = 0
        self._awaited: Callable[[], bool] | None = None
        self._runtime = current_runtime()
        self._waiter = current_task()

    def ended(self, task: Task) -> None:
        """A child has ended; what that means is up to the subclass."""

    def start(self, awaitable: Awaitable[object], name: str | None, who: str) -> Task:
        """A new child.

        Raises:
            UsageError: called from a thread that does not run the scope's tasks.
            NotAwaitableError: `awaitable` is nothing that can be awaited.
        """
        if not self._runtime.queue.is_local():
            discard(awaitable)
            raise UsageError(
                f"{who} from another thread than its tasks'; there, use Runtime.spawn, or let a "
                "task of the group spawn"
            )
        structure = self._runtime.structure
        if structure is None:
            return self._start(awaitable, name, who)
        with structure:  # its end, on another worker, comes after it was counted
            return self._start(awaitable, name, who)

    def _start(self, awaitable: Awaitable[object], name: str | None, who: str) -> Task:
        task = self._runtime.start_task(awaitable, name, self._end, who, self.scope)
        self.alive += 1
        return task

    def _end(self, task: Task) -> None:
        """On several workers `SharedTask.finish` calls it, under the structure lock."""
        self.scope.remove_member(task)
        self._runtime.forget(task)
        self.ended(task)
        self.alive -= 1  # last: the waiter looks at it without the lock
        if self._awaited is not None and self._awaited():
            self._waiter.wake()

    async def all_done(self) -> None:
        """Wait for every child, whatever is cancelled meanwhile: they hear of it themselves."""
        if self.alive:
            with CancelScope(shield=True):
                await self.until(lambda: self.alive == 0)

    @coroutine
    def until(self, condition: Callable[[], bool]) -> Generator[Signal, None, None]:
        """Wait until `condition` holds; it is looked at after each end."""
        self._waiter = current_task()
        self._awaited = condition
        try:
            while not condition():
                yield WAIT
        finally:
            self._awaited = None
