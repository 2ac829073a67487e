"""CancelScope: left out of order, by another task, too late. Time is virtual."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import ExitStack

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated
from zokio.errors import UsageError
from zokio.time import now


def test_leaving_scopes_out_of_order_is_an_error_and_the_inner_one_goes_on() -> None:
    async def main() -> None:
        outermost, outer, inner = (zokio.CancelScope() for _ in range(3))
        with outermost, ExitStack() as stack:
            stack.enter_context(outer)
            with inner:
                with pytest.raises(UsageError, match="out of order"):
                    stack.close()
                await zokio.yield_now()
                outer.cancel()  # it has ended
                await zokio.yield_now()
                outermost.cancel()
                await forever()
            pytest.fail("the outermost scope's cancellation was lost")
        assert outermost.cancelled_caught and not inner.cancelled_caught

    run_simulated(main())


def test_tasks_in_a_scope_that_is_left_out_of_order_are_cancelled() -> None:
    ended = []

    async def member() -> None:
        try:
            await forever()
        finally:
            ended.append(now())

    async def main() -> None:
        group = zokio.TaskGroup()
        with pytest.raises(UsageError, match="nobody is in"):
            async with group:
                group.spawn(member())
                with zokio.CancelScope(), pytest.raises(UsageError, match="out of order"):
                    group.cancel_scope.__exit__(None, None, None)

    run_simulated(main())
    assert ended == [0]


def test_another_task_may_not_leave_a_scope() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:

            async def stranger() -> None:
                with pytest.raises(UsageError, match="in the task which entered it"):
                    scope.__exit__(None, None, None)

            await zokio.spawn(stranger())
            scope.cancel()
            await forever()
        assert scope.cancelled_caught

    run_simulated(main())


def test_a_scope_that_was_left_cannot_be_left_again() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            await zokio.yield_now()
        with pytest.raises(UsageError, match="nobody is in"):
            scope.__exit__(None, None, None)

    run_simulated(main())


def test_a_generator_that_yields_out_of_a_scope_is_an_error_when_it_leaves_late() -> None:
    async def leaky() -> AsyncIterator[int]:
        with zokio.CancelScope():
            yield 1

    async def main() -> None:
        generator = leaky()
        with zokio.CancelScope():
            assert await anext(generator) == 1
            # The scope of the generator is now inside this one, which must not end before it.
            with pytest.raises(StopAsyncIteration):
                await anext(generator)

        generator = leaky()
        with pytest.raises(UsageError, match="out of order"), zokio.CancelScope():
            assert await anext(generator) == 1
        with pytest.raises(StopAsyncIteration):
            await anext(generator)

    run_simulated(main())


def test_thousands_of_scopes_can_be_nested() -> None:
    async def main() -> None:
        with ExitStack() as stack:
            scopes = [stack.enter_context(zokio.CancelScope()) for _ in range(2_000)]
            scopes[0].cancel()
            await forever()
        assert scopes[0].cancelled_caught and not scopes[1].cancelled_caught

    run_simulated(main())
