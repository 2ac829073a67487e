"""Starting tasks and yielding, for code that runs inside a runtime."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from zokio.core.current import current_task as current_task
from zokio.core.join import JoinHandle
from zokio.core.suspend import yield_now as yield_now
from zokio.errors import NoRuntimeError
from zokio.runtime.awaitable import discard
from zokio.runtime.current import current_runtime
from zokio.runtime.workers import WorkersRuntime

T = TypeVar("T")


def spawn(coroutine: Awaitable[T], *, name: str | None = None) -> JoinHandle[T]:
    """Start a task on the running runtime, which keeps it alive until it ends.

    Args:
        coroutine: what the task runs.
        name: for reports and dumps; the coroutine's qualified name if None.

    Returns:
        A handle; await it for the value or the error. Dropping it does not stop the task.

    Raises:
        NoRuntimeError: no runtime is running on this thread.
        NotAwaitableError: `coroutine` is nothing that can be awaited.
    """
    try:
        runtime = current_runtime()
    except NoRuntimeError:
        discard(coroutine)
        raise
    return runtime.spawn(coroutine, name)


def spawn_local(coroutine: Awaitable[T], *, name: str | None = None) -> JoinHandle[T]:
    """`spawn` of a task that never leaves the worker which calls this.

    For what belongs to a thread: some database connections, some graphics and C libraries. Other
    workers leave such a task alone even when its own worker is busy, so it can be late. Without
    workers every task stays on one thread, and this is `spawn`.

    Args:
        coroutine: what the task runs.
        name: for reports and dumps; the coroutine's qualified name if None.

    Raises:
        NoRuntimeError: no runtime is running on this thread.
        NotAwaitableError: `coroutine` is nothing that can be awaited.
    """
    try:
        runtime = current_runtime()
    except NoRuntimeError:
        discard(coroutine)
        raise
    if isinstance(runtime, WorkersRuntime):
        return runtime.spawn_local(coroutine, name)
    return runtime.spawn(coroutine, name)
