"""CancelScope: deadlines, moved and passed. Time is virtual."""

from __future__ import annotations

import math

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, simulated_runtime
from zokio.time import now


def test_a_deadline_cancels_at_its_instant() -> None:
    async def main() -> float:
        begin = now()
        with zokio.CancelScope(deadline=begin + 3) as scope:
            await forever()
        assert scope.cancel_called and scope.cancelled_caught
        return now() - begin

    assert run_simulated(main()) == 3


def test_a_deadline_that_has_come_cancels_the_first_suspension_point() -> None:
    async def main() -> None:
        await zokio.sleep(2)
        with zokio.CancelScope(deadline=now() - 1) as scope:
            await zokio.yield_now()
        assert scope.cancelled_caught

    run_simulated(main())


def test_a_deadline_can_be_moved_on_and_taken_away() -> None:
    async def main() -> float:
        with zokio.CancelScope(deadline=1) as scope:
            assert scope.deadline == 1
            scope.deadline = 5
            await zokio.sleep(4)
            assert not scope.cancel_called
            scope.deadline = None
            assert scope.deadline is None
            await zokio.sleep(4)
            scope.deadline = 10
            await forever()
        assert scope.cancelled_caught
        return now()

    assert run_simulated(main()) == 10


def test_a_deadline_can_be_moved_into_the_past() -> None:
    async def main() -> None:
        await zokio.sleep(5)
        with zokio.CancelScope(deadline=100) as scope:
            await zokio.yield_now()
            scope.deadline = 1
            assert scope.cancel_called
            for _ in range(2):
                with pytest.raises(zokio.Cancelled):
                    await zokio.yield_now()
            scope.deadline = 100  # a cancellation is for good
            with pytest.raises(zokio.Cancelled):
                await zokio.yield_now()

    run_simulated(main())


def test_a_deadline_can_be_set_before_the_block() -> None:
    async def main() -> float:
        scope = zokio.CancelScope()
        assert scope.deadline is None
        scope.deadline = 2
        with scope:
            await forever()
        return now()

    assert run_simulated(main()) == 2


def test_a_deadline_after_the_block_does_nothing() -> None:
    runtime = simulated_runtime()

    async def main() -> zokio.CancelScope:
        with zokio.CancelScope(deadline=1) as scope:
            await zokio.yield_now()
        assert runtime.metrics().timers_pending == 0, "the block's timer outlived it"
        scope.deadline = 2
        assert runtime.metrics().timers_pending == 0
        await zokio.sleep(5)
        return scope

    with runtime:
        assert not runtime.block_on(main()).cancel_called


def test_an_infinite_deadline_is_none() -> None:
    assert zokio.CancelScope(deadline=math.inf).deadline is None


@pytest.mark.parametrize("deadline", [-1.0, math.nan])
def test_a_deadline_is_an_instant(deadline: float) -> None:
    with pytest.raises(ValueError):
        zokio.CancelScope(deadline=deadline)


def test_the_outer_one_of_two_equal_deadlines_catches() -> None:
    async def main() -> None:
        with zokio.CancelScope(deadline=1) as outer, zokio.CancelScope(deadline=1) as inner:
            await forever()
        assert outer.cancelled_caught and not inner.cancelled_caught

    run_simulated(main())
