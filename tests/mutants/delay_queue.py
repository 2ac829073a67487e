"""Planted bugs in DelayQueue."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

DELAY_QUEUE = "zokio/time/delay_queue.py"

MUTANTS = (
    Mutant(
        name="the_timer_of_a_removed_value_goes_on",
        file=DELAY_QUEUE,
        before="        self._runtime.timers.cancel(entry.timer)",
        after="        pass",
        machine="delay_queue",
    ),
    Mutant(
        name="a_value_is_lost_with_the_consumer_that_is_cancelled",
        file=DELAY_QUEUE,
        before="        if granted:\n            entry = waiter.value",
        after="        if False:\n            entry = waiter.value",
        machine="delay_queue",
    ),
    Mutant(
        name="a_value_that_is_handed_back_goes_to_the_end",
        file=DELAY_QUEUE,
        before="            for each in (entry, *reversed(earlier)):",
        after="            for each in reversed(earlier):",
        machine="delay_queue",
    ),
    Mutant(
        name="a_value_that_was_granted_can_be_removed",
        file=DELAY_QUEUE,
        before="        if entry is None or entry.is_granted:",
        after="        if entry is None:",
        machine="delay_queue",
    ),
    Mutant(
        name="a_value_that_has_expired_cannot_be_set_anew",
        file=DELAY_QUEUE,
        before="        self._expired.pop(key, None)\n",
        after="",
        machine="delay_queue",
    ),
    Mutant(
        name="the_last_to_expire_is_the_first_to_come",
        file=DELAY_QUEUE,
        before="next(iter(self._expired.values()))",
        after="next(reversed(self._expired.values()))",
        machine="delay_queue",
    ),
    Mutant(
        name="closing_tells_nobody",
        file=DELAY_QUEUE,
        before="            self._is_closed = True\n            told = self._settle()",
        after="            self._is_closed = True\n            told = []",
        machine="delay_queue",
    ),
    Mutant(
        name="the_end_is_told_while_a_value_is_granted",
        file=DELAY_QUEUE,
        before="        if self._is_closed and not self._entries:",
        after="        if self._is_closed and not any(\n"
        "            not entry.is_granted for entry in self._entries.values()\n        ):",
        machine="delay_queue",
    ),
)
