"""What a runtime with workers puts in the place of things that belong to one thread.

Each asks which worker the calling thread is: the budget is that worker's, and so is the task that
is being polled.
"""

from __future__ import annotations

from zokio.core.budget import Budget
from zokio.core.task import Task
from zokio.metrics import WorkerMetrics
from zokio.scheduler.multi_thread import MultiThread
from zokio.scheduler.worker import Worker


class SharedPolling:
    """See `zokio.core.current.Polling`: all the workers of a runtime together."""

    __slots__ = ("_together",)

    def __init__(self, together: MultiThread) -> None:
        self._together = together

    @property
    def task(self) -> Task | None:
        """The task that the calling thread polls now, if it is one of the workers."""
        worker = self._together.here()
        return None if worker is None else worker.task

    @task.setter
    def task(self, task: Task | None) -> None:
        worker = self._together.here()
        if worker is not None:
            worker.task = task


class SharedBudget:
    """See `zokio.core.budget.Budget`: each worker has one."""

    __slots__ = ("_elsewhere", "_together")

    def __init__(self, together: MultiThread, size: int) -> None:
        self._together = together
        self._elsewhere = Budget(size)  # of whoever reads in a finalizer, on another thread

    def _here(self) -> Budget:
        worker = self._together.here()
        return self._elsewhere if worker is None else worker.budget

    @property
    def left(self) -> int:
        """What the calling worker has left."""
        return self._here().left

    @left.setter
    def left(self, left: int) -> None:
        self._here().left = left

    def spend(self) -> bool:
        """See `Budget.spend`."""
        return self._here().spend()


def measure_worker(worker: Worker) -> WorkerMetrics:
    """What one worker has done so far."""
    return WorkerMetrics(
        polls=worker.polls,
        steals=worker.steals,
        stolen_tasks=worker.stolen,
        slot_hits=worker.queue.slot_hits,
        slot_capped=worker.queue.slot_capped,
        batches=worker.batches,
        batched_tasks=worker.batched,
        injected_taken=worker.injected_taken,
        injected_first=worker.injected_first,
        searches=worker.searches,
        searches_refused=worker.searches_refused,
        parks=worker.parks,
        unparks=worker.unparks,
        turns=worker.turns,
        ready_length=len(worker.queue),
    )
