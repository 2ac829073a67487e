"""Planted bugs in the task, its waker and the poll loop."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

TASK = "zokio/core/task.py"
LOOP = "zokio/scheduler/current_thread.py"

MUTANTS = (
    Mutant(
        name="a_wake_during_a_poll_is_forgotten",
        file=TASK,
        before="            self.state = RUNNING_WOKEN",
        after="            pass",
        machine="task",
    ),
    Mutant(
        name="a_wake_during_a_poll_queues_the_task_at_once",
        file=TASK,
        before="            self.state = RUNNING_WOKEN",
        after="            queue.ready.append(self)",
        machine="task",
    ),
    Mutant(
        name="a_wake_of_a_queued_task_queues_it_twice",
        file=TASK,
        before="        elif self.state is IDLE:",
        after="        elif self.state is IDLE or self.state is QUEUED:",
        machine="task",
    ),
    Mutant(
        name="a_wake_revives_a_done_task",
        file=TASK,
        before="        elif self.state is IDLE:",
        after="        elif self.state is IDLE or self.state is DONE:",
        machine="task",
    ),
    Mutant(
        name="the_end_of_a_poll_does_not_look_whether_it_was_woken",
        file=LOOP,
        before="                    if signal is again or task.state is RUNNING_WOKEN:",
        after="                    if signal is again:",
        machine="task",
    ),
    Mutant(
        name="whoever_yields_is_never_polled_again",
        file=LOOP,
        before="                    if signal is again or task.state is RUNNING_WOKEN:",
        after="                    if task.state is RUNNING_WOKEN:",
        machine="task",
    ),
    Mutant(
        name="the_newest_task_is_polled_first",
        file=LOOP,
        before="        popleft = ready.popleft",
        after="        popleft = ready.pop",
        machine="task",
    ),
    Mutant(
        name="the_outcome_is_dropped",
        file=TASK,
        before="self.outcome = outcome",
        after="self.outcome = None",
        machine="task",
    ),
)
