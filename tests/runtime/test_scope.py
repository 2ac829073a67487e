"""CancelScope: what it catches and what passes it. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated
from zokio.errors import NoRuntimeError, UsageError


def test_a_scope_catches_its_own_cancellation() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            await forever()
        assert scope.cancel_called and scope.cancelled_caught

    run_simulated(main())


def test_a_scope_can_be_used_with_async_with() -> None:
    async def main() -> None:
        async with zokio.CancelScope() as scope:
            scope.cancel()
            await forever()
        assert scope.cancelled_caught

    run_simulated(main())


def test_cancelling_twice_is_cancelling_once() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            scope.cancel()
            await zokio.yield_now()
        await zokio.yield_now()
        assert scope.cancelled_caught

    run_simulated(main())


def test_every_suspension_point_inside_raises_cancelled_again() -> None:
    raised = []

    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            for number in range(3):
                with pytest.raises(zokio.Cancelled):
                    await forever()
                raised.append(number)
        assert not scope.cancelled_caught  # the block ended by itself

    run_simulated(main())
    assert raised == [0, 1, 2]


def test_an_await_that_completes_at_once_is_no_suspension_point() -> None:
    said = []

    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            token = zokio.CancellationToken()
            token.cancel()
            await token.cancelled()
            said.append("went on")

    run_simulated(main())
    assert said == ["went on"]


def test_a_cancel_after_the_last_suspension_point_is_not_delivered() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
        await zokio.yield_now()
        assert scope.cancel_called and not scope.cancelled_caught

    run_simulated(main())


def test_the_outer_one_of_two_cancelled_scopes_catches() -> None:
    async def main() -> None:
        with zokio.CancelScope() as first, zokio.CancelScope() as second:
            with zokio.CancelScope() as third:
                third.cancel()
                second.cancel()
                await forever()
            pytest.fail("the inner scope caught what came from outside")
        assert not third.cancelled_caught and second.cancelled_caught
        assert not first.cancel_called and not first.cancelled_caught

    run_simulated(main())


def test_another_error_passes_a_cancelled_scope() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        run_simulated(main())


def test_an_error_raised_while_cleaning_up_replaces_the_cancellation() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            try:
                await forever()
            finally:
                raise KeyError("cleanup")

    with pytest.raises(KeyError, match="cleanup"):
        run_simulated(main())


def test_cancelled_is_caught_from_among_the_errors_of_a_group() -> None:
    async def main() -> zokio.CancelScope:
        scope = zokio.CancelScope()
        with pytest.raises(ExceptionGroup) as caught, scope:
            scope.cancel()
            inner = BaseExceptionGroup("inner", [zokio.Cancelled(), KeyError()])
            raise BaseExceptionGroup("outer", [inner, zokio.Cancelled()])
        inner = caught.value.exceptions[0]
        assert isinstance(inner, ExceptionGroup)
        assert [type(error) for error in inner.exceptions] == [KeyError]
        return scope

    assert run_simulated(main()).cancelled_caught


def test_a_group_of_nothing_but_cancelled_is_caught_whole() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            scope.cancel()
            raise BaseExceptionGroup("all", [zokio.Cancelled(), zokio.Cancelled()])
        assert scope.cancelled_caught

    run_simulated(main())


def test_a_group_without_cancelled_passes() -> None:
    async def main() -> zokio.CancelScope:
        scope = zokio.CancelScope()
        with pytest.raises(ExceptionGroup), scope:
            scope.cancel()
            raise ExceptionGroup("none", [KeyError()])
        return scope

    assert not run_simulated(main()).cancelled_caught


def test_a_group_from_outside_passes_with_its_cancelled() -> None:
    async def main() -> None:
        with zokio.CancelScope() as outer:
            with pytest.raises(BaseExceptionGroup) as caught, zokio.CancelScope() as inner:
                outer.cancel()
                inner.cancel()
                raise BaseExceptionGroup("both", [zokio.Cancelled(), KeyError()])
            assert len(caught.value.exceptions) == 2 and not inner.cancelled_caught

    run_simulated(main())


def test_a_scope_that_is_cancelled_before_its_block_cancels_it() -> None:
    async def main() -> None:
        scope = zokio.CancelScope()
        scope.cancel()
        with scope:
            await forever()
        assert scope.cancelled_caught

    run_simulated(main())


def test_a_cancel_after_the_block_changes_nothing() -> None:
    async def main() -> None:
        with zokio.CancelScope() as scope:
            await zokio.yield_now()
        scope.cancel()
        await zokio.yield_now()
        assert scope.cancel_called and not scope.cancelled_caught

    run_simulated(main())


def test_a_scope_is_for_one_block() -> None:
    async def main() -> None:
        scope = zokio.CancelScope()
        with scope, pytest.raises(UsageError, match="entered before"), scope:
            pytest.fail("entered twice")
        with pytest.raises(UsageError, match="make a new one"), scope:
            pytest.fail("entered again")

    run_simulated(main())


def test_a_scope_needs_a_task() -> None:
    with pytest.raises(NoRuntimeError), zokio.CancelScope():
        pytest.fail("entered without a task")
