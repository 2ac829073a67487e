"""Planted bugs in map_bounded and as_completed."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

RESULTS = "zokio/runtime/results.py"

MUTANTS = (
    Mutant(
        name="one_more_than_the_limit",
        file=RESULTS,
        before="    return crew.undelivered < limit",
        after="    return crew.undelivered <= limit",
        machine="bounded_map",
    ),
    Mutant(
        name="the_source_is_asked_before_there_is_room",
        file=RESULTS,
        before="            await crew.until(has_room)\n",
        after="",
        machine="bounded_map",
    ),
    Mutant(
        name="a_value_that_was_taken_makes_no_room",
        file=RESULTS,
        before="            self.undelivered -= 1\n            self.changed()\n",
        after="            self.undelivered -= 1\n",
        machine="bounded_map",
    ),
    Mutant(
        name="values_in_source_order_are_given_as_they_come",
        file=RESULTS,
        before="            if self.ordered:\n                self.line.append(task)",
        after="            if False:\n                self.line.append(task)",
        machine="bounded_map",
    ),
    Mutant(
        name="a_failure_leaves_the_others_running",
        file=RESULTS,
        before="                other.abort()\n",
        after="                pass\n",
        machine="bounded_map",
    ),
    Mutant(
        name="a_failure_of_the_source_looks_like_its_end",
        file=RESULTS,
        before="        if not isinstance(task.outcome, Ready):\n",
        after="        if task is not self.feeder and not isinstance(task.outcome, Ready):\n",
        machine="bounded_map",
    ),
    Mutant(
        name="an_item_begins_after_a_failure",
        file=RESULTS,
        before="            if crew.failed is not None:  # the source does",
        after="            if False:  # the source does",
        machine="bounded_map",
    ),
    Mutant(
        name="the_source_is_not_closed",
        file=RESULTS,
        before="        if close is not None:",
        after="        if close is None:",
        machine="bounded_map",
    ),
    Mutant(
        name="the_end_is_told_while_values_are_to_come",
        file=RESULTS,
        before="        return self.alive == 0 and self.undelivered == 0",
        after="        return self.feeder is not None and self.feeder.outcome is not None",
        machine="bounded_map",
    ),
)
