"""JoinHandle: the side of a task that others hold. Await it for the task's result."""

from __future__ import annotations

from typing import Generic, TypeVar, cast

from zokio.core.future import Future
from zokio.core.outcome import Failure
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.task import Outcome, Task, TaskId
from zokio.core.task_state import DONE
from zokio.core.waker import Context, Waker
from zokio.errors import AbortedError, UsageError

T_co = TypeVar("T_co", covariant=True)


class JoinHandle(Future[T_co], Generic[T_co]):
    """Await it for the task's value, or for its error with the task's own traceback.

    Any number of tasks may await it, at any time, any number of times. Cancelling whoever awaits
    it does not touch the task; dropping the handle does not either.

    Raises, when awaited:
        AbortedError: the task was aborted or cancelled.
        UsageError: a task awaits itself.
    """

    __slots__ = ("_task",)

    def __init__(self, task: Task) -> None:
        self._task = task

    @property
    def id(self) -> TaskId:
        """The task's number, unique in its runtime, in the order of creation."""
        return self._task.id

    @property
    def name(self) -> str:
        """The name given to `spawn`, or the coroutine's qualified name."""
        return self._task.name

    def abort(self) -> None:
        """Cancel the task. From any thread; nothing if it is done.

        The task sees `Cancelled` at its suspension point and cleans up. Await the handle to wait
        for that: it then raises AbortedError, unless the task ended in another way.
        """
        self._task.abort()

    def is_finished(self) -> bool:
        """Whether the task has ended, in whichever way."""
        return self._task.state is DONE

    def poll(self, cx: Context) -> Poll[T_co]:
        """See `Future.poll`."""
        outcome = self._task.outcome
        if outcome is None:
            self._register(cx.waker)
            outcome = self._task.outcome  # it may have ended on another thread meanwhile
            if outcome is None:
                return PENDING
        return self._answer(outcome)

    def result(self) -> T_co:
        """The result of a task that has ended; raises what awaiting it would raise.

        Raises:
            UsageError: the task has not ended.
        """
        outcome = self._task.outcome
        if outcome is None:
            raise UsageError(f"task {self.id} ({self.name}) has not ended; await it")
        return self._answer(outcome).value

    def _answer(self, outcome: Outcome) -> Ready[T_co]:
        if isinstance(outcome, Ready):
            return cast(Ready[T_co], outcome)
        if isinstance(outcome, Failure):
            raise outcome.take()
        raise AbortedError(
            f"task {self.id} ({self.name}) was cancelled before it had a result; catch "
            "AbortedError where you await it if that is expected"
        )

    def _register(self, waker: Waker) -> None:
        task = self._task
        if task.will_wake(waker):
            raise UsageError(
                f"task {self.id} ({self.name}) awaits itself and would wait for ever; "
                "await the handle in another task"
            )
        joiners = task.joiners
        if joiners is None:
            joiners = task.joiners = []
        if not any(waker.will_wake(other) for other in joiners):
            joiners.append(waker)

    def close(self, cx: Context) -> None:
        """See `Future.close`."""
        joiners = self._task.joiners
        if joiners is not None and cx.waker in joiners:
            joiners.remove(cx.waker)

    def __repr__(self) -> str:
        return f"<JoinHandle of {self._task!r}>"
