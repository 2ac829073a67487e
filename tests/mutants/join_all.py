"""Planted bugs in join, of several branches."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

COMBINE = "zokio/runtime/combine.py"

MUTANTS = (
    Mutant(
        name="values_are_given_as_they_come",
        file=COMBINE,
        before="result() for task in branches.tasks)",
        after="result() for task in branches.over)",
        machine="join_all",
    ),
    Mutant(
        name="a_failure_leaves_the_others_running",
        file=COMBINE,
        before="return self.failed is not None or not self.alive",
        after="return not self.alive",
        machine="join_all",
    ),
    Mutant(
        name="the_last_failure_is_raised",
        file=COMBINE,
        before="if self.failed is None and isinstance(task.outcome, Failure):",
        after="if isinstance(task.outcome, Failure):",
        machine="join_all",
    ),
    Mutant(
        name="an_aborted_branch_is_a_failure",
        file=COMBINE,
        before="isinstance(task.outcome, Failure):",
        after="isinstance(task.outcome, Failure | Aborted):",
        machine="join_all",
    ),
    Mutant(
        name="a_failure_comes_before_a_cancellation_that_was_heard",
        file=COMBINE,
        before="            await self.end_all(error)\n            raise\n",
        after="            await self.end_all(error)\n"
        "            self.chosen = self.failed\n"
        "            if self.failed is None:\n"
        "                raise\n",
        machine="join_all",
    ),
    Mutant(
        name="an_aborted_branch_hides_a_cancellation",
        file=COMBINE,
        before="    await _tell_cancelled(branches.tasks)\n",
        after="",
        machine="join_all",
    ),
    Mutant(
        name="the_error_that_is_raised_keeps_the_later_ones",
        file=COMBINE,
        before="        del branches  # or the frame would",
        after="        # the frame will",
        machine="join_all",
    ),
)
