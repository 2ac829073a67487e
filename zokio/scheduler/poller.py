"""What a poll comes to when it is no plain suspension; the same for every kind of scheduler.

Guarantees: whatever the coroutine yields, returns or raises, the task is done afterwards or has
suspended properly, and nobody else is harmed. A `KeyboardInterrupt`, `SystemExit` or the like ends
the task and is raised on: the runtime decides what follows.

The loops themselves, and the transitions of the tasks, are the subclasses': they differ in who may
touch a task's state.
"""

from __future__ import annotations

from collections.abc import Callable
from types import CoroutineType
from typing import Any, Final

from zokio.core.outcome import ABORTED, Failure
from zokio.core.poll import Ready
from zokio.core.suspend import AGAIN, WAIT
from zokio.core.task import Task
from zokio.errors import (
    Cancelled,
    NeverAwaitedError,
    NoRuntimeError,
    NotAwaitableError,
    UsageError,
)

SEND: Final = CoroutineType.send
"""A poll is `task.variables.run(SEND, task.coroutine, None)`: no bound methods for every task to
keep, and for every poll to find in memory."""

LOOPS = frozenset(
    {
        "zokio.core.tripwire",
        "zokio.scheduler.current_thread",
        "zokio.scheduler.poller",
        "zokio.scheduler.worker",
    }
)
"""The modules whose frames tell the reader of a traceback nothing."""


class Poller:
    """Ends polls. `report` is told of errors that nobody asked for."""

    __slots__ = ("_report",)

    def __init__(self, report: Callable[[str, BaseException], None]) -> None:
        self._report = report

    def _raise_cancelled(self, task: Task) -> Any:
        """Raise Cancelled at the suspension point, or run to the first one."""
        coroutine = task.coroutine
        assert coroutine is not None
        if not coroutine.cr_suspended:  # it has not begun
            return task.variables.run(SEND, coroutine, None)
        return task.variables.run(coroutine.throw, Cancelled())

    def _refuse(self, task: Task, signal: object) -> Any:
        """The coroutine yielded something foreign: say so where it did, and only once."""
        coroutine = task.coroutine
        assert coroutine is not None
        error = _foreign(task, signal)
        answer = task.variables.run(coroutine.throw, error)
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
        """The coroutine raised. Leave out the loop's frames: they tell the reader nothing."""
        if isinstance(error, BaseExceptionGroup):
            error = error.split(Cancelled)[1] or Cancelled()  # nothing else in it: as if bare
        if isinstance(error, Cancelled):
            task.finish(ABORTED)
            return
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_frame.f_globals.get("__name__") in LOOPS:
            traceback = traceback.tb_next
        failure = Failure(error.with_traceback(traceback), task.name, self._report)
        if not isinstance(error, Exception):
            failure.seen = True  # it leaves the runtime itself: that is report enough
            self._leave(error)
            task.finish(failure)
            raise error
        task.finish(failure)

    def _leave(self, error: BaseException) -> None:
        """The error is about to leave the runtime; before anybody hears of the task's end."""


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
