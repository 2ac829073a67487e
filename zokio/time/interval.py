"""interval: ticks at a steady period, and what to do about those that were missed.

Fairness: one task ticks; a tick that is due already lets the others run once before it comes.
Cancel safety: a tick whose wait is cancelled comes with the next `tick`; none is lost, and none is
early. Memory: three numbers, and a timer while somebody waits; a tick that nobody asked for is not
kept, but counted by the clock. Closing: it has no end, and nothing to close. When the task that
ticks dies, its timer is gone with it, and another task may tick on. For one task at a time: two
that tick at once get the same tick. It belongs to the runtime on whose clock it was made.

`spec/interval.py` has the three policies.
"""

from __future__ import annotations

from typing import Final, Literal, Self, get_args

from zokio.env.clock import SECOND_NS
from zokio.errors import UsageError
from zokio.runtime.current import current_runtime
from zokio.time.sleep import sleep_until_ns
from zokio.timers.deadline import deadline_after, duration_ns

MissedTick = Literal["burst", "delay", "skip"]
POLICIES: Final = get_args(MissedTick)

LATE_NS: Final = 5_000_000
"""A tick that is taken so late at the most was not missed: as in Tokio, no timer is exact."""


def next_tick_ns(scheduled_ns: int, now_ns: int, period_ns: int, missed_tick: MissedTick) -> int:
    """When the tick after the one scheduled for `scheduled_ns`, taken at `now_ns`, is due."""
    if missed_tick == "burst" or now_ns <= scheduled_ns + LATE_NS:
        return scheduled_ns + period_ns
    if missed_tick == "delay":
        return now_ns + period_ns
    return now_ns + period_ns - (now_ns - scheduled_ns) % period_ns


class Interval:
    """See `interval`. `await tick()`, or `async for instant in interval(...)`.

    For one task at a time. The `reset` methods are for between two ticks; afterwards the beat
    counts from the new tick.
    """

    def __init__(self, start_ns: int, period: float, missed_tick: MissedTick) -> None:
        self._period_ns = duration_ns(period)
        self._missed_tick = missed_tick
        self._next_ns = start_ns

    @property
    def period(self) -> float:
        """Seconds between two ticks."""
        return self._period_ns / SECOND_NS

    async def tick(self) -> float:
        """Wait for the next tick; the first is at once.

        Returns:
            The instant at which the tick was due, in seconds of `zokio.time.now()`.
        """
        scheduled_ns = self._next_ns
        await sleep_until_ns(scheduled_ns)
        now_ns = max(scheduled_ns, current_runtime().reactor.now_ns())
        self._next_ns = next_tick_ns(scheduled_ns, now_ns, self._period_ns, self._missed_tick)
        return scheduled_ns / SECOND_NS

    def reset(self) -> None:
        """The next tick comes one period from now."""
        self._next_ns = current_runtime().reactor.now_ns() + self._period_ns

    def reset_immediately(self) -> None:
        """The next tick comes at once."""
        self._next_ns = current_runtime().reactor.now_ns()

    def reset_after(self, seconds: float) -> None:
        """The next tick comes in so many seconds. ValueError if they are negative."""
        now_ns = current_runtime().reactor.now_ns()
        self._next_ns = deadline_after(now_ns, duration_ns(seconds))

    def reset_at(self, instant: float) -> None:
        """The next tick comes at this instant of `zokio.time.now()`. ValueError if negative."""
        self._next_ns = duration_ns(instant)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> float:
        return await self.tick()


def interval(period: float, missed_tick: MissedTick = "burst") -> Interval:
    """Ticks every `period` seconds, the first one at once.

    Args:
        period: seconds, more than 0.
        missed_tick: when a tick was taken more than 5 ms late: "burst" makes up for the missed
            ones at once, "delay" starts the period anew, "skip" leaves them out and keeps the beat.

    Raises:
        UsageError: a period of 0, or an unknown policy.
        NoRuntimeError: no runtime is running on this thread.
    """
    check_interval(period, missed_tick)
    return Interval(current_runtime().reactor.now_ns(), period, missed_tick)


def interval_at(start: float, period: float, missed_tick: MissedTick = "burst") -> Interval:
    """As `interval`, with the first tick at the instant `start` of `zokio.time.now()`.

    Raises:
        ValueError: `start` is negative or not a number.
        UsageError: a period of 0, or an unknown policy.
    """
    check_interval(period, missed_tick)
    return Interval(duration_ns(start), period, missed_tick)


def check_interval(period: float, missed_tick: str) -> None:
    """Raise UsageError if these make no interval."""
    if not period > 0 or period == float("inf"):
        raise UsageError(f"interval({period!r}): the period must be a number of seconds over 0")
    if missed_tick not in POLICIES:
        raise UsageError(f"missed_tick={missed_tick!r}: it must be one of {', '.join(POLICIES)}")
