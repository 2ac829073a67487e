"""Planted bugs in the watch channel."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

WATCH = "zokio/sync/watch.py"

MUTANTS = (
    Mutant(
        name="the_last_value_is_missed_when_the_sender_has_closed",
        file=WATCH,
        before="                if self._seen != shared.version:\n"
        "                    self._seen = shared.version\n"
        "                    return\n"
        "                if not shared.senders:\n"
        "                    raise ClosedError(OVER)\n",
        after="                if not shared.senders:\n"
        "                    raise ClosedError(OVER)\n"
        "                if self._seen != shared.version:\n"
        "                    self._seen = shared.version\n"
        "                    return\n",
        machine="watch",
    ),
    Mutant(
        name="a_value_that_came_before_the_wait_is_missed",
        file=WATCH,
        before="                if self._seen != shared.version:\n",
        after="                if self._seen != shared.version and shared.changing.length:\n",
        machine="watch",
    ),
    Mutant(
        name="a_change_tells_the_first_only",
        file=WATCH,
        before="            woken = shared.changing.grant_all(None)\n"
        "        wake_all(woken)\n        del",
        after="            first = shared.changing.first\n"
        "            woken = [first] if first and first.grant(None) else []\n"
        "        wake_all(woken)\n        del",
        machine="watch",
    ),
    Mutant(
        name="what_was_waited_for_is_not_seen",
        file=WATCH,
        before="                    self._seen = shared.version\n                    return\n",
        after="                    return\n",
        machine="watch",
    ),
    Mutant(
        name="one_change_ends_the_waits_of_two",
        file=WATCH,
        before="                self._standing.pop(waiter, None)\n\n    async def wait_for",
        after="                pass\n            self._seen = shared.version\n"
        "            return\n\n    async def wait_for",
        machine="watch",
    ),
    Mutant(
        name="who_waits_when_the_sender_closes_waits_for_ever",
        file=WATCH,
        before="                woken = shared.changing.refuse_all(OVER)",
        after="                pass",
        machine="watch",
    ),
    Mutant(
        name="a_receiver_that_is_closed_ends_the_waits_of_all",
        file=WATCH,
        before="woken += self._standing.refuse_all(CLOSED_RECEIVER)",
        after="woken += shared.changing.refuse_all(CLOSED_RECEIVER)",
        machine="watch",
    ),
    Mutant(
        name="the_sender_hears_of_the_first_receiver_that_leaves",
        file=WATCH,
        before="            if not shared.receivers:\n                woken +=",
        after="            if True:\n                woken +=",
        machine="watch",
    ),
)
