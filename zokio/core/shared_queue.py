"""The run queue as the rest of the kernel sees it when several workers share the tasks.

It queues nothing itself: `schedule` gives a task that has just become QUEUED to the workers
(`zokio.scheduler.multi_thread`). It holds the structure lock, under which tasks change what they
share: the tree of cancel scopes, the children of a group, the timers, the list of the living.

Guarantees: what another thread would have to inject into the queue of a single thread is done here
at once, by the caller, under the structure lock. That lock is re-entrant, so a signal handler or a
finalizer may come in between; it is taken before a task's own lock, never after.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from zokio.core.run_queue import RunQueue
from zokio.env.threads import RLock

if TYPE_CHECKING:
    from zokio.core.shared_task import SharedTask
    from zokio.core.task import Task


class SharedQueue(RunQueue):
    """One for a runtime with workers. `is_worker` tells whether the calling thread is one."""

    __slots__ = ("is_worker", "schedule", "structure")

    def __init__(
        self,
        unpark: Callable[[], None],
        schedule: Callable[[SharedTask], None],
        is_worker: Callable[[], bool],
    ) -> None:
        super().__init__(unpark)
        self.schedule = schedule
        self.is_worker = is_worker
        self.structure = RLock()

    def wake_batch(self, tasks: list[Task]) -> None:
        """Wake many; the worker which visits the reactor gathers them: see `Worker.gather`."""
        for task in tasks:
            task.wake()

    def is_local(self) -> bool:
        """Whether the calling thread is a worker."""
        return self.is_worker()

    def inject(self, work: Callable[[], None]) -> None:
        """Do it now; nothing after the close."""
        with self.structure:
            if not self.closed:
                work()

    def abandon(self) -> None:
        """In a forked child: whoever held the lock is not there any more."""
        super().abandon()
        self.structure = RLock()

    def drain_injected(self) -> None:
        """Nothing waits here."""
