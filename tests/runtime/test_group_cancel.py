"""TaskGroup: cancelled by itself, from outside, by an abort. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.branches import note_end
from tests.helpers.simulation import forever, run_simulated
from zokio.time import now


@pytest.mark.one_thread  # whose turn comes first is luck among workers
def test_cancelling_the_scope_of_a_group_ends_it_quietly() -> None:
    ended: list[str] = []

    async def main() -> str:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "first"))
            group.spawn(note_end(ended, "second"))
            await zokio.yield_now()
            group.cancel_scope.cancel()
            await forever()
        assert group.cancel_scope.cancelled_caught
        return "went on"

    assert run_simulated(main()) == "went on"
    assert ended == ["first", "second"]


def test_a_child_can_cancel_its_group_while_the_block_waits() -> None:
    ended: list[str] = []

    async def main() -> str:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "other"))

            async def canceller() -> None:
                await zokio.sleep(1)
                group.cancel_scope.cancel()

            group.spawn(canceller())
        return "went on"

    assert run_simulated(main()) == "went on"
    assert ended == ["other"]


def test_a_cancellation_from_outside_reaches_every_child_and_passes_the_group() -> None:
    ended: list[str] = []

    async def main() -> float:
        with zokio.move_on_after(2) as outer:
            async with zokio.TaskGroup() as group:
                group.spawn(note_end(ended, "slow", cleanup=3))
                group.spawn(note_end(ended, "fast"))
            ended.append("code behind the group ran")
        assert outer.cancelled_caught and not group.cancel_scope.cancelled_caught
        return now()

    assert run_simulated(main()) == 5
    assert ended == ["fast", "slow"]


def test_a_group_that_is_cancelled_before_its_block_lets_children_begin() -> None:
    said = []

    async def work() -> None:
        said.append("began")
        await forever()

    async def main() -> None:
        group = zokio.TaskGroup()
        group.cancel_scope.cancel()
        async with group:
            group.spawn(work())

    run_simulated(main())
    assert said == ["began"]


def test_a_shielded_group_is_cancelled_when_the_shield_is_dropped() -> None:
    said = []

    async def sleeper() -> None:
        said.append("sleeps")
        try:
            await forever()
        finally:
            said.append("cancelled")

    async def main() -> None:
        with zokio.CancelScope() as outer:
            async with zokio.TaskGroup() as group:
                outer.cancel()
                group.cancel_scope.shield = True
                group.spawn(sleeper())
                await zokio.sleep(1)
                assert said == ["sleeps"]
                group.cancel_scope.shield = False
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(1)
                assert said == ["sleeps", "cancelled"]

    run_simulated(main())
    assert said == ["sleeps", "cancelled"]


@pytest.mark.one_thread  # whose turn comes first is luck among workers
def test_a_cancellation_reaches_the_children_of_children() -> None:
    ended: list[str] = []

    async def worker(name: str) -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, f"{name}-1"))
            group.spawn(note_end(ended, f"{name}-2"))

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(worker("a"))
            group.spawn(worker("b"))
            await zokio.sleep(1)
            group.cancel_scope.cancel()

    run_simulated(main())
    assert ended == ["a-1", "a-2", "b-1", "b-2"]


def test_a_child_aborted_on_its_own_is_no_failure() -> None:
    async def main() -> float:
        async with zokio.TaskGroup() as group:
            aborted = group.spawn(forever())
            group.spawn(zokio.sleep(2))
            await zokio.yield_now()
            aborted.abort()
        with pytest.raises(zokio.AbortedError):
            aborted.result()
        return now()

    assert run_simulated(main()) == 2


def test_an_aborted_task_waits_for_the_children_of_its_group() -> None:
    ended: list[str] = []

    async def owner() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "child", cleanup=4))

    async def main() -> float:
        handle = zokio.spawn(owner())
        await zokio.sleep(1)
        handle.abort()
        with pytest.raises(zokio.AbortedError):
            await handle
        return now()

    assert run_simulated(main()) == 5
    assert ended == ["child"]
