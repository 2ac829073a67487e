"""Planted bugs in as_completed, and in what it shares with map_bounded."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

RESULTS = "zokio/runtime/results.py"

MUTANTS = (
    Mutant(
        name="all_values_have_the_first_place",
        file=RESULTS,
        before='crew.places[crew.add(each, "as_completed").id] = position',
        after='crew.places[crew.add(each, "as_completed").id] = 0',
        machine="as_completed",
    ),
    Mutant(
        name="a_wait_that_is_cancelled_takes_a_value",
        file=RESULTS,
        before="            await crew.until(crew.has_answer)\n            task = crew.take()\n",
        after="            try:\n"
        "                await crew.until(crew.has_answer)\n"
        "            finally:\n"
        "                task = crew.take()\n",
        machine="as_completed",
    ),
    Mutant(
        name="the_last_that_ended_is_given_first",
        file=RESULTS,
        before="task = self.line.popleft()",
        after="task = self.line.pop()",
        machine="as_completed",
    ),
    Mutant(
        name="a_later_failure_is_told",
        file=RESULTS,
        before="        if self.failed is None:\n            self.failed = task\n",
        after="        if True:\n            self.failed = task\n",
        machine="as_completed",
    ),
    Mutant(
        name="values_are_given_after_a_failure",
        file=RESULTS,
        before="            if self.failed is not None:\n                return self.failed\n",
        after="            if self.failed is not None and not self.line:\n"
        "                return self.failed\n",
        machine="as_completed",
    ),
    Mutant(
        name="the_block_swallows_what_leaves_it",
        file=RESULTS,
        before="            await self._crew.end_all(error)\n        finally:\n",
        after="            await self._crew.end_all(error)\n"
        "            return error is not None\n"
        "        finally:\n",
        machine="as_completed",
    ),
    Mutant(
        name="the_block_is_left_at_once",
        file=RESULTS,
        before="            await self._crew.end_all(error)\n        finally:\n",
        after="            self._crew.scope.cancel()\n"
        "            self._crew.scope.__exit__(None, None, None)\n"
        "        finally:\n",
        machine="as_completed",
    ),
    Mutant(
        name="what_nobody_took_is_kept",
        file=RESULTS,
        before="            self._crew.line.clear()\n",
        after="            pass\n",
        machine="as_completed",
    ),
)
