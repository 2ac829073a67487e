"""TaskGroup: a block whose tasks all end before the block does.

The first failure, of a child or of the block itself, cancels the rest; when all have cleaned up
the failures are raised together as an ExceptionGroup. A cancellation from outside reaches every
child directly, and a child that it has ended cancels the group for good. A child that is just
aborted on its own is no failure.

A KeyboardInterrupt, SystemExit or the like in the block goes on as it is; failures of tasks are
then reported instead. One in a child leaves the runtime by itself, and Cancelled leaves the block.

Only a block that is dropped (its coroutine is closed) cannot wait: its tasks are cancelled and end
when they are polled.
"""

from __future__ import annotations

from collections.abc import Awaitable
from types import TracebackType
from typing import Self, TypeVar

from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted, Failure
from zokio.core.task import Task
from zokio.errors import Cancelled, ClosedError, UsageError
from zokio.runtime.awaitable import discard
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

T = TypeVar("T")


class TaskGroup:
    """`async with zokio.TaskGroup() as group: group.spawn(work())`.

    Raises, when the block is left:
        ExceptionGroup: the failures of the block and of its tasks, if there are any.
        Cancelled: the block, or a task of it, was cancelled from outside.
    """

    __slots__ = ("_closed", "_members", "cancel_scope")

    def __init__(self) -> None:
        self.cancel_scope = CancelScope()
        """The scope around the block and its tasks: cancel it to end them all quietly."""
        self._members: Members | None = None
        self._closed = False

    def spawn(self, coroutine: Awaitable[T], *, name: str | None = None) -> JoinHandle[T]:
        """Start a task inside the group.

        Args:
            coroutine: what the task runs.
            name: for reports and dumps; the coroutine's qualified name if None.

        Raises:
            ClosedError: the block has ended.
            UsageError: the block has not begun, or another thread runs it.
            NotAwaitableError: `coroutine` is nothing that can be awaited.
        """
        if self._closed:
            discard(coroutine)
            raise ClosedError("the block of this TaskGroup has ended; spawn inside it")
        if self._members is None:
            discard(coroutine)
            raise UsageError("TaskGroup.spawn outside of the group's block; use `async with`")
        return JoinHandle(self._members.start(coroutine, name, "TaskGroup.spawn"))

    async def __aenter__(self) -> Self:
        self.cancel_scope.__enter__()
        self._members = Members(self.cancel_scope)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        members = self._members
        assert members is not None
        if error is not None:
            self.cancel_scope.cancel()
            members.note(error)
        try:
            if not isinstance(error, GeneratorExit):  # nothing may be awaited any more
                await members.all_done()
        except GeneratorExit:
            self.cancel_scope.cancel()
            self.cancel_scope.__exit__(None, None, None)
            raise
        finally:
            self._closed = True
        return self._leave(members, kind, error, traceback)

    def _leave(
        self,
        members: Members,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        """Every member has ended: raise what is to be raised; whether `error` is caught."""
        if members.failures and not members.is_way_out:
            self.cancel_scope.__exit__(None, None, None)
            raise members.group() from None
        if error is not None:
            caught = self.cancel_scope.__exit__(kind, error, traceback)
            return caught and not members.has_left
        lost = Cancelled if members.is_lost else None
        caught = self.cancel_scope.__exit__(lost, lost and lost(), None)
        if members.has_left or (members.is_lost and not caught):
            raise Cancelled
        return False


class Members(Children):
    """The tasks of a group, and what failed in it."""

    __slots__ = ("failures", "has_left", "is_lost", "is_way_out")

    def __init__(self, scope: CancelScope) -> None:
        super().__init__(scope)
        self.failures: list[Failure | Exception] = []
        self.is_way_out = False
        """A KeyboardInterrupt or the like is leaving the block."""
        self.has_left = False
        """A SystemExit or the like of a member has left the runtime."""
        self.is_lost = False
        """A member was ended by a cancellation, and not just by its own abort."""

    def note(self, error: BaseException) -> None:
        """The block has raised this. A Cancelled is no failure, also not one in a group."""
        rest: BaseException | None = error
        if isinstance(error, BaseExceptionGroup):
            rest = error.split(Cancelled)[1]
        if isinstance(rest, Exception):
            self.failures.append(rest)
        else:
            self.is_way_out = not isinstance(rest, Cancelled | None)

    def ended(self, task: Task) -> None:
        """See `Children.ended`."""
        outcome = task.outcome
        if isinstance(outcome, Failure):
            if isinstance(outcome.error, Exception):
                self.failures.append(outcome)
            else:
                self.has_left = True
            self.scope.cancel()
        elif isinstance(outcome, Aborted) and not self._was_aborted_alone(task):
            self.is_lost = True
            self.scope.cancel()  # for good, also if a shield is raised now

    def _was_aborted_alone(self, task: Task) -> bool:
        aborted = task.root is not None and task.root.cancel_called
        return aborted and not self.scope.outer_cancelled()

    def group(self) -> BaseExceptionGroup[BaseException]:
        """The failures, in the order in which they came."""
        failures, self.failures = self.failures, []  # no cycle through the traceback
        errors = [each.take() if isinstance(each, Failure) else each for each in failures]
        what = "failure" if len(errors) == 1 else "failures"
        return BaseExceptionGroup(f"TaskGroup: {len(errors)} {what}", errors)
