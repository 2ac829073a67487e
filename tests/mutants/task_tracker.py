"""Planted bugs in TaskTracker."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

TRACKER = "zokio/runtime/tracker.py"

MUTANTS = (
    Mutant(
        name="closing_an_empty_tracker_tells_nobody",
        file=TRACKER,
        before="            waited = self._settle()\n"
        "        wake_all(waited)\n        return was_open",
        after="        return was_open",
        machine="task_tracker",
    ),
    Mutant(
        name="an_empty_tracker_is_enough",
        file=TRACKER,
        before="        return self._is_closed and self._count == 0\n",
        after="        return self._count == 0\n",
        machine="task_tracker",
    ),
    Mutant(
        name="a_closed_tracker_is_enough",
        file=TRACKER,
        before="        return self._is_closed and self._count == 0\n",
        after="        return self._is_closed\n",
        machine="task_tracker",
    ),
    Mutant(
        name="who_is_told_is_not_woken",
        file=TRACKER,
        before="            self._count -= 1\n            waited = self._settle()\n"
        "        wake_all(waited)\n",
        after="            self._count -= 1\n            self._settle()\n",
        machine="task_tracker",
    ),
    Mutant(
        name="the_end_of_a_task_is_not_counted",
        file=TRACKER,
        before="            runtime.forget(task)\n            self._leave()\n",
        after="            runtime.forget(task)\n",
        machine="task_tracker",
    ),
    Mutant(
        name="reopening_leaves_it_closed",
        file=TRACKER,
        before="was_closed, self._is_closed = self._is_closed, False",
        after="was_closed = self._is_closed",
        machine="task_tracker",
    ),
    Mutant(
        name="only_one_of_those_who_wait_is_told",
        file=TRACKER,
        before="        return self._waiting.grant_all(None) if self._is_settled() else []\n",
        after="        first = self._waiting.first\n"
        "        return [first] if self._is_settled() and first and first.grant(None) else []\n",
        machine="task_tracker",
    ),
)
