"""Planted bugs in the RwLock, whose fairness and cancellation are the Semaphore's."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

RWLOCK = "zokio/sync/rwlock.py"
SEMAPHORE = "zokio/sync/semaphore.py"

MUTANTS = (
    Mutant(
        name="a_writer_is_starved_by_readers",
        file=SEMAPHORE,
        before="if 0 < permits <= self._free and queue.first is None and",
        after="if 0 < permits <= self._free and",
        machine="rwlock",
    ),
    Mutant(
        name="a_cancelled_writer_keeps_the_readers_waiting",
        file=SEMAPHORE,
        before="acquisition.permits\n        return self._settle()",
        after="acquisition.permits\n        return []",
        machine="rwlock",
    ),
    Mutant(
        name="a_writer_lets_readers_in",
        file=RWLOCK,
        before="        return RwSide(self, self._readers_max)",
        after="        return RwSide(self, max(1, self._readers_max - 1))",
        machine="rwlock",
    ),
    Mutant(
        name="a_writer_is_still_the_writer_when_it_has_left",
        file=RWLOCK,
        before="        lock._writer = None\n",
        after="",
        machine="rwlock",
    ),
    Mutant(
        name="who_tries_to_write_is_no_writer",
        file=RWLOCK,
        before="        if taken:\n            self._taken()\n",
        after="",
        machine="rwlock",
    ),
)
