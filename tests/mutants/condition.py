"""Planted bugs in the Condition."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

CONDITION = "zokio/sync/condition.py"

MUTANTS = (
    Mutant(
        name="a_wake_up_is_lost_with_a_task_that_is_cancelled_asleep",
        file=CONDITION,
        before="        return self._grant(1) if granted and waiter.value is ONE else []",
        after="        return []",
        machine="condition",
    ),
    Mutant(
        name="a_wake_up_is_lost_with_a_task_that_is_cancelled_while_it_takes_the_mutex",
        file=CONDITION,
        before="            if how is ONE:  # it was notified, and will not look\n",
        after="            if False:\n",
        machine="condition",
    ),
    Mutant(
        name="what_notify_all_told_a_cancelled_task_is_handed_on",
        file=CONDITION,
        before="        return self._grant(1) if granted and waiter.value is ONE else []",
        after="        return self._grant(1) if granted else []",
        machine="condition",
    ),
    Mutant(
        name="a_cancelled_wait_does_not_take_the_mutex_again",
        file=CONDITION,
        before="(shield=True):\n                await self.mutex.lock()\n",
        after="():\n                pass\n",
        machine="condition",
    ),
    Mutant(
        name="a_cancelled_wait_takes_the_mutex_without_a_shield",
        file=CONDITION,
        before="            with CancelScope(shield=True):",
        after="            with CancelScope():",
        machine="condition",
    ),
    Mutant(
        name="wait_keeps_the_mutex",
        file=CONDITION,
        before="        self.mutex.unlock()\n        how = ALL",
        after="        how = ALL",
        machine="condition",
    ),
    Mutant(
        name="notify_wakes_who_came_last",
        file=CONDITION,
        before="(first := self._queue.first) is not None",
        after="(first := self._queue.last) is not None",
        machine="condition",
    ),
    Mutant(
        name="notify_all_wakes_one",
        file=CONDITION,
        before="            told = self._queue.grant_all(ALL)",
        after="            told = self._grant(1)",
        machine="condition",
    ),
)
