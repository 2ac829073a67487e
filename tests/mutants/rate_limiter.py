"""Planted bugs in the rate limiter."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

LIMITER = "zokio/time/rate_limiter.py"

MUTANTS = (
    Mutant(
        name="permits_are_taken_before_the_sleep",
        file=LIMITER,
        before="            await sleep_until_ns(there_ns)\n        self._take(n)\n",
        after="            self._take(n)\n"
        "            await sleep_until_ns(there_ns)\n            return\n        self._take(n)\n",
        machine="rate_limiter",
    ),
    Mutant(
        name="a_pause_is_saved_up_beyond_the_burst",
        file=LIMITER,
        before="max(self._paid_off, now_ns * self._rate) + n",
        after="self._paid_off + n",
        machine="rate_limiter",
    ),
    Mutant(
        name="who_wants_less_overtakes_who_waits",
        file=LIMITER,
        before="        if self._has_turn or self._there_ns(n)",
        after="        if self._there_ns(n)",
        machine="rate_limiter",
    ),
    Mutant(
        name="the_turn_is_lost_with_who_is_cancelled",
        file=LIMITER,
        before="        if granted:\n            self._has_turn = False\n",
        after="",
        machine="rate_limiter",
    ),
    Mutant(
        name="the_turn_is_given_and_nobody_is_woken",
        file=LIMITER,
        before="                told = self._give_turn()\n            wake_all(told)\n",
        after="                self._give_turn()\n",
        machine="rate_limiter",
    ),
    Mutant(
        name="the_turn_is_kept_by_who_is_cancelled_in_its_sleep",
        file=LIMITER,
        before="            await self._sleep_for(n)\n        finally:\n",
        after="            await self._sleep_for(n)\n        except BaseException:\n"
        "            raise\n        else:\n",
        machine="rate_limiter",
    ),
    Mutant(
        name="one_permit_more_than_the_burst",
        file=LIMITER,
        before="(n - self._burst)",
        after="(n - self._burst - 1)",
        machine="rate_limiter",
    ),
)
