"""TaskGroup.start: who is told of what before the task has started, and whose it is afterwards."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.branches import note_end
from tests.helpers.simulation import forever, run_simulated, run_with
from zokio.errors import ClosedError, NotAwaitableError, UsageError
from zokio.runtime.starting import TASK_STATUS_IGNORED, TaskStatus
from zokio.time import now

on_one_thread_and_on_workers = pytest.mark.parametrize("workers", (0, 4))


async def serve(port: int, *, task_status: TaskStatus[str] = TASK_STATUS_IGNORED) -> None:
    """Gets ready in a second, and serves for ever."""
    await zokio.sleep(1)
    task_status.started(f"serving on {port}")
    await forever()


@on_one_thread_and_on_workers
def test_start_returns_when_the_task_says_so(workers: int) -> None:
    async def main() -> tuple[str, float]:
        async with zokio.TaskGroup() as group:
            said = await group.start(serve, 80), now()
            group.cancel_scope.cancel()
        return said

    assert run_with(workers, main()) == ("serving on 80", 1)


@on_one_thread_and_on_workers
def test_many_tasks_start_at_once(workers: int) -> None:
    async def main() -> list[str]:
        said = []

        async def start(port: int) -> None:
            said.append(await group.start(serve, port))

        async with zokio.TaskGroup() as group:
            async with zokio.TaskGroup() as starters:
                for port in range(100):
                    starters.spawn(start(port))
            group.cancel_scope.cancel()
        return said

    expected = sorted(f"serving on {port}" for port in range(100))
    assert sorted(run_with(workers, main())) == expected


def test_a_function_that_can_be_started_can_also_be_spawned() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(serve(80))
            await zokio.sleep(2)
            group.cancel_scope.cancel()

    run_simulated(main())
    assert repr(TASK_STATUS_IGNORED) == "TASK_STATUS_IGNORED"


def test_started_without_a_value_gives_none_and_the_task_has_the_name_it_was_given() -> None:
    names = []

    async def work(*, task_status: TaskStatus[None]) -> None:
        names.append(zokio.current_task().name)
        task_status.started()

    async def main() -> object:
        async with zokio.TaskGroup() as group:
            value = await group.start(work, name="worker")
        return value

    assert run_simulated(main()) is None
    assert names == ["worker"]


def test_an_error_before_it_has_started_is_raised_bare_and_leaves_the_group_alone() -> None:
    async def fails(*, task_status: TaskStatus[None]) -> None:
        await zokio.sleep(1)
        raise ValueError("cannot start")

    async def main() -> float:
        async with zokio.TaskGroup() as group:
            group.spawn(zokio.sleep(5))
            with pytest.raises(ValueError, match="cannot start"):
                await group.start(fails)
        return now()

    assert run_simulated(main()) == 5


def test_an_error_after_it_has_started_is_the_groups() -> None:
    async def fails(*, task_status: TaskStatus[None]) -> None:
        task_status.started()
        await zokio.sleep(1)
        raise ValueError("failed later")

    async def main() -> None:
        with pytest.raises(ExceptionGroup) as caught:
            async with zokio.TaskGroup() as group:
                await group.start(fails)
                await forever()
        assert [repr(each) for each in caught.value.exceptions] == ["ValueError('failed later')"]

    run_simulated(main())


def test_start_does_not_lose_an_error_after_cancellation() -> None:
    """The cleanup of a start that is cancelled fails: whoever called must hear of it."""

    async def fails_in_its_cleanup(*, task_status: TaskStatus[None]) -> None:
        try:
            await forever()
        finally:
            raise ValueError("cleanup")

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            with pytest.raises(ValueError, match="cleanup"), zokio.move_on_after(1):
                await group.start(fails_in_its_cleanup)

    run_simulated(main())


def test_a_cancelled_start_waits_for_the_cleanup_of_its_task() -> None:
    ended: list[str] = []

    async def slow(*, task_status: TaskStatus[None]) -> None:
        await note_end(ended, "slow", 3)

    async def main() -> tuple[bool, float, list[str]]:
        async with zokio.TaskGroup() as group:
            with zokio.move_on_after(1) as scope:
                await group.start(slow)
            found = scope.cancelled_caught, now(), ended.copy()
        return found

    assert run_simulated(main()) == (True, 4, ["slow"])


def test_a_cancelled_start_is_not_saved_by_a_shield_that_comes_later() -> None:
    shield = zokio.CancelScope()

    async def raises_a_shield(*, task_status: TaskStatus[str]) -> None:
        try:
            await forever()
        finally:
            shield.shield = True

    async def main() -> list[str]:
        seen = []
        async with zokio.TaskGroup() as group:
            with zokio.move_on_after(1):
                with shield:
                    await group.start(raises_a_shield)
                    seen.append("the call has come back")
                seen.append("the scope has caught it")
        return seen

    assert run_simulated(main()) == []


def test_a_value_that_comes_after_the_cancellation_is_dropped() -> None:
    async def late(*, task_status: TaskStatus[str]) -> None:
        try:
            await forever()
        finally:
            task_status.started("too late")

    async def main() -> bool:
        async with zokio.TaskGroup() as group:
            with zokio.move_on_after(1) as scope:
                await group.start(late)
        return scope.cancelled_caught

    assert run_simulated(main())


def test_the_scopes_that_the_task_is_in_go_over_to_the_group_with_it() -> None:
    ended: list[str] = []

    async def inside_a_scope(*, task_status: TaskStatus[None]) -> None:
        async with zokio.TaskGroup() as inner:
            inner.spawn(note_end(ended, "a child of the task"))
            await zokio.sleep(1)
            task_status.started()
            await note_end(ended, "the task")

    async def main() -> list[str]:
        async with zokio.TaskGroup() as group:
            with zokio.CancelScope() as of_the_caller:
                await group.start(inside_a_scope)
                of_the_caller.cancel()
                await zokio.sleep(1)
            assert ended == [], "the caller's cancellation reached a member of the group"
            group.cancel_scope.cancel()
        return sorted(ended)

    assert run_simulated(main()) == ["a child of the task", "the task"]


def test_the_scopes_of_a_task_that_starts_in_a_cancelled_group_are_cancelled() -> None:
    seen = []

    async def outside(group: zokio.TaskGroup) -> None:
        await group.start(inside_a_scope)

    async def inside_a_scope(*, task_status: TaskStatus[None]) -> None:
        with zokio.CancelScope():
            await zokio.sleep(2)
            task_status.started()
            seen.append("started")
            await zokio.sleep(0)
            seen.append("not reached")

    async def main() -> float:
        async with zokio.TaskGroup() as group:
            zokio.spawn(outside(group))
            await zokio.sleep(1)
            group.cancel_scope.cancel()
        return now()

    assert run_simulated(main()) == 2
    assert seen == ["started"]


def test_a_task_that_returns_without_having_started_is_an_error() -> None:
    async def forgets(*, task_status: TaskStatus[None]) -> None: ...

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            with pytest.raises(UsageError, match="before it had called task_status.started"):
                await group.start(forgets)

    run_simulated(main())


def test_a_task_that_aborts_itself_before_it_has_started_is_told_of() -> None:
    async def aborts(*, task_status: TaskStatus[None]) -> None:
        zokio.current_task().abort()
        await forever()

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            with pytest.raises(zokio.AbortedError):
                await group.start(aborts)

    run_simulated(main())


def test_started_is_for_once_and_for_the_living() -> None:
    kept: list[TaskStatus[None]] = []

    async def twice(*, task_status: TaskStatus[None]) -> None:
        kept.append(task_status)
        task_status.started()
        with pytest.raises(UsageError, match="has called started"):
            task_status.started()

    async def never(*, task_status: TaskStatus[None]) -> None:
        kept.append(task_status)

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            await group.start(twice)
            with pytest.raises(UsageError):
                await group.start(never)
            with pytest.raises(UsageError, match="has ended"):
                kept[1].started()

    run_simulated(main())


@pytest.mark.one_thread
def test_started_from_another_thread_is_refused() -> None:
    async def elsewhere(*, task_status: TaskStatus[None]) -> None:
        with pytest.raises(UsageError, match="another thread"):
            await zokio.spawn_blocking(task_status.started)
        task_status.started()

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            await group.start(elsewhere)

    zokio.run(main(), config=zokio.RuntimeConfig(workers=0))


def test_start_outside_of_the_block_is_an_error() -> None:
    async def main() -> None:
        group = zokio.TaskGroup()
        with pytest.raises(UsageError, match="outside of the group's block"):
            await group.start(serve, 80)
        async with group:
            pass
        with pytest.raises(ClosedError, match="the block has ended"):
            await group.start(serve, 80)

    run_simulated(main())


def test_what_cannot_be_started_is_told_to_the_caller() -> None:
    async def without_status() -> None: ...

    def no_coroutine(*, task_status: TaskStatus[None]) -> int:
        return 7

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            with pytest.raises(TypeError, match="task_status"):
                await group.start(without_status)
            with pytest.raises(NotAwaitableError, match="TaskGroup.start takes a coroutine"):
                await group.start(no_coroutine)  # type: ignore[arg-type]  # what the test is about

    run_simulated(main())


@pytest.mark.one_thread  # it drops a coroutine by hand
def test_a_start_that_is_dropped_cancels_its_task() -> None:
    ended: list[str] = []

    async def slow(*, task_status: TaskStatus[None]) -> None:
        await note_end(ended, "slow")

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            dropped = group.start(slow)
            dropped.send(None)
            await zokio.sleep(1)
            dropped.close()
        await zokio.sleep(1)

    run_simulated(main())
    assert ended == ["slow"]


@on_one_thread_and_on_workers
def test_start_is_cancelled_at_any_time_and_leaves_nobody_behind(workers: int) -> None:
    """The second in which the caller gives up moves over everything that the task does."""

    async def work(*, task_status: TaskStatus[str]) -> None:
        await zokio.sleep(2)
        task_status.started("ready")
        await zokio.sleep(2)

    async def main(seconds: float) -> tuple[float, object]:
        value = None
        async with zokio.TaskGroup() as group:
            with zokio.move_on_after(seconds):
                value = await group.start(work)
        return now(), value

    for seconds, found in ((0, None), (1, None), (1.5, None), (3, "ready")):
        ended, value = run_with(workers, main(seconds))
        assert value == found
        assert ended == (4 if found else seconds)
