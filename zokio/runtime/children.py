"""Children: tasks that live inside one scope, and are waited for as one.

Guarantees: cancelling the scope cancels every child; `all_done` returns only when every child has
ended and cleaned up, whatever is cancelled meanwhile. What their results mean is up to the owner,
a subclass that is told of each end. Any number of tasks may wait for what the owner promises.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import coroutine

from zokio.core.current import current_task
from zokio.core.suspend import WAIT, Signal
from zokio.core.task import Task
from zokio.errors import ClosedError, UsageError
from zokio.runtime.awaitable import discard
from zokio.runtime.current import current_runtime
from zokio.runtime.scope import CancelScope


class Children:
    """The living children of one scope."""

    __slots__ = ("_runtime", "_waiting", "alive", "closed", "guard", "scope")

    def __init__(self, scope: CancelScope) -> None:
        self.scope = scope
        self.alive = 0
        """How many have not ended, and how many are promised by `held`."""
        self.closed = False
        """All have ended, and there will be no others."""
        self._waiting: dict[Task, Callable[[], bool]] = {}
        self._runtime = current_runtime()
        self.guard: AbstractContextManager[object] = self._runtime.structure or nullcontext()
        """On several workers, whoever changes what is here does it under the structure lock."""

    def ended(self, task: Task) -> None:
        """A child has ended; what that means is up to the subclass."""

    def start(self, awaitable: Awaitable[object], name: str | None, who: str) -> Task:
        """A new child.

        Raises:
            ClosedError: the block has ended.
            UsageError: called from a thread that does not run the scope's tasks.
            NotAwaitableError: `awaitable` is nothing that can be awaited.
        """
        try:
            self.check_local(who)
            with self.guard:  # its end, on another worker, comes after it was counted
                self._check_open(who)
                return self._start(awaitable, name, who)
        except (ClosedError, UsageError):
            discard(awaitable)
            raise

    def check_local(self, who: str) -> None:
        """Raise UsageError if the calling thread runs no tasks of this runtime."""
        if not self._runtime.queue.is_local():
            raise UsageError(
                f"{who} from another thread than its tasks'; there, use Runtime.spawn, or let a "
                "task of the group spawn"
            )

    def _check_open(self, who: str) -> None:
        if self.closed:
            raise ClosedError(f"{who}: the block has ended; spawn inside it")

    def _start(self, awaitable: Awaitable[object], name: str | None, who: str) -> Task:
        task = self._runtime.start_task(awaitable, name, self._end, who, self.scope)
        self.alive += 1
        return task

    def _end(self, task: Task) -> None:
        """On several workers `SharedTask.finish` calls it, under the structure lock."""
        self.scope.remove_member(task)
        self._runtime.forget(task)
        self.ended(task)
        self.alive -= 1  # last: whoever waits looks at it without the lock
        if self._waiting:
            self.changed()

    def hand_over(self, task: Task, to: Children) -> None:
        """A living child becomes one of `to`. Under the guard."""
        self.scope.move_member(task, to.scope)
        task.on_done = to._end
        to.alive += 1
        self.alive -= 1
        self.changed()

    @contextmanager
    def held(self, who: str) -> Iterator[None]:
        """Inside the block a child may still come: so long not all are done.

        Raises:
            ClosedError: all are done, and whoever waited for that has gone on.
        """
        with self.guard:
            self._check_open(who)
            self.alive += 1
        try:
            yield
        finally:
            with self.guard:
                self.alive -= 1
                self.changed()

    async def all_done(self) -> None:
        """Wait for every child, whatever is cancelled meanwhile: they hear of it themselves.

        Afterwards no child can be started.
        """
        while not self._close():
            with CancelScope(shield=True):
                await self.until(lambda: self.alive == 0)

    async def end_all(self, error: BaseException | None) -> None:
        """Leave the scope's block: cancel every child, and wait for it unless `error` forbids that.

        Whatever the block has raised goes on as it is.
        """
        self.scope.cancel()
        try:
            if not isinstance(error, GeneratorExit):  # dropped: nothing may be awaited any more
                await self.all_done()
        finally:
            self.closed = True
            self.scope.__exit__(None, None, None)

    def _close(self) -> bool:
        with self.guard:
            if self.alive == 0:
                self.closed = True
            return self.closed

    def changed(self) -> None:
        """Wake those whose condition has come true."""
        for task, condition in list(self._waiting.items()):
            if condition():
                task.wake()

    @coroutine
    def until(self, condition: Callable[[], bool]) -> Generator[Signal, None, None]:
        """Wait until `condition` holds; it is looked at after each change."""
        task = current_task()
        # First: whoever changes something after we have looked finds us.
        self._waiting[task] = condition
        try:
            while not condition():
                yield WAIT
        finally:
            del self._waiting[task]
