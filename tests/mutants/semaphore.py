"""Planted bugs in the Semaphore, and in the queue that all of zokio.sync waits in."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

SEMAPHORE = "zokio/sync/semaphore.py"
QUEUE = "zokio/core/wait_queue.py"

MUTANTS = (
    Mutant(
        name="a_permit_is_lost_when_who_was_granted_it_is_cancelled",
        file=SEMAPHORE,
        before="            self._free += acquisition.permits\n",
        after="            pass\n",
        machine="semaphore",
    ),
    Mutant(
        name="permits_are_made_when_one_who_waits_is_cancelled",
        file=SEMAPHORE,
        before="        if granted:\n            self._free += acq",
        after="        if True:\n            self._free += acq",
        machine="semaphore",
    ),
    Mutant(
        name="a_small_request_overtakes_a_large_one_that_waits",
        file=SEMAPHORE,
        before="if 0 < permits <= self._free and queue.first is None and",
        after="if 0 < permits <= self._free and",
        machine="semaphore",
    ),
    Mutant(
        name="try_acquire_overtakes_who_waits",
        file=SEMAPHORE,
        before="            if permits <= self._free and queue.first is None:",
        after="            if permits <= self._free:",
        machine="semaphore",
    ),
    Mutant(
        name="a_large_request_that_leaves_lets_nobody_in_behind_it",
        file=SEMAPHORE,
        before="acquisition.permits\n        return self._settle()",
        after="acquisition.permits\n        return self._settle() if granted else []",
        machine="semaphore",
    ),
    Mutant(
        name="a_release_lets_one_in_at_the_most",
        file=SEMAPHORE,
        before="        while (first := queue.first) is not None and first",
        after="        if (first := queue.first) is not None and first",
        machine="semaphore",
    ),
    Mutant(
        name="who_is_granted_is_not_woken",
        file=SEMAPHORE,
        before="            granted = self._settle()\n        wake_all(granted)\n\n    def close",
        after="            granted = self._settle()\n\n    def close",
        machine="semaphore",
    ),
    Mutant(
        name="a_close_forgets_who_waits",
        file=SEMAPHORE,
        before="            refused = self._settle()\n        wake_all(refused)",
        after="            pass",
        machine="semaphore",
    ),
    Mutant(
        name="a_cancelled_waiter_stays_in_the_queue",
        file=QUEUE,
        before="            waited = self.grant(None, GONE)\n",
        after="            waited = False\n",
        machine="semaphore",
    ),
    Mutant(
        name="what_a_cancelled_waiter_was_granted_is_not_handed_on",
        file=QUEUE,
        before="self.on_leave(self, granted) if granted or waited else ()",
        after="self.on_leave(self, granted) if waited else ()",
        machine="semaphore",
    ),
    Mutant(
        name="who_is_woken_for_no_reason_believes_it_was_granted",
        file=QUEUE,
        before="        while self.state is WAITING:\n            try:",
        after="        if self.state is WAITING:\n            try:",
        machine="semaphore",
    ),
)
