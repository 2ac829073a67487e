"""TaskGroup: a block whose tasks all end before the block does.

The first failure, of a child or of the block itself, cancels the rest; when all have cleaned up
the failures are raised together as an ExceptionGroup. A cancellation from outside reaches every
child directly. A child that is aborted on its own is no failure. A KeyboardInterrupt,
SystemExit or the like in the block goes on as it is; failures of tasks are then reported instead.
"""

from __future__ import annotations

from collections.abc import Awaitable
from types import TracebackType
from typing import Self, TypeVar

from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted, Failure
from zokio.core.task import Task
from zokio.errors import Cancelled, ClosedError, UsageError
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

T = TypeVar("T")


class TaskGroup:
    """`async with zokio.TaskGroup() as group: group.spawn(work())`.

    Raises, when the block is left:
        ExceptionGroup: the failures of the block and of its tasks, if there are any.
        Cancelled: the block, or a task of it, was cancelled from outside.
    """

    __slots__ = ("_children", "_closed", "_failures", "_lost", "cancel_scope")

    def __init__(self) -> None:
        self.cancel_scope = CancelScope()
        """The scope around the block and its tasks: cancel it to end them all quietly."""
        self._children: Children | None = None
        self._failures: list[Failure | Exception] = []
        self._lost = False  # a child was cancelled from outside
        self._closed = False

    def spawn(self, coroutine: Awaitable[T], *, name: str | None = None) -> JoinHandle[T]:
        """Start a task inside the group.

        Args:
            coroutine: what the task runs.
            name: for reports and dumps; the coroutine's qualified name if None.

        Raises:
            ClosedError: the block has ended.
            UsageError: the block has not begun.
        """
        if self._children is None:
            _refuse(coroutine)
            raise UsageError("TaskGroup.spawn outside of the group's block; use `async with`")
        if self._closed:
            _refuse(coroutine)
            raise ClosedError("the block of this TaskGroup has ended; spawn inside it")
        return JoinHandle(self._children.start(coroutine, name, "TaskGroup.spawn"))

    def _child_ended(self, task: Task) -> None:
        outcome = task.outcome
        if isinstance(outcome, Failure):
            self._failures.append(outcome)
            self.cancel_scope.cancel()
        elif isinstance(outcome, Aborted) and self.cancel_scope.outer_cancelled():
            self._lost = True

    async def __aenter__(self) -> Self:
        self.cancel_scope.__enter__()
        self._children = Children(self.cancel_scope, self._child_ended)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        children = self._children
        assert children is not None
        if isinstance(error, GeneratorExit):  # dropped: nothing may be awaited any more
            self._closed = True
            return self.cancel_scope.__exit__(kind, error, traceback)
        if error is not None:
            self.cancel_scope.cancel()
            if isinstance(error, Exception):
                self._failures.append(error)
        await children.all_done()
        self._closed = True
        is_way_out = error is not None and not isinstance(error, Exception | Cancelled)
        if self._failures and not is_way_out:
            self.cancel_scope.__exit__(None, None, None)
            raise self._group() from None
        if error is None and self._lost:
            error = Cancelled()
            self.cancel_scope.__exit__(Cancelled, error, None)
            raise error
        return self.cancel_scope.__exit__(kind, error, traceback)

    def _group(self) -> BaseExceptionGroup[BaseException]:
        failures, self._failures = self._failures, []  # no cycle through the traceback
        errors = [each.take() if isinstance(each, Failure) else each for each in failures]
        what = "failure" if len(errors) == 1 else "failures"
        return BaseExceptionGroup(f"TaskGroup: {len(errors)} {what}", errors)


def _refuse(coroutine: Awaitable[object]) -> None:
    """It will never run: close it, so that Python does not warn as well."""
    close = getattr(coroutine, "close", None)
    if close is not None:
        close()
