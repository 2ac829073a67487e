"""Planted bugs in the oneshot channel."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

ONESHOT = "zokio/sync/oneshot.py"

MUTANTS = (
    Mutant(
        name="a_promised_value_is_lost_when_the_receiver_is_cancelled",
        file=ONESHOT,
        before="        self.is_promised = False\n        return self.promise()",
        after="        self.is_promised = False\n        return ()",
        machine="oneshot",
    ),
    Mutant(
        name="who_comes_now_takes_a_promised_value",
        file=ONESHOT,
        before="if cell.state is EMPTY or cell.is_promised:\n                waiter",
        after="if cell.state is EMPTY:\n                waiter",
        machine="oneshot",
    ),
    Mutant(
        name="who_waits_is_not_told_that_another_one_received_it",
        file=ONESHOT,
        before="return value, self.receiving.refuse_all(WHY[TAKEN])",
        after="return value, []",
        machine="oneshot",
    ),
    Mutant(
        name="a_sender_that_is_closed_leaves_its_receiver_waiting",
        file=ONESHOT,
        before="woken = cell.close(ENDED)",
        after="woken = []",
        machine="oneshot",
    ),
    Mutant(
        name="a_sender_that_is_closed_takes_its_value_back",
        file=ONESHOT,
        before="woken = cell.close(ENDED)",
        after="woken = cell.end(ENDED) if cell.state in (EMPTY, SENT) else []",
        machine="oneshot",
    ),
    Mutant(
        name="nobody_tells_the_sender_that_the_value_is_not_wanted",
        file=ONESHOT,
        before="*self.receiving.refuse_all(WHY[state]), *self.watching.grant_all(None)]",
        after="*self.receiving.refuse_all(WHY[state])]",
        machine="oneshot",
    ),
    Mutant(
        name="a_value_stays_when_the_receiver_is_gone",
        file=ONESHOT,
        before="woken = cell.end(SHUT) if cell.state in (EMPTY, SENT) else []",
        after="woken = cell.end(SHUT) if cell.state is EMPTY else []",
        machine="oneshot",
    ),
    Mutant(
        name="the_value_is_received_twice",
        file=ONESHOT,
        before="        self.state = TAKEN\n",
        after="",
        machine="oneshot",
    ),
)
