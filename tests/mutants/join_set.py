"""Planted bugs in JoinSet, and in the children that it is made of."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

JOIN_SET = "zokio/runtime/join_set.py"
CHILDREN = "zokio/runtime/children.py"

MUTANTS = (
    Mutant(
        name="the_last_that_ended_is_given_first",
        file=JOIN_SET,
        before="self._crew.finished.popleft()",
        after="self._crew.finished.pop()",
        machine="join_set",
    ),
    Mutant(
        name="a_result_is_taken_before_the_wait",
        file=JOIN_SET,
        before="        while (handle := self.try_join_next()) is None and len(self):\n",
        after="        handle = self.try_join_next()\n        if handle is None and len(self):\n",
        machine="join_set",
    ),
    Mutant(
        name="only_results_wake_and_not_that_the_set_is_empty",
        file=JOIN_SET,
        before="        return bool(self.finished) or self.alive == 0",
        after="        return bool(self.finished)",
        machine="join_set",
    ),
    Mutant(
        name="what_nobody_took_is_kept_when_the_block_is_left",
        file=JOIN_SET,
        before="            self.finished.clear()",
        after="            pass",
        machine="join_set",
    ),
    Mutant(
        name="abort_all_forgets_one",
        file=JOIN_SET,
        before="            for task in tasks:",
        after="            for task in tasks[1:]:",
        machine="join_set",
    ),
    Mutant(
        name="the_block_leaves_children_behind",
        file=CHILDREN,
        before="                await self.all_done()\n        finally:\n",
        after="                pass\n        finally:\n",
        machine="join_set",
    ),
    Mutant(
        name="an_end_wakes_only_the_first_of_those_who_wait",
        file=CHILDREN,
        before="            if condition():\n                task.wake()\n",
        after="            if condition():\n                task.wake()\n                return\n",
        machine="join_set",
    ),
    Mutant(
        name="who_waits_is_told_before_the_child_is_counted_out",
        file=CHILDREN,
        before="        self.alive -= 1  # last: whoever waits looks at it without the lock\n"
        "        if self._waiting:\n            self.changed()\n",
        after="        if self._waiting:\n            self.changed()\n        self.alive -= 1\n",
        machine="join_set",
    ),
)
