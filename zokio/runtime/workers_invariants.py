"""The invariants of a runtime with workers, when all of them sleep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zokio.core.task_state import IDLE
from zokio.errors import UsageError
from zokio.runtime.guest import Guest
from zokio.runtime.invariants import check_task

if TYPE_CHECKING:
    from zokio.runtime.workers import WorkersRuntime


def check_workers_runtime(runtime: WorkersRuntime) -> None:
    """See `WorkersRuntime.check_invariants`."""
    if runtime.together.here() is not None:
        raise UsageError(
            "check_invariants() in a task of a runtime with workers: it waits until every worker "
            "sleeps; call it from another thread, between two block_ons"
        )
    if runtime.has_started and not runtime.queue.closed:
        _wait_for_rest(runtime)
    with runtime.shared.structure:
        _check_queues(runtime)
        for task in runtime.tasks.values():
            assert task.state is IDLE, f"every worker sleeps, and {task!r} is owed a poll"
            check_task(task)
        runtime.timers.check_invariants()
        runtime.reactor.check_invariants()


def _wait_for_rest(runtime: WorkersRuntime) -> None:
    """Until every worker has announced that it sleeps."""
    guest = Guest()
    runtime.guests.add(guest)
    try:
        while runtime.together.idle.sleepers != runtime.together.everybody:
            guest.park()
    finally:
        runtime.guests.remove(guest)


def _check_queues(runtime: WorkersRuntime) -> None:
    """Nothing stands anywhere, and nobody searches."""
    together = runtime.together
    assert not together.injection.tasks, f"every worker sleeps beside {together.injection.tasks}"
    for worker in together.workers:
        assert not len(worker.queue), f"every worker sleeps beside the queue of {worker.number}"
        assert worker.task is None, f"worker {worker.number} sleeps and polls {worker.task!r}"
    if runtime.has_started and not runtime.queue.closed:
        together.idle.check_invariants(len(together.workers))
