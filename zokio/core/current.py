"""What the calling thread is doing: whose tasks it polls, and the task being polled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from zokio.env.threads import ThreadLocal
from zokio.errors import NoRuntimeError

if TYPE_CHECKING:
    from zokio.core.task import Task
    from zokio.core.waker import Context


class Polling(Protocol):
    """Whoever polls: a run queue, a worker, or all the workers of a runtime together."""

    task: Task | None
    """The task that is being polled now, by the calling thread."""


class _Current(ThreadLocal):
    queue: Polling | None = None


CURRENT = _Current()


def current_task() -> Task:
    """The task that the calling code runs in.

    Raises:
        NoRuntimeError: no task is being polled on this thread.
    """
    queue = CURRENT.queue
    task = queue.task if queue is not None else None
    if task is None:
        raise NoRuntimeError(
            "no zokio task is running on this thread; call this from an `async def` that "
            "zokio.run(...) or zokio.spawn(...) runs"
        )
    return task


def current_context() -> Context:
    """The context to poll futures with.

    Raises:
        NoRuntimeError: no task is being polled on this thread.
    """
    return current_task().poll_context()
