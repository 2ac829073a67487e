"""Planted bugs in the Mutex."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

MUTEX = "zokio/sync/mutex.py"

MUTANTS = (
    Mutant(
        name="the_lock_is_left_with_a_cancelled_waiter",
        file=MUTEX,
        before="        if granted:\n            self._owner = None\n",
        after="        if granted:\n            return []\n",
        machine="mutex",
    ),
    Mutant(
        name="a_waiter_that_leaves_unlocks_it_for_somebody_else",
        file=MUTEX,
        before="        if granted:\n            self._owner = None\n",
        after="        self._owner = None\n",
        machine="mutex",
    ),
    Mutant(
        name="an_unlocked_lock_belongs_to_nobody_until_the_waiter_runs",
        file=MUTEX,
        before="                self._owner = first.owner\n",
        after="",
        machine="mutex",
    ),
    Mutant(
        name="try_lock_takes_what_another_holds",
        file=MUTEX,
        before="""                self._owner = mine
                return True
""",
        after="""                pass
            self._owner = mine
            return True
""",
        machine="mutex",
    ),
    Mutant(
        name="an_unlock_wakes_nobody",
        file=MUTEX,
        before="        wake_all(granted)\n\n    def is_locked",
        after="\n    def is_locked",
        machine="mutex",
    ),
    Mutant(
        name="the_newest_waiter_gets_the_lock",
        file=MUTEX,
        before="(first := self._queue.first) is not None",
        after="(first := self._queue.last) is not None",
        machine="mutex",
    ),
)
