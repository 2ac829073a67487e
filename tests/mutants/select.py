"""Planted bugs in select, and in the branches that it shares with join."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

COMBINE = "zokio/runtime/combine.py"

MUTANTS = (
    Mutant(
        name="the_losers_are_left_running",
        file=COMBINE,
        before="        await self.end_all(None)\n",
        after="        self.scope.__exit__(None, None, None)\n",
        machine="select",
    ),
    Mutant(
        name="a_cancelled_call_does_not_wait_for_its_branches",
        file=COMBINE,
        before="            await self.end_all(error)\n",
        after="            self.scope.cancel()\n"
        "            self.scope.__exit__(None, None, None)\n",
        machine="select",
    ),
    Mutant(
        name="the_wait_for_the_cleanup_is_cancelled",
        file="zokio/runtime/children.py",
        before="            with CancelScope(shield=True):\n",
        after="            with CancelScope():\n",
        machine="select",
    ),
    Mutant(
        name="a_cancellation_that_was_withdrawn_is_swallowed",
        file=COMBINE,
        before="            await self.end_all(error)\n            raise\n",
        after="            outside = self.scope.parent\n"
        "            await self.end_all(error)\n"
        "            if outside is None or outside.cancelled:\n"
        "                raise\n",
        machine="select",
    ),
    Mutant(
        name="the_winner_is_looked_for_after_the_cleanup",
        file=COMBINE,
        before="            self.chosen = decide()\n"
        "        except BaseException as error:\n"
        "            await self.end_all(error)\n"
        "            raise\n"
        "        await self.end_all(None)\n",
        after="        except BaseException as error:\n"
        "            await self.end_all(error)\n"
        "            raise\n"
        "        await self.end_all(None)\n"
        "        self.chosen = decide()\n",
        machine="select",
    ),
    Mutant(
        name="a_biased_one_draws_lots",
        file=COMBINE,
        before="chance = not biased and len(ended) > 1",
        after="chance = len(ended) > 1",
        machine="select",
    ),
    Mutant(
        name="a_fair_one_takes_the_first",
        file=COMBINE,
        before="chance = not biased and len(ended) > 1",
        after="chance = False",
        machine="select",
    ),
    Mutant(
        name="a_biased_one_takes_the_last",
        file=COMBINE,
        before="if chance else 0]",
        after="if chance else -1]",
        machine="select",
    ),
    Mutant(
        name="the_place_is_that_among_those_who_have_ended",
        file=COMBINE,
        before="    position = branches.tasks.index(branches.chosen)",
        after="    position = branches.over.index(branches.chosen)",
        machine="select",
    ),
    Mutant(
        name="an_aborted_winner_hides_a_cancellation",
        file=COMBINE,
        before="    await _tell_cancelled([branches.chosen])\n",
        after="",
        machine="select",
    ),
    Mutant(
        name="the_error_that_is_raised_keeps_those_of_the_losers",
        file=COMBINE,
        before="    del branches  # as in join\n",
        after="",
        machine="select",
    ),
)
