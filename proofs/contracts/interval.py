"""The ticks of an interval: later than what was missed, on the beat where the policy says so."""

from __future__ import annotations

from zokio.time.interval import LATE_NS, next_tick_ns


def skip_keeps_the_beat(scheduled_ns: int, late_ns: int, period_ns: int) -> int:
    """After a missed tick the next one is to come, and a whole number of periods later.

    pre: scheduled_ns >= 0 and 0 < late_ns <= 40
    pre: 1 <= period_ns <= 8
    post: scheduled_ns + late_ns < __return__ - LATE_NS <= scheduled_ns + late_ns + period_ns
    post: (__return__ - scheduled_ns) % period_ns == 0
    """
    return next_tick_ns(scheduled_ns, scheduled_ns + LATE_NS + late_ns, period_ns, "skip")


def skip_keeps_the_beat_twin(scheduled_ns: int, late_ns: int, period_ns: int) -> int:
    """Counts the period from now.

    pre: scheduled_ns >= 0 and 0 < late_ns <= 40
    pre: 1 <= period_ns <= 8
    post: scheduled_ns + late_ns < __return__ - LATE_NS <= scheduled_ns + late_ns + period_ns
    post: (__return__ - scheduled_ns) % period_ns == 0
    """
    return scheduled_ns + LATE_NS + late_ns + period_ns


def delay_waits_a_period(scheduled_ns: int, late_ns: int, period_ns: int) -> int:
    """A tick that was missed moves the beat; one that was not leaves it.

    pre: scheduled_ns >= 0 and late_ns >= 0 and period_ns >= 1
    post: __return__ == scheduled_ns + period_ns + (late_ns if late_ns > LATE_NS else 0)
    """
    return next_tick_ns(scheduled_ns, scheduled_ns + late_ns, period_ns, "delay")


def delay_waits_a_period_twin(scheduled_ns: int, late_ns: int, period_ns: int) -> int:
    """Moves the beat by every lateness.

    pre: scheduled_ns >= 0 and late_ns >= 0 and period_ns >= 1
    post: __return__ == scheduled_ns + period_ns + (late_ns if late_ns > LATE_NS else 0)
    """
    return scheduled_ns + late_ns + period_ns


def burst_makes_up(scheduled_ns: int, late_ns: int, period_ns: int) -> int:
    """
    pre: scheduled_ns >= 0 and late_ns >= 0 and period_ns >= 1
    post: __return__ == scheduled_ns + period_ns
    """
    return next_tick_ns(scheduled_ns, scheduled_ns + late_ns, period_ns, "burst")


def burst_makes_up_twin(scheduled_ns: int, late_ns: int, period_ns: int) -> int:
    """Leaves out what was missed.

    pre: scheduled_ns >= 0 and late_ns >= 0 and period_ns >= 1
    post: __return__ == scheduled_ns + period_ns
    """
    return max(scheduled_ns, scheduled_ns + late_ns) + period_ns
