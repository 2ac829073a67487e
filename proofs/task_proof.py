"""Task and waker, any number of tasks and of pollers: one poller at the most, no wake is lost.

All safety properties of `spec/task.py`, by induction. One lemma is needed beside them.
"""

from __future__ import annotations

from proofs.symbolic.induction import AtLeast, Subject
from spec.task import Task, TaskMachine
from zokio.model import always


class TaskLemmas(TaskMachine):
    """The machine of `spec/task.py` with what the induction needs besides its own properties."""

    @always
    def lemma_nothing_before_its_spawn(self, state: Task) -> bool:
        return all(
            state.spawned[task] or not (state.owed[task] or state.done[task] or state.polling[task])
            for task in range(self.tasks)
        )

    @always
    def lemma_only_tasks_are_queued(self, state: Task) -> bool:
        return all(task >= 0 and task < self.tasks for task in state.queue)


PROVED = (
    "polled_by_at_most_one",
    "never_polled_when_done",
    "never_polled_unless_owed",
    "owed_stands_in_one_queue_or_is_polled",
    "wakes_coalesce",
    "a_wake_of_a_done_task_changes_nothing",
    "done_means_its_outcome_stands",
)
NOT_PROVED: dict[str, str] = {
    "as_many_poll_as_may": "needs a sum over any number of tasks, which the proof does not form",
    "first_come_first_served": "needs the order of the queue, of which the proof knows the first",
    "every_end_ends_a_poll": "compares sums over any number of tasks before and after a step",
}

SUBJECT = Subject(
    machine=TaskLemmas,
    state=Task,
    vectors=dict.fromkeys(("spawned", "owed", "polling", "done", "outcome"), "tasks"),
    parameters={"task": "tasks"},
    constants={"tasks": AtLeast(1), "pollers": AtLeast(1)},
    claims=(*PROVED, "lemma_nothing_before_its_spawn", "lemma_only_tasks_are_queued"),
)
