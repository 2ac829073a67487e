"""Children: tasks that live inside one scope, and are waited for as one.

Guarantees: cancelling the scope cancels every child; `all_done` returns only when every child has
ended and cleaned up, whatever is cancelled meanwhile. What their results mean is up to the owner,
who is told of each end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from types import coroutine

from zokio.core.current import current_task
from zokio.core.task import Task
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope


class Children:
    """The living children of one scope; `on_end` is called with each child that has ended."""

    __slots__ = ("_awaited", "_on_end", "_parent", "_runtime", "alive", "scope")

    def __init__(self, scope: CancelScope, on_end: Callable[[Task], None]) -> None:
        self.scope = scope
        self.alive = 0
        self._awaited: Callable[[], bool] | None = None
        self._on_end = on_end
        self._runtime = current_runtime()
        self._parent = current_task()

    def start(self, awaitable: Awaitable[object], name: str | None, who: str) -> Task:
        """A new child."""
        task = self._runtime.start_task(awaitable, name, self._end, who)
        self.alive += 1
        self.scope.add_member(task)
        return task

    def _end(self, task: Task) -> None:
        self.scope.remove_member(task)
        self._runtime.forget(task)
        self.alive -= 1
        self._on_end(task)
        if self._awaited is not None and self._awaited():
            self._parent.wake()

    async def all_done(self) -> None:
        """Wait for every child, whatever is cancelled meanwhile: they hear of it themselves."""
        if self.alive:
            with CancelScope(shield=True):
                await self.until(lambda: self.alive == 0)

    @coroutine
    def until(self, condition: Callable[[], bool]) -> Generator[None, None, None]:
        """Wait until `condition` holds; it is looked at after each end."""
        self._awaited = condition
        try:
            while not condition():
                yield
        finally:
            self._awaited = None
