"""TaskGroup: what ends when, and what it leaves behind. Time is virtual."""

from __future__ import annotations

import gc

import zokio
from tests.helpers.simulation import forever, run_simulated, value
from zokio.time import now


def test_the_block_ends_when_the_last_child_has() -> None:
    async def main() -> tuple[float, int]:
        async with zokio.TaskGroup() as group:
            group.spawn(zokio.sleep(3))
            handle = group.spawn(value(7))
        return now(), handle.result()

    assert run_simulated(main()) == (3, 7)


def test_a_group_without_children_ends_at_once() -> None:
    async def main() -> str:
        async with zokio.TaskGroup():
            pass
        return "ended"

    assert run_simulated(main()) == "ended"


def test_a_child_is_named_as_it_is_told() -> None:
    async def main() -> tuple[str, str]:
        async with zokio.TaskGroup() as group:
            named, unnamed = group.spawn(value(1), name="one"), group.spawn(value(2))
        return named.name, unnamed.name

    assert run_simulated(main()) == ("one", "value")


def test_children_can_spawn_siblings_while_the_block_waits() -> None:
    async def main() -> tuple[list[int], float]:
        seen = []

        async def work(depth: int) -> None:
            await zokio.sleep(1)
            seen.append(depth)
            if depth:
                group.spawn(work(depth - 1))

        async with zokio.TaskGroup() as group:
            group.spawn(work(3))
        return seen, now()

    assert run_simulated(main()) == ([3, 2, 1, 0], 4)


def test_an_outsider_can_spawn_in_the_moment_in_which_the_last_child_has_ended() -> None:
    async def main() -> float:
        group = zokio.TaskGroup()

        async def outsider() -> None:
            await child
            group.spawn(zokio.sleep(5))

        async with group:
            child = group.spawn(zokio.sleep(1))
            zokio.spawn(outsider())
            await zokio.yield_now()
        return now()

    assert run_simulated(main()) == 6


def test_awaiting_a_child_inside_the_block_gives_its_value() -> None:
    async def main() -> int:
        async with zokio.TaskGroup() as group:
            found = await group.spawn(value(5))
        return found

    assert run_simulated(main()) == 5


def test_groups_leave_no_garbage_for_the_collector() -> None:
    async def quiet() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(value(1))
            group.spawn(forever())
            await zokio.yield_now()
            group.cancel_scope.cancel()

    async def fail_without_a_cycle() -> None:
        raise KeyError

    async def failing() -> None:
        try:
            async with zokio.TaskGroup() as group:
                group.spawn(fail_without_a_cycle())
        except* KeyError:
            pass

    async def lost() -> None:
        with zokio.CancelScope() as outer:
            async with zokio.TaskGroup() as group:
                group.spawn(forever())
                await zokio.yield_now()
                outer.cancel()

    async def main() -> list[int]:
        found = []
        for each in (quiet, failing, lost):
            await each()
            gc.collect()
            await each()
            found.append(gc.collect())
        return found

    gc.disable()
    try:
        assert run_simulated(main()) == [0, 0, 0]
    finally:
        gc.enable()
