"""Planted bugs in the broadcast channel."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

BROADCAST = "zokio/sync/broadcast.py"
RING = "zokio/sync/ring.py"

MUTANTS = (
    Mutant(
        name="a_lag_is_silent",
        file=BROADCAST,
        before="            raise LaggedError(missed)\n",
        after="            missed = 0\n",
        machine="broadcast",
    ),
    Mutant(
        name="a_lag_is_counted_one_too_small",
        file=BROADCAST,
        before="            raise LaggedError(missed)\n",
        after="            raise LaggedError(missed - 1)\n",
        machine="broadcast",
    ),
    Mutant(
        name="after_a_lag_the_newest_value_overtakes_the_others",
        file=BROADCAST,
        before="            self._next = oldest\n",
        after="            self._next = ring.sent - 1\n",
        machine="broadcast",
    ),
    Mutant(
        name="one_value_less_is_kept_than_was_asked_for",
        file=RING,
        before="        while len(self.kept) > self.capacity:",
        after="        while len(self.kept) > max(self.capacity - 1, 1):",
        machine="broadcast",
    ),
    Mutant(
        name="the_end_overwrites_what_is_kept",
        file=BROADCAST,
        before="                woken = ring.waiting.refuse_all(OVER)",
        after="                woken = ring.waiting.refuse_all(OVER)\n"
        "                ring.kept.clear()",
        machine="broadcast",
    ),
    Mutant(
        name="a_value_tells_the_first_only",
        file=RING,
        before="        return old, self.waiting.grant_all(None)",
        after="        return old, [w for w in (self.waiting.first,) if w and w.grant(None)]",
        machine="broadcast",
    ),
    Mutant(
        name="who_waits_when_the_sender_closes_waits_for_ever",
        file=BROADCAST,
        before="                woken = ring.waiting.refuse_all(OVER)",
        after="                pass",
        machine="broadcast",
    ),
    Mutant(
        name="a_receiver_that_is_closed_ends_the_waits_of_all",
        file=BROADCAST,
        before="woken = self._standing.refuse_all(CLOSED_RECEIVER)",
        after="woken = ring.waiting.refuse_all(CLOSED_RECEIVER)",
        machine="broadcast",
    ),
    Mutant(
        name="values_are_kept_for_nobody",
        file=BROADCAST,
        before="                left, ring.kept = ring.kept, left",
        after="                pass",
        machine="broadcast",
    ),
)
