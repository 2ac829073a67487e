"""sleep and sleep_until, in virtual time."""

from __future__ import annotations

import math

import pytest

import zokio
from tests.helpers.busy import busy
from tests.helpers.simulation import run_simulated
from zokio.errors import NoRuntimeError
from zokio.runtime.current import current_runtime
from zokio.time import now, sleep_until

NO_DURATIONS = [-1.0, -math.inf, math.nan]


def pending_timers() -> int:
    return len(current_runtime().timers)


def test_a_sleep_lasts_as_long_as_it_was_told_and_not_longer() -> None:
    async def main() -> list[float]:
        instants = [now()]
        for seconds in (1.5, 0.25, 3600):
            await zokio.sleep(seconds)
            instants.append(now())
        return instants

    assert run_simulated(main()) == [0, 1.5, 1.75, 3601.75]


def test_a_sleep_that_is_over_while_the_thread_is_busy_ends_late_and_never_early() -> None:
    async def main() -> tuple[float, float]:
        sleeper = zokio.spawn(woken_at(1))
        await zokio.yield_now()
        busy(0.5)
        await zokio.yield_now()
        assert not sleeper.is_finished()
        busy(2)
        return await sleeper, now()

    assert run_simulated(main()) == (2.5, 2.5)


async def woken_at(seconds: float) -> float:
    await zokio.sleep(seconds)
    return now()


@pytest.mark.one_thread  # on workers equal ones come, and go, in any order
def test_sleepers_wake_in_the_order_of_their_deadlines_and_equal_ones_as_they_came() -> None:
    async def main() -> list[str]:
        woken: list[str] = []

        async def sleeper(name: str, seconds: float) -> None:
            await zokio.sleep(seconds)
            woken.append(name)

        async with zokio.TaskGroup() as group:
            for name, seconds in (("c", 3.0), ("a", 1.0), ("d", 3.0), ("b", 2.0)):
                group.spawn(sleeper(name, seconds))
        return woken

    assert run_simulated(main()) == ["a", "b", "c", "d"]


def test_ten_thousand_sleepers_wake_at_one_instant() -> None:
    async def main() -> set[float]:
        handles = [zokio.spawn(woken_at(1)) for _ in range(10_000)]
        return {await handle for handle in handles}

    assert run_simulated(main()) == {1.0}


def test_sleeping_for_nothing_lets_the_other_ready_tasks_run_once() -> None:
    async def main() -> list[str]:
        polls: list[str] = []

        async def other() -> None:
            for number in range(3):
                polls.append(f"other {number}")
                await zokio.yield_now()

        zokio.spawn(other())
        for number in range(3):
            polls.append(f"main {number}")
            await zokio.sleep(0)
        assert now() == 0 and pending_timers() == 0
        return polls

    assert run_simulated(main()) == ["main 0", "other 0", "main 1", "other 1", "main 2", "other 2"]


def test_sleeping_for_nothing_is_a_suspension_point() -> None:
    async def main() -> bool:
        with zokio.CancelScope() as scope:
            scope.cancel()
            await zokio.sleep(0)
            raise AssertionError("it was not cancelled")
        return scope.cancelled_caught

    assert run_simulated(main())


@pytest.mark.parametrize("seconds", NO_DURATIONS)
def test_a_negative_sleep_and_nan_are_refused(seconds: float) -> None:
    async def main() -> None:
        with pytest.raises(ValueError, match="a number of seconds, 0 or more"):
            await zokio.sleep(seconds)
        with pytest.raises(ValueError, match="a number of seconds, 0 or more"):
            await sleep_until(seconds)

    run_simulated(main())


def test_an_infinite_sleep_waits_until_it_is_cancelled() -> None:
    async def main() -> float:
        with zokio.move_on_after(1_000_000):
            await zokio.sleep(math.inf)
        return now()

    assert run_simulated(main()) == 1_000_000


def test_a_sleeper_that_is_woken_for_no_reason_sleeps_on() -> None:
    async def main() -> float:
        sleeper = zokio.spawn(woken_at(2))
        await zokio.sleep(1)
        current_runtime().tasks[sleeper.id].wake()
        return await sleeper

    assert run_simulated(main()) == 2


@pytest.mark.parametrize("until", [False, True])
def test_a_cancelled_sleep_leaves_no_timer(until: bool) -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            zokio.spawn(cancel_later(scope))
            await (sleep_until(9) if until else zokio.sleep(9))
        assert scope.cancelled_caught and now() == 1
        assert pending_timers() == 0

    async def cancel_later(scope: zokio.CancelScope) -> None:
        await zokio.sleep(1)
        scope.cancel()

    run_simulated(main())


def test_sleep_until_wakes_at_the_instant() -> None:
    async def main() -> list[float]:
        instants = []
        for instant in (2.0, 2.5, 10.0):
            await sleep_until(instant)
            instants.append(now())
        return instants

    assert run_simulated(main()) == [2.0, 2.5, 10.0]


def test_sleep_until_an_instant_that_was_lets_other_tasks_run_once() -> None:
    async def main() -> float:
        busy(5)
        other = zokio.spawn(woken_at(0))
        await sleep_until(5)
        assert not other.is_finished(), "it yielded more than once"
        await sleep_until(4)
        assert other.is_finished()
        return now()

    assert run_simulated(main()) == 5


def test_sleep_until_the_end_of_time_waits_until_it_is_cancelled() -> None:
    async def main() -> float:
        with zokio.move_on_after(1):
            await sleep_until(math.inf)
        return now()

    assert run_simulated(main()) == 1


def test_the_time_outside_of_a_runtime_is_refused() -> None:
    with pytest.raises(NoRuntimeError):
        now()
