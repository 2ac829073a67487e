"""join: values, errors, cancellation in the middle. Time is virtual."""

from __future__ import annotations

import gc
from typing import Any

import pytest

import zokio
from tests.helpers.branches import Reports, after, fail, fail_when_cancelled, note_end
from tests.helpers.simulation import forever, run_simulated, value
from zokio.time import now


def test_join_gives_the_values_in_the_order_of_the_arguments() -> None:
    async def main() -> tuple[tuple[str, str, str], float]:
        return await zokio.join(after(3, "a"), after(1, "b"), after(2, "c")), now()

    assert run_simulated(main()) == (("a", "b", "c"), 3)


def test_join_of_nothing_is_nothing() -> None:
    async def main() -> tuple[Any, ...]:
        return await zokio.join()

    assert run_simulated(main()) == ()


def test_join_raises_the_first_failure_after_the_others_have_cleaned_up() -> None:
    ended: list[str] = []

    async def main() -> float:
        with pytest.raises(KeyError, match="first"):
            await zokio.join(note_end(ended, "slow", 5), fail(KeyError("first"), 1))
        return now()

    assert run_simulated(main()) == 6
    assert ended == ["slow"]


def test_a_failure_while_join_cleans_up_is_reported_once() -> None:
    reports = Reports()

    async def main() -> None:
        with pytest.raises(KeyError, match="first"):
            await zokio.join(
                fail_when_cancelled(ValueError("later")), fail(KeyError("first"), seconds=1)
            )
        assert reports.reported == ["ValueError('later')"], "not reported when join was over"

    zokio.run(main(), config=reports.config)
    gc.collect()
    assert reports.reported == ["ValueError('later')"]


def test_join_takes_handles_and_leaves_their_tasks_alone() -> None:
    async def main() -> tuple[str, str]:
        handle = zokio.spawn(after(5, "task"))
        with pytest.raises(KeyError):
            await zokio.join(handle, fail(KeyError()))
        assert not handle.is_finished()
        return await zokio.join(handle, value("value"))

    assert run_simulated(main()) == ("task", "value")


def test_join_of_an_aborted_task_raises_aborted() -> None:
    async def main() -> None:
        handle = zokio.spawn(forever())
        handle.abort()
        with pytest.raises(zokio.AbortedError):
            await zokio.join(handle, forever())

    run_simulated(main())


def test_a_branch_that_aborts_itself_is_aborted() -> None:
    async def suicidal() -> str:
        zokio.current_task().abort()
        await zokio.yield_now()
        return "not reached"

    async def main() -> None:
        with pytest.raises(zokio.AbortedError):
            await zokio.join(suicidal(), after(1, "other"))
        assert now() == 1, "an aborted branch is no failure, so join waits for the others"

    run_simulated(main())


def test_a_join_that_is_cancelled_waits_for_its_branches() -> None:
    ended: list[str] = []

    async def main() -> float:
        with zokio.move_on_after(2) as scope:
            await zokio.join(note_end(ended, "a", 3), note_end(ended, "b", 4))
        assert scope.cancelled_caught
        return now()

    assert run_simulated(main()) == 6
    assert ended == ["a", "b"]


def test_thousands_of_branches_are_joined() -> None:
    async def main() -> tuple[int, ...]:
        return await zokio.join(*(value(number) for number in range(5_000)))

    assert run_simulated(main()) == tuple(range(5_000))
