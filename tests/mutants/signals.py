"""Planted bugs in Notify, Event and Barrier, and in the queue that all of zokio.sync waits in."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

QUEUE = "zokio/core/wait_queue.py"
NOTIFY = "zokio/sync/notify.py"
EVENT = "zokio/sync/event.py"
BARRIER = "zokio/sync/barrier.py"

MUTANTS = (
    Mutant(
        name="the_first_in_the_queue_is_forgotten_when_the_last_two_leave",
        file=QUEUE,
        before="            next.previous = previous\n",
        after="            next.previous = None\n",
        machine="notify",
    ),
    Mutant(
        name="a_notification_is_lost_with_a_cancelled_task",
        file=NOTIFY,
        before="            self._stored = True\n        return self._settle()",
        after="            pass\n        return self._settle()",
        machine="notify",
    ),
    Mutant(
        name="what_notify_all_told_a_cancelled_task_is_handed_on",
        file=NOTIFY,
        before="        if granted and waiter.value:",
        after="        if granted:",
        machine="notify",
    ),
    Mutant(
        name="notify_one_is_forgotten_when_nobody_waits",
        file=NOTIFY,
        before="            told = self._settle()\n        wake_all(told)\n\n    def notify_all",
        after="            told = self._settle()\n            self._stored = False\n"
        "        wake_all(told)\n\n    def notify_all",
        machine="notify",
    ),
    Mutant(
        name="notify_all_is_kept_for_who_comes_later",
        file=NOTIFY,
        before="            told = self._queue.grant_all(False)\n",
        after="            told = self._queue.grant_all(False)\n            self._stored = True\n",
        machine="notify",
    ),
    Mutant(
        name="a_notification_is_kept_although_it_was_taken",
        file=NOTIFY,
        before="                self._stored = False\n                return [first]",
        after="                return [first]",
        machine="notify",
    ),
    Mutant(
        name="set_tells_nobody",
        file=EVENT,
        before="            told = self._queue.grant_all(None)\n        wake_all(told)\n",
        after="",
        machine="event",
    ),
    Mutant(
        name="who_was_told_is_not_woken",
        file=EVENT,
        before="        wake_all(told)\n",
        after="",
        machine="event",
    ),
    Mutant(
        name="set_is_forgotten_for_who_comes_later",
        file=EVENT,
        before="            self._flag = True\n",
        after="            pass\n",
        machine="event",
    ),
    Mutant(
        name="clear_tells_who_waits",
        file=EVENT,
        before="            self._flag = False\n\n",
        after="            self._flag = False\n            self._queue.grant_all(None)\n\n",
        machine="event",
    ),
    Mutant(
        name="a_barrier_counts_who_was_cancelled",
        file=QUEUE,
        before="            waited = self.grant(None, GONE)\n",
        after="            waited = False\n",
        machine="barrier",
    ),
    Mutant(
        name="a_barrier_is_broken_by_a_cancelled_waiter",
        file=BARRIER,
        before="        return await waiter\n",
        after="        try:\n            return await waiter\n"
        "        except BaseException:\n            self._closed = True\n            raise\n",
        machine="barrier",
    ),
    Mutant(
        name="the_last_to_come_waits_for_the_next_round",
        file=BARRIER,
        before="            while len(told) < self.parties and",
        after="            while len(told) < self.parties - 1 and",
        machine="barrier",
    ),
    Mutant(
        name="all_are_told_the_same_place",
        file=BARRIER,
        before="                if first.grant(len(told)):",
        after="                if first.grant(0):",
        machine="barrier",
    ),
    Mutant(
        name="a_closed_barrier_lets_a_round_fill_up",
        file=BARRIER,
        before="        if self._closed:\n            return self._queue.refuse_all(CLOSED_TEXT)\n",
        after="",
        machine="barrier",
    ),
)
