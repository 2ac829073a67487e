"""Shutdown: cancel every task, let it clean up, drop what is left, close everything.

Guarantees: it ends within the timeout plus the longest single poll; afterwards every task is done,
no callback of zokio runs any more, and wakes do nothing. On the main thread a SIGINT takes for the
time being up, and KeyboardInterrupt is raised when everything is closed.

           RUNNING --shutdown--> CANCELLING --all done, or the time is up--> CLOSED
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zokio.blocking.survey import survey
from zokio.core.outcome import ABORTED
from zokio.core.task import Task
from zokio.core.task_state import IDLE, QUEUED
from zokio.runtime.interrupt import Interrupts
from zokio.timers.deadline import NEVER_NS, deadline_after, duration_ns

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
    blocking_names: tuple[str, ...] = ()
    """Their names."""


class Patience:
    """How long a shutdown waits for those that clean up."""

    def __init__(self, runtime: Runtime, timeout: float) -> None:
        self._runtime = runtime
        self._timeout_ns = duration_ns(timeout)
        self.deadline_ns = NEVER_NS

    def begin(self) -> None:
        """The time runs from now on, unless it is over already."""
        now_ns = self._runtime.reactor.now_ns()
        self.deadline_ns = min(self.deadline_ns, deadline_after(now_ns, self._timeout_ns))

    def end(self) -> None:
        """The time is up."""
        self.deadline_ns = self._runtime.reactor.now_ns()

    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._runtime.reactor.now_ns() >= self.deadline_ns


def shut_down(runtime: Runtime, timeout: float) -> ShutdownReport:
    """See `Runtime.shutdown`."""
    patience = Patience(runtime, timeout)
    if runtime.queue.closed:
        return report(runtime, 0, ())
    with runtime.entered():
        ended_before = runtime.spawned - len(runtime.tasks)
        try:
            with Interrupts(runtime.queue, patience.end, runtime.reactor.bell_fd):
                try:
                    _cancel_all(runtime, patience)
                finally:
                    dropped = drop_all(runtime)
        finally:
            close(runtime)
    cancelled = runtime.spawned - ended_before - len(dropped)
    return report(runtime, cancelled, dropped)


def report(runtime: Runtime, cancelled: int, dropped: tuple[str, ...]) -> ShutdownReport:
    """What is said at the end."""
    names = tuple(call.name for call in survey(runtime.blocking).running)
    return ShutdownReport(cancelled, dropped, len(names), names)


def _queue_the_lost(runtime: Runtime) -> None:
    """A signal handler that raises may end the loop between two lines, with a task in its hands."""
    queued = set(runtime.queue.ready)
    for task in runtime.tasks.values():
        if task.state is not IDLE and task not in queued:
            task.state = QUEUED
            runtime.queue.ready.append(task)


def _cancel_all(runtime: Runtime, patience: Patience) -> None:
    runtime.closing = True
    _queue_the_lost(runtime)
    runtime.queue.drain_injected()  # tasks spawned by other threads are cancelled too
    patience.begin()
    bell = runtime.timers.insert(patience.deadline_ns, lambda: None)
    for task in list(runtime.tasks.values()):
        task.abort()
    while True:
        runtime.scheduler.poll_ready(1)  # and not many at once: the time may be up after each
        if not runtime.tasks or patience.is_over():
            break
        runtime.turn(may_wait=True)
    runtime.timers.cancel(bell)


def drop_all(runtime: Runtime) -> tuple[str, ...]:
    """Drop the tasks that are left, and those that they start on their way out."""
    dropped: list[str] = []
    way_out: BaseException | None = None
    while runtime.tasks:
        task = next(iter(runtime.tasks.values()))
        dropped.append(task.name)
        try:
            drop(runtime, task)
        except BaseException as error:  # a KeyboardInterrupt, SystemExit: the others go as well
            way_out = way_out or error
    if way_out is not None:
        raise way_out
    return tuple(dropped)


def drop(runtime: Runtime, task: Task) -> None:
    """Close the coroutine where it stands; what it raises is reported."""
    coroutine = task.coroutine
    runtime.polling.task = task  # what runs while it is closed may ask for its task
    try:
        if coroutine is not None:
            task.variables.run(coroutine.close)  # its cleanup sees the task's own context variables
    except Exception as error:
        runtime.report(task.name, error)
    finally:
        runtime.polling.task = None
        try:
            if task.outcome is None:
                task.finish(ABORTED)  # spec: drop
        finally:
            runtime.forget(task)


def close(runtime: Runtime) -> None:
    queue = runtime.queue
    queue.closed = True  # spec: close
    queue.ready.clear()
    runtime.timers.clear()
    runtime.reactor.close()
    runtime.blocking.close()
    queue.drain_injected()  # tasks that other threads spawned too late are dropped
