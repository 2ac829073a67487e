"""Planted bugs in interval."""

from __future__ import annotations

from tests.mutants.mutant import Mutant

INTERVAL = "zokio/time/interval.py"

MUTANTS = (
    Mutant(
        name="a_tick_that_is_cancelled_is_lost",
        file=INTERVAL,
        before="        await sleep_until_ns(scheduled_ns)\n",
        after="        self._next_ns += self._period_ns\n"
        "        await sleep_until_ns(scheduled_ns)\n",
        machine="interval",
    ),
    Mutant(
        name="every_tick_that_is_a_little_late_was_missed",
        file=INTERVAL,
        before="now_ns <= scheduled_ns + LATE_NS",
        after="now_ns <= scheduled_ns",
        machine="interval",
    ),
    Mutant(
        name="burst_leaves_out_what_was_missed",
        file=INTERVAL,
        before='    if missed_tick == "burst" or now_ns',
        after="    if now_ns",
        machine="interval",
    ),
    Mutant(
        name="delay_keeps_the_old_beat",
        file=INTERVAL,
        before='    if missed_tick == "delay":\n        return now_ns + period_ns\n',
        after="",
        machine="interval",
    ),
    Mutant(
        name="skip_makes_up_for_the_last_that_was_missed",
        file=INTERVAL,
        before="    return now_ns + period_ns - (now_ns - scheduled_ns) % period_ns",
        after="    return now_ns - (now_ns - scheduled_ns) % period_ns",
        machine="interval",
    ),
    Mutant(
        name="skip_leaves_out_a_tick_when_it_is_late_by_whole_periods",
        file=INTERVAL,
        before="    return now_ns + period_ns - (now_ns - scheduled_ns) % period_ns",
        after="    behind_ns = (now_ns - scheduled_ns) % period_ns\n"
        "    return now_ns + (period_ns - behind_ns if behind_ns else 2 * period_ns)",
        machine="interval",
    ),
    Mutant(
        name="a_tick_comes_early",
        file=INTERVAL,
        before="        await sleep_until_ns(scheduled_ns)\n",
        after="        await sleep_until_ns(scheduled_ns - LATE_NS)\n",
        machine="interval",
    ),
    Mutant(
        name="a_reset_counts_from_the_last_tick",
        file=INTERVAL,
        before="        self._next_ns = current_runtime().reactor.now_ns() + self._period_ns\n",
        after="        self._next_ns += self._period_ns\n",
        machine="interval",
    ),
)
