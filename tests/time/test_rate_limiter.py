"""RateLimiter: the rate, the burst, the order of those who wait, and what the cancelled leave."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zokio
from tests.helpers.simulation import run_simulated, run_with
from zokio.errors import UsageError
from zokio.time import RateLimiter, now

on_one_thread_and_on_workers = pytest.mark.parametrize("workers", (0, 4))


@on_one_thread_and_on_workers
def test_after_a_burst_permits_come_at_the_rate(workers: int) -> None:
    async def main() -> list[float]:
        limiter = RateLimiter(2, per=1, burst=3)
        taken = []
        for _ in range(7):
            await limiter.acquire()
            taken.append(now())
        return taken

    assert run_with(workers, main()) == [0, 0, 0, 0.5, 1, 1.5, 2]


@on_one_thread_and_on_workers
def test_many_tasks_together_keep_the_rate(workers: int) -> None:
    async def main() -> float:
        limiter = RateLimiter(100)
        await zokio.join(*(limiter.acquire() for _ in range(1_100)))
        limiter.check_invariants()
        return now()

    assert run_with(workers, main()) == 10


def test_a_pause_is_saved_up_to_the_burst_and_no_further() -> None:
    async def main() -> list[bool]:
        limiter = RateLimiter(1, burst=2)
        await limiter.acquire(2)
        await zokio.sleep(100)
        return [limiter.try_acquire() for _ in range(3)]

    assert run_simulated(main()) == [True, True, False]


@pytest.mark.parametrize("rate", [3, 7, 999])
def test_a_rate_that_does_not_divide_the_second_is_kept_to_the_nanosecond(rate: int) -> None:
    async def main() -> float:
        limiter = RateLimiter(rate)
        assert all(limiter.try_acquire() for _ in range(rate)) and not limiter.try_acquire()
        for _ in range(rate):
            await limiter.acquire()
        return now()

    assert run_simulated(main()) == 1


def test_who_wants_less_does_not_overtake_who_wants_more() -> None:
    async def main() -> list[tuple[str, float]]:
        limiter = RateLimiter(1, burst=5)
        order: list[tuple[str, float]] = []

        async def take(name: str, n: int) -> None:
            await limiter.acquire(n)
            order.append((name, now()))

        await limiter.acquire(5)
        async with zokio.TaskGroup() as group:
            group.spawn(take("much", 5))
            await zokio.sleep(1)
            group.spawn(take("little", 1))
            await zokio.sleep(1)
            assert not limiter.try_acquire(), "it overtook those who wait"
        return order

    assert run_simulated(main()) == [("much", 5), ("little", 6)]


@pytest.mark.parametrize("cancelled", [0, 1, 2])
def test_a_cancelled_waiter_has_taken_nothing_and_delays_nobody(cancelled: int) -> None:
    async def main() -> list[float]:
        limiter = RateLimiter(1, burst=4)
        taken: list[float] = []

        async def take(n: int) -> None:
            await limiter.acquire(n)
            taken.append(now())

        await limiter.acquire(4)
        waiting = [zokio.spawn(take(2)) for _ in range(3)]
        await zokio.sleep(1)
        waiting[cancelled].abort()
        await zokio.sleep(10)
        limiter.check_invariants()
        return taken

    assert run_simulated(main()) == [2, 4]


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_waiter_that_is_cancelled_in_the_moment_of_its_turn_hands_it_on() -> None:
    async def main() -> float:
        limiter = RateLimiter(1)
        await limiter.acquire()
        second, third = (zokio.spawn(limiter.acquire()) for _ in range(2))
        await limiter.acquire()  # the second has the turn now, and was not polled
        second.abort()
        await third
        return now()

    assert run_simulated(main()) == 2


@given(
    rate=st.integers(1, 50),
    per=st.sampled_from([0.1, 1.0, 7.0]),
    burst=st.integers(1, 5),
    wants=st.lists(st.tuples(st.integers(1, 5), st.floats(0, 3)), max_size=20),
)
@settings(max_examples=30)
def test_in_no_stretch_of_time_more_is_taken_than_the_rate_allows(
    rate: int, per: float, burst: int, wants: list[tuple[int, float]]
) -> None:
    async def main() -> list[tuple[float, int]]:
        limiter = RateLimiter(rate, per=per, burst=burst)
        taken = []
        for n, pause in wants:
            await limiter.acquire(min(n, burst))
            taken.append((now(), min(n, burst)))
            await zokio.sleep(pause)
        return taken

    taken = run_simulated(main())
    for first in range(len(taken)):
        for last in range(first, len(taken)):
            seconds = taken[last][0] - taken[first][0]
            permits = sum(n for _, n in taken[first : last + 1])
            assert permits <= burst + seconds * rate / per + 1e-6
    assert all(earlier[0] <= later[0] for earlier, later in pairwise(taken))


@pytest.mark.parametrize("count", [0, -1, 1.5, True])
def test_counts_are_whole_numbers_over_0(count: int) -> None:
    with pytest.raises(UsageError, match="rate=.*a whole number, 1 or more"):
        RateLimiter(count)
    with pytest.raises(UsageError, match="burst=.*a whole number, 1 or more"):
        RateLimiter(1, burst=count)
    with pytest.raises(UsageError, match="n="):
        RateLimiter(1).try_acquire(count)


@pytest.mark.parametrize("per", [0, -1, math.inf, math.nan])
def test_the_time_is_a_number_of_seconds_over_0(per: float) -> None:
    with pytest.raises(UsageError, match="a number of seconds over 0"):
        RateLimiter(1, per=per)


def test_more_at_once_than_the_burst_would_never_be_there() -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="more than the burst of 3"):
            await RateLimiter(3).acquire(4)

    run_simulated(main())
