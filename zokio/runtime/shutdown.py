"""Shutdown: cancel every task, let it clean up, drop what is left, close everything.

Guarantees: it ends within the timeout plus the longest single poll; afterwards every task is done,
no callback of zokio runs any more, and wakes do nothing.

           RUNNING --shutdown--> CANCELLING --all done, or the time is up--> CLOSED
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zokio.core.outcome import ABORTED
from zokio.core.task import Task
from zokio.timers.deadline import deadline_after, duration_ns

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime


@dataclass(frozen=True, slots=True)
class ShutdownReport:
    """What a shutdown found."""

    cancelled: int
    """Tasks that were cancelled and ended within the time."""
    dropped: tuple[str, ...]
    """Names of tasks that did not end in time and were dropped where they stood."""
    blocking_pending: int
    """Blocking calls that still ran; Python waits for them when the process ends."""


def shut_down(runtime: Runtime, timeout: float) -> ShutdownReport:
    """See `Runtime.shutdown`."""
    if runtime.queue.closed:
        return ShutdownReport(0, (), runtime.blocking.pending)
    try:
        with runtime.entered():
            alive = len(runtime.tasks)
            try:
                _cancel_all(runtime, duration_ns(timeout))
            finally:
                dropped = _drop_all(runtime)
    finally:
        _close(runtime)
    return ShutdownReport(alive - len(dropped), dropped, runtime.blocking.pending)


def _cancel_all(runtime: Runtime, timeout_ns: int) -> None:
    runtime.closing = True
    runtime.queue.drain_injected()  # tasks spawned by other threads are cancelled too
    deadline_ns = deadline_after(runtime.reactor.now_ns(), timeout_ns)
    bell = runtime.timers.insert(deadline_ns, lambda: None)
    for task in list(runtime.tasks.values()):
        task.abort()
    runtime.run_until(lambda: not runtime.tasks or runtime.reactor.now_ns() >= deadline_ns)
    runtime.timers.cancel(bell)


def _drop_all(runtime: Runtime) -> tuple[str, ...]:
    """Close the coroutines that are left; what they raise is reported."""
    dropped = list(runtime.tasks.values())
    for task in dropped:
        _drop(runtime, task)
    return tuple(task.name for task in dropped)


def _drop(runtime: Runtime, task: Task) -> None:
    coroutine = task.coroutine
    runtime.queue.task = task  # what runs while it is closed may ask for its task
    try:
        if coroutine is not None:
            coroutine.close()
    except Exception as error:
        runtime.report(task.name, error)
    finally:
        runtime.queue.task = None
        if task.outcome is None:
            task.finish(ABORTED)


def _close(runtime: Runtime) -> None:
    queue = runtime.queue
    queue.closed = True
    queue.ready.clear()
    queue.injected.clear()
    runtime.timers.clear()
    runtime.blocking.close(wait=runtime.blocking.pending == 0)
    runtime.reactor.close()
