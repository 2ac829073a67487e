"""JoinSet: results one by one, whose errors are whose, and what the block leaves behind."""

from __future__ import annotations

import gc

import pytest

import zokio
from tests.helpers.branches import Reports, after, fail, note_end
from tests.helpers.simulation import forever, run_simulated, run_with, value
from zokio.errors import ClosedError, UsageError
from zokio.time import now

on_one_thread_and_on_workers = pytest.mark.parametrize("workers", (0, 4))


@on_one_thread_and_on_workers
def test_results_come_in_the_order_in_which_the_tasks_end(workers: int) -> None:
    async def main() -> list[str]:
        async with zokio.JoinSet[str]() as tasks:
            for seconds, name in ((3, "c"), (1, "a"), (2, "b")):
                tasks.spawn(after(seconds, name))
            return [handle.result() async for handle in tasks]

    assert run_with(workers, main()) == ["a", "b", "c"]


@on_one_thread_and_on_workers
def test_every_task_of_thousands_is_joined_once_by_several(workers: int) -> None:
    async def main() -> list[int]:
        joined: list[int] = []

        async def join(tasks: zokio.JoinSet[int]) -> None:
            async for handle in tasks:
                joined.append(handle.result())

        async with zokio.JoinSet[int]() as tasks:
            for number in range(2_000):
                tasks.spawn(value(number))
            await zokio.join(*(join(tasks) for _ in range(3)))
        return sorted(joined)

    assert run_with(workers, main()) == list(range(2_000))


def test_a_failure_is_a_result_and_cancels_nobody() -> None:
    async def main() -> tuple[list[str], float]:
        seen = []
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(fail(ValueError("first"), 1))
            tasks.spawn(after(2, "second"))
            async for handle in tasks:
                try:
                    seen.append(handle.result())
                except ValueError as error:
                    seen.append(repr(error))
        return seen, now()

    assert run_simulated(main()) == (["ValueError('first')", "second"], 2)


def test_an_aborted_task_is_joined_like_any_other() -> None:
    async def main() -> None:
        async with zokio.JoinSet[None]() as tasks:
            tasks.spawn(forever()).abort()
            handle = await tasks.join_next()
            assert handle is not None
            with pytest.raises(zokio.AbortedError):
                handle.result()

    run_simulated(main())


def test_the_set_says_when_it_is_empty_and_may_be_filled_again() -> None:
    async def main() -> list[object]:
        async with zokio.JoinSet[str]() as tasks:
            assert tasks, "a set is true, also an empty one"
            found: list[object] = [len(tasks), await tasks.join_next(), tasks.try_join_next()]
            tasks.spawn(value("late"), name="named")
            found.append(len(tasks))
            handle = await tasks.join_next()
            assert handle is not None
            found += [handle.name, handle.result(), len(tasks)]
        return found

    assert run_simulated(main()) == [0, None, None, 1, "named", "late", 0]


def test_a_result_is_not_lost_when_join_next_is_cancelled() -> None:
    """The task ends in the moment in which the wait for it is given up."""

    async def main() -> str:
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(after(1, "kept"))
            with zokio.move_on_after(1) as scope:
                await tasks.join_next()
            assert scope.cancelled_caught
            await zokio.yield_now()
            handle = tasks.try_join_next()
            assert handle is not None
            return handle.result()

    assert run_simulated(main()) == "kept"


def test_whoever_leaves_the_block_leaves_no_task_behind() -> None:
    ended: list[str] = []

    async def main() -> tuple[float, list[str]]:
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(note_end(ended, "a", 2))
            tasks.spawn(note_end(ended, "b", 1))
            await zokio.sleep(1)
        return now(), ended.copy()

    assert run_simulated(main()) == (3, ["b", "a"])


def test_an_error_of_the_block_goes_on_as_it_is() -> None:
    async def main() -> float:
        with pytest.raises(KeyError):
            async with zokio.JoinSet[None]() as tasks:
                tasks.spawn(forever())
                await zokio.sleep(1)
                raise KeyError
        with zokio.move_on_after(1) as scope:
            async with zokio.JoinSet[None]() as tasks:
                tasks.spawn(forever())
                await forever()
        assert scope.cancelled_caught
        return now()

    assert run_simulated(main()) == 2


@pytest.mark.one_thread  # a worker polls last whom it woke first
def test_abort_all_ends_those_that_are_there_and_not_those_to_come() -> None:
    ended: list[str] = []

    async def main() -> list[str]:
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(note_end(ended, "a"))
            tasks.spawn(note_end(ended, "b"))
            await zokio.sleep(1)
            tasks.abort_all()
            tasks.spawn(after(1, "to come"))
            results = []
            async for handle in tasks:
                try:
                    results.append(handle.result())
                except zokio.AbortedError:
                    results.append("aborted")
        return results

    assert run_simulated(main()) == ["aborted", "aborted", "to come"]
    assert ended == ["a", "b"]


def test_shutdown_waits_for_all_and_leaves_an_empty_set() -> None:
    ended: list[str] = []

    async def main() -> tuple[float, int]:
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(note_end(ended, "a", 2))
            await zokio.sleep(1)
            await tasks.shutdown()
            return now(), len(tasks)

    assert run_simulated(main()) == (3, 0)


def test_an_error_that_nobody_took_is_reported_once() -> None:
    reports = Reports()

    async def main() -> None:
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(fail(ValueError("nobody asked")))
            await zokio.sleep(1)

    zokio.run(main(), config=reports.config)
    gc.collect()
    assert reports.reported == ["ValueError('nobody asked')"]


def test_a_set_is_used_inside_its_block() -> None:
    async def main() -> None:
        tasks = zokio.JoinSet[None]()
        tasks.abort_all()
        assert len(tasks) == 0 and tasks.try_join_next() is None
        with pytest.raises(UsageError, match="outside of the set's block"):
            tasks.spawn(forever())
        with pytest.raises(UsageError, match="outside of the set's block"):
            await tasks.join_next()
        async with tasks:
            pass
        with pytest.raises(ClosedError, match="the block has ended"):
            tasks.spawn(forever())

    run_simulated(main())


@pytest.mark.one_thread  # it drops a coroutine by hand
def test_a_set_whose_owner_is_dropped_aborts_its_tasks() -> None:
    ended: list[str] = []

    async def own() -> None:
        async with zokio.JoinSet[str]() as tasks:
            tasks.spawn(note_end(ended, "a", 1))
            await forever()

    async def main() -> None:
        dropped = own()
        dropped.send(None)
        await zokio.sleep(1)
        dropped.close()
        await zokio.sleep(2)

    run_simulated(main())
    assert ended == ["a"]
