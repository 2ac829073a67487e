"""The current-thread scheduler: polls ready tasks first in, first out, on the calling thread.

Guarantees: a task is polled only when it is QUEUED, by one thread, and stands in the queue exactly
once; a wake during a poll leads to one more poll; a task that fails never harms another one. After
`limit` polls the loop returns, so that the reactor and other threads' work are visited: a woken
task waits for at most the tasks before it, and for one visit every `limit` polls.

A `KeyboardInterrupt`, `SystemExit` or the like that leaves a task ends the task with it and leaves
`poll_ready` too: the runtime decides what follows. The loop neither waits nor knows the time.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CoroutineType
from typing import Any

from zokio.core.outcome import ABORTED, Failure
from zokio.core.poll import Ready
from zokio.core.run_queue import RunQueue
from zokio.core.suspend import AGAIN, WAIT
from zokio.core.task import Task
from zokio.core.task_state import IDLE, QUEUED, RUNNING, RUNNING_WOKEN
from zokio.errors import (
    Cancelled,
    InternalError,
    NeverAwaitedError,
    NoRuntimeError,
    NotAwaitableError,
    UsageError,
)


class CurrentThread:
    """Polls the tasks of one run queue. `report` is told of errors that nobody asked for."""

    __slots__ = ("_report", "polls", "queue")

    def __init__(self, queue: RunQueue, report: Callable[[str, BaseException], None]) -> None:
        self.queue = queue
        self.polls = 0
        self._report = report

    def poll_ready(self, limit: int) -> int:
        """Poll ready tasks, `limit` at most; how many were polled.

        Written flat, since this is the loop that every await goes through; the comments name the
        transitions of `zokio.core.task_state`.
        """
        queue = self.queue
        ready = queue.ready
        popleft = ready.popleft
        append = ready.append
        wait, again = WAIT, AGAIN
        polled = 0
        try:
            while polled < limit and ready:
                task = popleft()
                polled += 1
                if task.state is not QUEUED:
                    raise InternalError(f"{task!r} stood in the run queue; expected QUEUED")
                task.state = RUNNING  # spec: begin_poll
                queue.task = task
                try:
                    if task.cancel_requested:
                        signal = self._poll_cancelled(task)
                    else:
                        signal = task.run(task.send, None)
                    if signal is not wait and signal is not task and signal is not again:
                        signal = self._refuse(task, signal)
                except StopIteration as stop:
                    self._end_ready(task, stop.value)  # spec: end_ready/end_error
                except BaseException as error:
                    self._end_failed(task, error)  # spec: end_ready/end_error
                else:
                    if signal is again or task.state is RUNNING_WOKEN:
                        task.state = QUEUED  # spec: end_pending/end_again
                        append(task)
                    else:
                        task.state = IDLE  # spec: end_pending/end_again
        finally:
            queue.task = None
            self.polls += polled
        return polled

    def _poll_cancelled(self, task: Task) -> Any:
        """Raise Cancelled at the suspension point, or run to the first one.

        Cancellation is a level and not an edge: the task is owed another poll, in which it is
        raised again, until it has left the cancelled scope.
        """
        task.state = RUNNING_WOKEN  # spec: wake_inside
        coroutine = task.coroutine
        assert coroutine is not None
        if not coroutine.cr_suspended:  # it has not begun
            return task.run(task.send, None)
        return task.run(coroutine.throw, Cancelled())

    def _refuse(self, task: Task, signal: object) -> Any:
        """The coroutine yielded something foreign: say so where it did, and only once."""
        coroutine = task.coroutine
        assert coroutine is not None
        error = _foreign(task, signal)
        answer = task.run(coroutine.throw, error)
        if answer is WAIT or answer is AGAIN or answer is task:
            return answer
        coroutine.close()
        raise error

    def _end_ready(self, task: Task, value: object) -> None:
        if type(value) is CoroutineType:
            value.close()
            error = NeverAwaitedError(
                f"task {task.id} ({task.name}) returned the coroutine {value.__qualname__}, which "
                "nobody awaited; write `return await ...`"
            )
            task.finish(Failure(error, task.name, self._report))
        else:
            task.finish(Ready(value))

    def _end_failed(self, task: Task, error: BaseException) -> None:
        """The coroutine raised. Leave out this file's frames: they tell the reader nothing."""
        if isinstance(error, BaseExceptionGroup):
            error = error.split(Cancelled)[1] or Cancelled()  # nothing else in it: as if bare
        if isinstance(error, Cancelled):
            task.finish(ABORTED)
            return
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_frame.f_globals is globals():
            traceback = traceback.tb_next
        failure = Failure(error.with_traceback(traceback), task.name, self._report)
        if not isinstance(error, Exception):
            failure.seen = True  # it leaves the runtime itself: that is report enough
            task.finish(failure)
            raise error
        task.finish(failure)


def _foreign(task: Task, signal: object) -> UsageError:
    """What to say to a task that yielded something which is not its own."""
    if isinstance(signal, Task):
        return NoRuntimeError(
            f"task {task.id} ({task.name}) waited for something that belongs to a runtime that is "
            "not running this code; use a stream in the runtime which opened it"
        )
    return NotAwaitableError(
        f"task {task.id} ({task.name}) awaited something that belongs to another runtime: "
        f"it yielded {signal!r}; await zokio's own operations in a zokio task"
    )
