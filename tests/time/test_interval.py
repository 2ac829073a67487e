"""interval: the beat, the three answers to missed ticks, and what is refused."""

from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import zokio
from tests.helpers.busy import busy
from tests.helpers.simulation import run_simulated
from zokio.errors import NoRuntimeError, UsageError
from zokio.time import interval, interval_at, now
from zokio.time.interval import LATE_NS, POLICIES, MissedTick, next_tick_ns

NANOSECONDS = st.integers(0, 10**12)


def test_ticks_come_every_period_and_the_first_one_at_once() -> None:
    async def main() -> list[tuple[float, float]]:
        await zokio.sleep(3)
        ticks = interval(0.5)
        return [(await ticks.tick(), now()) for _ in range(4)]

    assert run_simulated(main()) == [(3, 3), (3.5, 3.5), (4, 4), (4.5, 4.5)]


def test_an_interval_can_be_iterated() -> None:
    async def main() -> list[float]:
        instants = []
        async for instant in interval(2):
            instants.append(instant)
            if len(instants) == 3:
                break
        return instants

    assert run_simulated(main()) == [0, 2, 4]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_little_work_between_ticks_does_not_shift_the_beat(policy: MissedTick) -> None:
    async def main() -> list[float]:
        ticks = interval(1, policy)
        instants = []
        for _ in range(4):
            await ticks.tick()
            instants.append(now())
            await zokio.sleep(0.75)
        return instants

    assert run_simulated(main()) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("policy", "due", "taken"),
    [
        ("burst", [0, 1, 2, 3, 4, 5], [0, 3.5, 3.5, 3.5, 4, 5]),
        ("delay", [0, 1, 4.5, 5.5, 6.5, 7.5], [0, 3.5, 4.5, 5.5, 6.5, 7.5]),
        ("skip", [0, 1, 4, 5, 6, 7], [0, 3.5, 4, 5, 6, 7]),
    ],
)
def test_missed_ticks(policy: MissedTick, due: list[float], taken: list[float]) -> None:
    async def main() -> list[tuple[float, float]]:
        ticks = interval(1, policy)
        found = [(await ticks.tick(), now())]
        busy(3.5)
        return found + [(await ticks.tick(), now()) for _ in range(5)]

    assert run_simulated(main()) == list(zip(due, taken, strict=True))


def test_a_tick_that_is_cancelled_is_not_lost() -> None:
    async def main() -> list[float]:
        ticks = interval(10)
        await ticks.tick()
        with zokio.move_on_after(4) as scope:
            await ticks.tick()
        assert scope.cancelled_caught
        return [now(), await ticks.tick(), await ticks.tick()]

    assert run_simulated(main()) == [4, 10, 20]


@pytest.mark.parametrize("period", [0, -1, -0.0, math.nan, math.inf])
def test_a_period_has_to_be_a_number_of_seconds_over_0(period: float) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="a number of seconds over 0"):
            interval(period)

    run_simulated(main())


def test_an_unknown_policy_is_refused_with_those_there_are() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="burst, delay, skip"):
            interval(1, "late")  # type: ignore[arg-type]  # what the test is about

    run_simulated(main())


def test_an_interval_outside_of_a_runtime_is_refused() -> None:
    with pytest.raises(NoRuntimeError):
        interval(1)


@given(NANOSECONDS, NANOSECONDS, st.integers(1, 10**10), st.sampled_from(get_args(MissedTick)))
def test_the_next_tick_keeps_the_beat_or_begins_a_new_one(
    scheduled: int, late: int, period: int, policy: MissedTick
) -> None:
    taken = scheduled + late
    tick = next_tick_ns(scheduled, taken, period, policy)
    assert tick > scheduled
    if policy == "burst" or late <= LATE_NS:
        assert tick == scheduled + period
    elif policy == "delay":
        assert tick == taken + period
    else:
        assert (tick - scheduled) % period == 0 and taken < tick <= taken + period


def test_an_interval_does_not_drift() -> None:
    """Sleeping for a period after each piece of work would be late by all the work together."""

    async def main() -> float:
        async for instant in interval(1):
            busy(0.3)
            if instant == 1000:
                break
        return now()

    assert run_simulated(main()) == 1000.3


@pytest.mark.parametrize(("policy", "next_tick"), [("burst", 2), ("delay", 2.5), ("skip", 2)])
def test_a_tick_that_is_late_by_less_than_a_period(policy: MissedTick, next_tick: float) -> None:
    async def main() -> float:
        ticks = interval(1, policy)
        await ticks.tick()
        busy(1.5)
        await ticks.tick()
        return await ticks.tick()

    assert run_simulated(main()) == next_tick


def test_an_interval_can_begin_at_an_instant() -> None:
    async def main() -> list[float]:
        ticks = interval_at(3, 2)
        assert ticks.period == 2
        return [await ticks.tick(), await ticks.tick(), now()]

    assert run_simulated(main()) == [3, 5, 5]


def test_an_interval_can_be_reset_and_counts_from_there() -> None:
    async def main() -> list[float]:
        ticks = interval(10)
        await ticks.tick()
        await zokio.sleep(4)
        ticks.reset()
        found = [await ticks.tick()]
        ticks.reset_immediately()
        found.append(await ticks.tick())
        ticks.reset_after(1)
        found.append(await ticks.tick())
        ticks.reset_at(100)
        return [*found, await ticks.tick(), await ticks.tick()]

    assert run_simulated(main()) == [14, 14, 15, 100, 110]
