"""TaskGroup.start: a task that says when it is ready, and belongs to its caller until then.

    start ---> STARTING --started(value)--> a child of the group like any other
                  |
                  +--value, error, abort--> the caller is told

Guarantees: until `started` the task is cancelled with the caller, who goes on only when it has
ended, and its error is the caller's and not the group's; an error in its cleanup is not lost when
the caller was cancelled. From `started` on it is the group's alone. The change is one step.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol, TypeVar

from zokio.core.join import JoinHandle
from zokio.core.outcome import Failure
from zokio.core.poll import Ready
from zokio.core.task import Task
from zokio.core.task_state import DONE
from zokio.errors import Cancelled, UsageError
from zokio.runtime.children import Children
from zokio.runtime.scope import CancelScope

T_contra = TypeVar("T_contra", contravariant=True)


class TaskStatus(Protocol[T_contra]):
    """What a function that is started by `TaskGroup.start` gets as `task_status`."""

    def started(self, value: T_contra = ..., /) -> None:
        """The task is ready; `value` is what `TaskGroup.start` returns. Once.

        Raises:
            UsageError: called twice, after the task has ended, or from another thread.
        """
        ...


class _Ignored:
    """See `TASK_STATUS_IGNORED`."""

    __slots__ = ()

    def started(self, value: object = None, /) -> None:
        """Nobody asked."""

    def __repr__(self) -> str:
        return "TASK_STATUS_IGNORED"


TASK_STATUS_IGNORED: Final = _Ignored()
"""The default of a parameter `task_status`, so that the function can also be just spawned."""


class _Starting(Children):
    """A task which is starting, and its caller, who waits."""

    __slots__ = ("_group", "_has_called", "is_member", "task", "value")

    def __init__(self, scope: CancelScope, group: Children) -> None:
        super().__init__(scope)
        self._group = group
        self._has_called = False
        self.task: Task | None = None
        self.is_member = False
        self.value: object = None

    def _start(self, awaitable: Awaitable[object], name: str | None, who: str) -> Task:
        self.task = super()._start(awaitable, name, who)  # under the guard, before it can run
        return self.task

    def started(self, value: object = None, /) -> None:
        """See `TaskStatus.started`."""
        self.check_local("task_status.started")
        with self.guard:
            assert self.task is not None
            if self._has_called:
                raise UsageError(f"{self.task!r} has called started() already; call it once")
            if self.task.state is DONE:
                raise UsageError(f"{self.task!r} has ended; it is too late for started()")
            self._has_called = True
            if not self.scope.cancelled:  # or it is about to end with its caller
                self.is_member, self.value = True, value
                self.hand_over(self.task, self._group)

    async def run(self) -> None:
        """Wait until the task has started or ended."""
        try:
            await self.until(lambda: self.alive == 0)
        except GeneratorExit:  # dropped: nothing may be awaited any more
            self.scope.cancel()
            raise
        except BaseException:
            self.scope.cancel()  # for good, also if a shield is raised now
            await self.all_done()
            if self.has_failed():
                return  # the error is told instead, see `result`
            raise

    def has_failed(self) -> bool:
        """Whether the task has ended with an error that is the caller's."""
        failed = self.task is not None and isinstance(self.task.outcome, Failure)
        return failed and not self.is_member

    def result(self) -> object:
        """What the caller gets."""
        task = self.task
        assert task is not None
        if self.is_member:
            return self.value
        if isinstance(task.outcome, Ready):
            raise UsageError(
                f"{task!r} returned before it had called task_status.started(); call it when the "
                "task is ready, or use TaskGroup.spawn"
            )
        return JoinHandle[object](task).result()  # raises


# Any: see `TaskGroup.start`.
async def start_in(
    group: Children,
    function: Callable[..., Awaitable[object]],
    args: tuple[object, ...],
    name: str | None,
) -> Any:
    """See `TaskGroup.start`."""
    who = "TaskGroup.start"
    with group.held(who):
        with CancelScope() as scope:
            starting = _Starting(scope, group)
            starting.start(function(*args, task_status=starting), name, who)
            await starting.run()
        if scope.cancelled_caught:  # the cancellation came from outside, which a shield now hides
            raise Cancelled
        return starting.result()
