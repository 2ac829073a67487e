"""as_completed and map_bounded: order, limits, failures, and what an early exit leaves behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

import zokio
from tests.helpers.branches import Reports, after, fail, note_end
from tests.helpers.simulation import forever, run_simulated, run_with, simulated, value
from zokio.errors import NotAwaitableError, UsageError
from zokio.time import now

on_one_thread_and_on_workers = pytest.mark.parametrize("workers", (0, 4))


class Gauge:
    """How many run at once, and how many were begun."""

    def __init__(self) -> None:
        self.running = self.most = self.begun = 0

    async def work(self, seconds: float) -> float:
        self.begun += 1
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            await zokio.sleep(seconds)
        finally:
            self.running -= 1
        return seconds


# as_completed


@pytest.mark.one_thread  # it takes single steps
def test_a_shutdown_before_the_tasks_have_begun_leaves_no_coroutine_that_nobody_closed() -> None:
    async def main() -> None:
        async with zokio.as_completed(value("a"), value("b")) as results:
            await anext(results)

    runtime = zokio.Runtime(simulated())
    runtime.spawn(main())
    runtime.step()
    assert "value" in runtime.shutdown(0).dropped  # it would be warned of, which is an error here


@on_one_thread_and_on_workers
def test_values_come_in_the_order_of_completion_with_their_places(workers: int) -> None:
    async def main() -> list[tuple[int, str]]:
        async with zokio.as_completed(after(3, "c"), after(1, "a"), after(2, "b")) as results:
            return [found async for found in results]

    assert run_with(workers, main()) == [(1, "a"), (2, "b"), (0, "c")]


def test_as_completed_does_not_leak_its_tasks_when_the_loop_is_left() -> None:
    ended: list[str] = []

    async def main() -> tuple[float, list[str]]:
        async with zokio.as_completed(
            after(1, "first"), note_end(ended, "slow", 2), note_end(ended, "quick")
        ) as results:
            async for _ in results:
                break
        return now(), ended.copy()

    assert run_simulated(main()) == (3, ["quick", "slow"])


def test_as_completed_outside_of_a_block_is_refused_and_starts_nothing() -> None:
    async def main() -> None:
        results = zokio.as_completed(*(zokio.spawn(value(each)) for each in "ab"))
        with pytest.raises(UsageError, match="inside of their block"):
            async for _ in results:
                pass
        with pytest.raises(UsageError, match="inside of their block"):
            await anext(results)
        async with results:
            pass
        with pytest.raises(UsageError, match="entered before"):
            async with results:
                pass

    run_simulated(main())


def test_nothing_at_all_is_completed_at_once() -> None:
    async def main() -> list[tuple[int, str]]:
        nothing: list[zokio.JoinHandle[str]] = []
        async with zokio.as_completed(*nothing) as results:
            return [found async for found in results]

    assert run_simulated(main()) == []


def test_what_cannot_be_awaited_is_refused_before_anything_begins() -> None:
    begun = []

    async def work() -> None:
        begun.append("work")

    async def main() -> None:
        with pytest.raises(NotAwaitableError, match="as_completed takes a coroutine"):
            async with zokio.as_completed(work(), 7):  # type: ignore[arg-type]  # what it is about
                pass

    run_simulated(main())
    assert begun == []


def test_an_error_does_not_leave_children_behind_as_gather_does() -> None:
    ended: list[str] = []

    async def main() -> tuple[float, list[str]]:
        with pytest.raises(ValueError, match="failed"):
            async with zokio.as_completed(
                fail(ValueError("failed"), 1), note_end(ended, "sibling", 2)
            ) as results:
                async for _ in results:
                    pass
        return now(), ended.copy()

    assert run_simulated(main()) == (3, ["sibling"])


def test_a_failure_is_raised_again_to_whoever_asks_again() -> None:
    async def main() -> None:
        async with zokio.as_completed(fail(ValueError("failed"))) as results:
            for _ in range(2):
                with pytest.raises(ValueError, match="failed"):
                    await anext(results)

    run_simulated(main())


def test_a_failure_that_nobody_asked_for_is_reported() -> None:
    reports = Reports()

    async def main() -> None:
        async with zokio.as_completed(fail(ValueError("unseen")), forever()):
            await zokio.sleep(1)

    zokio.run(main(), config=reports.config)
    assert reports.reported == ["ValueError('unseen')"]


def test_an_aborted_task_is_a_failure() -> None:
    async def aborts() -> None:
        zokio.current_task().abort()
        await forever()

    async def main() -> None:
        async with zokio.as_completed(aborts()) as results:
            with pytest.raises(zokio.AbortedError):
                await anext(results)

    run_simulated(main())


def test_a_task_that_raises_stop_async_iteration_does_not_end_the_loop_quietly() -> None:
    async def main() -> None:
        async with zokio.as_completed(fail(StopAsyncIteration())) as results:
            with pytest.raises(UsageError, match="StopAsyncIteration"):
                await anext(results)

    run_simulated(main())


def test_a_wait_that_is_cancelled_loses_no_value() -> None:
    async def main() -> list[tuple[int, str]]:
        async with zokio.as_completed(after(1, "a"), after(2, "b")) as results:
            with zokio.move_on_after(1) as scope:
                await anext(results)
            assert scope.cancelled_caught
            return [found async for found in results]

    assert run_simulated(main()) == [(0, "a"), (1, "b")]


def test_a_cancellation_from_outside_is_not_taken_for_the_abort_of_a_task() -> None:
    async def main() -> float:
        with zokio.move_on_after(1) as scope:
            async with zokio.as_completed(after(0.5, "a"), forever()) as results:
                async for _ in results:
                    with zokio.CancelScope(shield=True):
                        await zokio.sleep(2)
        assert scope.cancelled_caught
        return now()

    assert run_simulated(main()) == 2.5


# map_bounded


@on_one_thread_and_on_workers
@pytest.mark.parametrize(("ordered", "found"), [(True, [3, 1, 2, 1]), (False, [1, 3, 2, 1])])
def test_a_map_gives_values_in_the_order_of_the_source_or_of_completion(
    ordered: bool, found: list[float], workers: int
) -> None:
    async def main() -> list[float]:
        gauge = Gauge()
        async with zokio.map_bounded(gauge.work, [3, 1, 2, 1], 2, ordered=ordered) as values:
            return [value async for value in values]

    assert run_with(workers, main()) == found


@pytest.mark.parametrize("ordered", [True, False])
def test_never_more_than_the_limit_run_and_the_source_is_not_run_ahead_of(ordered: bool) -> None:
    gauge = Gauge()
    asked = 0

    def endless() -> Iterator[float]:
        nonlocal asked
        while True:
            asked += 1
            yield 1

    async def main() -> None:
        async with zokio.map_bounded(gauge.work, endless(), 5, ordered=ordered) as values:
            taken = 0
            async for _ in values:
                taken += 1
                await zokio.sleep(10)  # a slow consumer: everybody waits for it
                assert gauge.begun <= taken + 5 and asked <= taken + 5
                if taken == 20:
                    break

    run_simulated(main())
    assert gauge.most == 5 and gauge.running == 0


def test_a_source_may_be_an_async_generator_which_is_closed_when_the_loop_is_left() -> None:
    seen: list[str] = []

    async def source() -> AsyncIterator[float]:
        try:
            while True:
                yield 1
                await zokio.sleep(1)
        finally:
            seen.append("closed")

    async def main() -> list[str]:
        async with zokio.map_bounded(Gauge().work, source(), 2) as values:
            async for _ in values:
                break
        return seen.copy()

    assert run_simulated(main()) == ["closed"]


def test_an_error_of_an_item_cancels_the_rest_and_is_raised() -> None:
    ended: list[str] = []

    async def work(item: int) -> str:
        return await (fail(ValueError("item 1"), 1) if item == 1 else note_end(ended, f"{item}"))

    async def main() -> float:
        with pytest.raises(ValueError, match="item 1"):
            async with zokio.map_bounded(work, range(100), 3) as values:
                async for _ in values:
                    pass
        return now()

    assert run_simulated(main()) == 1
    assert sorted(ended) == ["0", "2"]


def test_errors_of_the_source_and_of_the_function_are_raised() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("source")

    def refuses(item: int) -> zokio.JoinHandle[str]:
        raise KeyError(item)

    no_coroutine: Any = str

    async def main() -> None:
        with pytest.raises(ValueError, match="source"):
            async with zokio.map_bounded(value, broken(), 1) as values:
                async for _ in values:
                    pass
        with pytest.raises(KeyError):
            async with zokio.map_bounded(refuses, [1], 1) as refused:
                await anext(refused)
        with pytest.raises(NotAwaitableError):
            async with zokio.map_bounded(no_coroutine, [1], 1) as strings:
                await anext(strings)

    run_simulated(main())


def test_an_item_of_a_source_that_ignores_its_cancellation_is_not_begun() -> None:
    begun = []

    async def stubborn() -> AsyncIterator[int]:
        yield 0
        try:
            await forever()
        except zokio.Cancelled:
            pass
        yield 1

    async def work(item: int) -> None:
        begun.append(item)
        await zokio.sleep(1)
        raise ValueError("failed")

    async def main() -> None:
        async with zokio.map_bounded(work, stubborn(), 5) as values:
            with pytest.raises(ValueError, match="failed"):
                await anext(values)
            await zokio.sleep(1)

    run_simulated(main())
    assert begun == [0]


def test_whoever_comes_second_for_the_last_value_takes_nothing() -> None:
    """On several workers two consumers may see the same value."""

    async def main() -> None:
        results = zokio.as_completed(value("only"), forever())
        async with results:
            await zokio.sleep(1)
            crew = results._crew
            assert crew is not None and crew.has_answer()
            assert crew.take() is not None
            assert crew.take() is None

    run_simulated(main())


@pytest.mark.parametrize("limit", [0, -1, 1.5, True, None])
def test_a_limit_is_a_whole_number_over_0(limit: int) -> None:
    with pytest.raises(UsageError, match="a whole number, 1 or more"):
        zokio.map_bounded(value, [1], limit)


def test_a_source_can_be_iterated() -> None:
    with pytest.raises(UsageError, match="neither iterable"):
        zokio.map_bounded(value, 7, 1)  # type: ignore[arg-type]  # what the test is about


@on_one_thread_and_on_workers
def test_several_consumers_share_the_values_and_all_hear_of_the_end(workers: int) -> None:
    async def main() -> list[int]:
        taken: list[int] = []

        async def consume() -> None:
            async for number in values:
                taken.append(number)
                await zokio.yield_now()

        async with zokio.map_bounded(value, range(500), 8, ordered=False) as values:
            await zokio.join(*(consume() for _ in range(4)))
        return sorted(taken)

    assert run_with(workers, main()) == list(range(500))


def test_a_cancelled_block_ends_its_tasks() -> None:
    gauge = Gauge()

    async def main() -> float:
        with zokio.move_on_after(3):
            async with zokio.map_bounded(gauge.work, [2, 5, 5, 5], 2) as values:
                async for _ in values:
                    pass
        return now()

    assert run_simulated(main()) == 3
    assert gauge.running == 0 and gauge.begun == 3
