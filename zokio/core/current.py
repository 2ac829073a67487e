"""What the calling thread is doing: its run queue, and the task being polled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zokio.env.threads import ThreadLocal
from zokio.errors import NoRuntimeError

if TYPE_CHECKING:
    from zokio.core.run_queue import RunQueue
    from zokio.core.task import Task
    from zokio.core.waker import Context


class _Current(ThreadLocal):
    queue: RunQueue | None = None


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
