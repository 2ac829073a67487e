"""Planted bugs in TaskGroup.start: the hand-over, the cancelled call, who is told of what."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

STARTING = "zokio/runtime/starting.py"
CHILDREN = "zokio/runtime/children.py"

MUTANTS = (
    Mutant(
        name="a_task_starts_although_its_call_was_cancelled",
        file=STARTING,
        before="            if not self.scope.cancelled:",
        after="            if True:",
        machine="task_start",
    ),
    Mutant(
        name="an_error_is_lost_after_a_cancellation",
        file=STARTING,
        before="            if self.has_failed():\n                return",
        after="            if False:\n                return",
        machine="task_start",
    ),
    Mutant(
        name="a_cancelled_call_does_not_wait_for_its_task",
        file=STARTING,
        before="            await self.all_done()\n            if",
        after="            if",
        machine="task_start",
    ),
    Mutant(
        name="the_block_does_not_wait_for_who_starts",
        file=STARTING,
        before="    with group.held(who):",
        after="    if True:",
        machine="task_start",
    ),
    Mutant(
        name="the_group_is_not_told_of_the_end_of_who_has_started",
        file=CHILDREN,
        before="        task.on_done = to._end\n",
        after="",
        machine="task_start",
    ),
    Mutant(
        name="the_caller_is_not_told_that_it_has_started",
        file=CHILDREN,
        before="        to.alive += 1\n        self.alive -= 1\n        self.changed()",
        after="        to.alive += 1\n        self.alive -= 1",
        machine="task_start",
    ),
    Mutant(
        name="a_member_is_not_told_that_its_new_group_is_cancelled",
        file="zokio/core/cancel.py",
        before="            task.scope = to\n            task.refresh_cancel()\n            return",
        after="            task.scope = to\n            return",
        machine="task_start",
    ),
    Mutant(
        name="returning_counts_as_having_started",
        file=STARTING,
        before="        if self.is_member:\n            return self.value",
        after="        if self.is_member or isinstance(task.outcome, Ready):\n"
        "            return self.value",
        machine="task_start",
    ),
)
