"""The invariants of a runtime between two steps, each an assertion with a name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zokio.core.task import Task
from zokio.core.task_state import IDLE, QUEUED

if TYPE_CHECKING:
    from zokio.runtime.runtime import Runtime


def check_runtime(runtime: Runtime) -> None:
    """See `Runtime.check_invariants`."""
    check_queue(runtime)
    for task in runtime.tasks.values():
        check_task(task)
    runtime.timers.check_invariants()
    runtime.reactor.check_invariants()


def check_queue(runtime: Runtime) -> None:
    """A task stands in the run queue once if it is QUEUED, and not at all otherwise."""
    ready = list(runtime.queue.ready)
    assert len(set(ready)) == len(ready), f"a task stands in the run queue twice: {ready}"
    for task in ready:
        assert task.state is QUEUED, f"{task!r} stands in the run queue"
        assert task.id in runtime.tasks, f"{task!r} is queued and not among the living"
    queued = [task for task in runtime.tasks.values() if task.state is QUEUED]
    assert set(queued) == set(ready), f"{queued} are QUEUED, {ready} stand in the run queue"


def check_task(task: Task) -> None:
    """What holds for every living task between two polls."""
    assert task.state is QUEUED or task.state is IDLE, f"{task!r} is alive between two polls"
    assert task.outcome is None, f"{task!r} is alive and has an outcome"
    cancelled = task.scope is not None and task.scope.cancelled
    assert task.cancel_requested is cancelled, f"{task!r} has not heard of a cancellation"
    assert not (cancelled and task.state is IDLE), f"{task!r} is cancelled and owed no poll"
    if task.root is not None:
        task.root.check_invariants()
