"""interval: ticks at a steady period, and what to do about those that were missed."""

from __future__ import annotations

from typing import Final, Literal, Self, get_args

from zokio.env.clock import SECOND_NS
from zokio.errors import UsageError
from zokio.runtime.current import current_runtime
from zokio.time.sleep import sleep_until_ns
from zokio.timers.deadline import duration_ns

MissedTick = Literal["burst", "delay", "skip"]
POLICIES: Final = get_args(MissedTick)


def next_tick_ns(scheduled_ns: int, now_ns: int, period_ns: int, missed_tick: MissedTick) -> int:
    """When the tick after the one scheduled for `scheduled_ns`, taken at `now_ns`, is due."""
    following_ns = scheduled_ns + period_ns
    if missed_tick == "burst" or now_ns < following_ns:
        return following_ns
    if missed_tick == "delay":
        return now_ns + period_ns
    return now_ns + period_ns - (now_ns - scheduled_ns) % period_ns


class Interval:
    """See `interval`. `await tick()`, or `async for instant in interval(...)`."""

    def __init__(self, period: float, missed_tick: MissedTick) -> None:
        self._period_ns = duration_ns(period)
        self._missed_tick = missed_tick
        self._next_ns = current_runtime().reactor.now_ns()

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

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> float:
        return await self.tick()


def interval(period: float, missed_tick: MissedTick = "burst") -> Interval:
    """Ticks every `period` seconds, the first one at once.

    Args:
        period: seconds, more than 0.
        missed_tick: when a tick was taken late: "burst" makes up for the missed ones at once,
            "delay" starts the period anew, "skip" leaves them out and keeps the beat.

    Raises:
        UsageError: a period of 0, or an unknown policy.
        NoRuntimeError: no runtime is running on this thread.
    """
    if not period > 0 or period == float("inf"):
        raise UsageError(f"interval({period!r}): the period must be a number of seconds over 0")
    if missed_tick not in POLICIES:
        raise UsageError(f"missed_tick={missed_tick!r}: it must be one of {', '.join(POLICIES)}")
    return Interval(period, missed_tick)
