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

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted, Failure
from zokio.core.task import Task
from zokio.errors import Cancelled, UsageError
from zokio.runtime.awaitable import discard
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope
from zokio.runtime.starting import start_in

T = TypeVar("T")


class TaskGroup:
    """`async with zokio.TaskGroup() as group: group.spawn(work())`.

    Raises, when the block is left:
        ExceptionGroup: the failures of the block and of its tasks, if there are any.
        Cancelled: the block, or a task of it, was cancelled from outside.
    """

    __slots__ = ("_members", "cancel_scope")

    def __init__(self) -> None:
        self.cancel_scope = CancelScope()
        """The scope around the block and its tasks: cancel it to end them all quietly."""
        self._members: Members | None = None

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
        if self._members is None:
            discard(coroutine)
            raise _outside("TaskGroup.spawn")
        return JoinHandle(self._members.start(coroutine, name, "TaskGroup.spawn"))

    # Any: what a function says when it has started is between it and its caller.
    async def start(
        self, function: Callable[..., Awaitable[object]], *args: object, name: str | None = None
    ) -> Any:
        """Start a task and wait until it says that it is ready, as trio's `nursery.start`.

        `function(*args, task_status=...)` is called; when what it returns calls
        `task_status.started(value)`, the task becomes a child of the group and the value is
        returned. Until then it belongs to the caller: it is cancelled with the caller, who waits
        for its end, and its error is the caller's. The block does not end while a task is starting.

        Cancelled after the task has started, the call raises `Cancelled` and the task stays in the
        group. A value for a call that is being cancelled is dropped with the task, which ends.

        Args:
            function: takes `args` and a keyword `task_status`; see `TaskStatus`.
            name: for reports and dumps; the coroutine's qualified name if None.

        Returns:
            What was given to `started`.

        Raises:
            Exception: what the task raised before it had started, also when the call was cancelled.
            UsageError: the task returned before it had started, or the block has not begun.
            AbortedError: the task aborted itself before it had started.
            ClosedError: the block has ended.
        """
        if self._members is None:
            raise _outside("TaskGroup.start")
        return await start_in(self._members, function, args, name)

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
            members.closed = True
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


def _outside(who: str) -> UsageError:
    return UsageError(f"{who} outside of the group's block; use `async with`")


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
