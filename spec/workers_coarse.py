"""Three workers: the same machine in larger steps, so that all of its states can be seen.

What follows a step on the same thread is taken together with it where nobody else can tell the
difference but by how long a lock is held or a task is in somebody's hands: the mark of a wake and
its push, the end of a poll and the requeue, a take and the beginning of the poll, what a worker
does from the reactor's report to its release, an unpark and the bell, all places of a look.

What it adds: two thieves, two who search at once, a searcher that is not the last, a sleeper that
nobody takes out. What it leaves out: all that can come between the steps which it joins, which two
workers show in full (`workers.py`). Workers are interchangeable, and tasks that are spawned too.
"""

from __future__ import annotations

from itertools import permutations

from zokio.model import action, put

from .workers import WorkersMachine
from .workers_state import INJECTED, NOBODY, Place, Telling, Workers


class CoarseWorkers(WorkersMachine):
    """See the head of the file."""

    workers: int = 3
    at_a_glance: bool = True

    @action(
        writes=("owed", "passing", "slot", "queue", "telling"),
        reads=(
            "at",
            "hand",
            "passing",
            "telling",
            "owed",
            "done",
            "spawned",
            "slot",
            "queue",
            "displaced",
        ),
        fair=False,
    )
    def wake_inside(self, state: Workers, worker: int, task: int) -> Workers:
        """Mark it and put it in the slot."""
        state = super().wake_inside(state, worker, task)
        return self.place(state, worker) if self.can_place(state, worker) else state
