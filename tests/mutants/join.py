"""Planted bugs in JoinHandle, in the end of a task, and in the report of errors."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

JOIN = "zokio/core/join.py"
TASK = "zokio/core/task.py"
OUTCOME = "zokio/core/outcome.py"
POLLER = "zokio/scheduler/poller.py"

MUTANTS = (
    Mutant(
        name="only_the_first_joiner_is_woken",
        file=TASK,
        before="for number, waker in enumerate(joiners):",
        after="for number, waker in enumerate(joiners[:1]):",
        machine="join",
    ),
    Mutant(
        name="joiners_stay_registered_after_the_end",
        file=TASK,
        before="joiners, self.joiners = tuple(self.joiners or ()), None",
        after="joiners = tuple(self.joiners or ())",
        machine="join",
    ),
    Mutant(
        name="one_who_polls_twice_is_registered_twice",
        file=JOIN,
        before="        if not any(waker.will_wake(other) for other in joiners):\n",
        after="        if True:\n",
        machine="join",
    ),
    Mutant(
        name="an_awaiter_that_leaves_stays_registered",
        file=JOIN,
        before="            joiners.remove(cx.waker)",
        after="            pass",
        machine="join",
    ),
    Mutant(
        name="an_awaiter_that_leaves_takes_the_others_with_it",
        file=JOIN,
        before="            joiners.remove(cx.waker)",
        after="            joiners.clear()",
        machine="join",
    ),
    Mutant(
        name="an_error_is_reported_although_it_was_asked_for",
        file=OUTCOME,
        before="        self.seen = True\n        return self.error",
        after="        return self.error",
        machine="join",
    ),
    Mutant(
        name="an_error_is_reported_when_it_happens_and_again_when_it_is_lost",
        file=OUTCOME,
        before="        self._report = report\n",
        after="        self._report = report\n        report(task_name, error)\n",
        machine="join",
    ),
    Mutant(
        name="an_error_is_never_reported",
        file=OUTCOME,
        before="        if not self.seen:",
        after="        if self.seen:",
        machine="join",
    ),
    Mutant(
        name="an_abort_before_the_first_poll_is_forgotten",
        file=TASK,
        before="        elif self.state is not DONE:\n            self.own_root()",
        after="        elif self.state is IDLE:\n            self.own_root()",
        machine="join",
    ),
    Mutant(
        name="an_abort_from_another_thread_is_done_by_that_thread",
        file=TASK,
        before="        if not self.queue.is_local():\n            self.queue.inject(self.abort)",
        after="        if False:\n            pass",
        machine="join",
    ),
    Mutant(
        name="an_aborted_task_wakes_nobody",
        file=POLLER,
        before="            task.finish(ABORTED)\n",
        after="            task.joiners = None\n            task.finish(ABORTED)\n",
        machine="join",
    ),
)
