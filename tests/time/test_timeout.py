"""timeout and move_on_after, by `with` and by `async with`, in virtual time."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from typing import Literal

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated
from zokio.runtime.current import current_runtime
from zokio.time import move_on_at, now, timeout_at

Kind = Literal["with", "async with"]
both_kinds = pytest.mark.parametrize("kind", ["with", "async with"])
both_blocks = pytest.mark.parametrize("block", [zokio.timeout, zokio.move_on_after])
Block = Callable[[float | None], zokio.CancelScope]


async def inside(kind: Kind, scope: zokio.CancelScope, body: Awaitable[object]) -> None:
    """Await `body` in a block of that kind."""
    if kind == "with":
        with scope:
            await body
    else:
        async with scope:
            await body


def pending_timers() -> int:
    return len(current_runtime().timers)


@both_kinds
@both_blocks
def test_a_block_that_ends_in_time_is_left_alone(kind: Kind, block: Block) -> None:
    async def main() -> None:
        scope = block(2)
        await inside(kind, scope, zokio.sleep(1))
        assert now() == 1 and not scope.cancelled_caught and not scope.cancel_called
        assert pending_timers() == 0

    run_simulated(main())


@both_kinds
def test_a_timeout_raises_when_the_time_is_up(kind: Kind) -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError, match=r"did not end within 1\.5 s") as caught:
            await inside(kind, zokio.timeout(1.5), forever())
        assert now() == 1.5 and pending_timers() == 0
        assert isinstance(caught.value.__cause__, zokio.Cancelled)

    run_simulated(main())


@both_kinds
def test_move_on_after_just_ends_the_block_and_says_so(kind: Kind) -> None:
    async def main() -> None:
        scope = zokio.move_on_after(1.5)
        await inside(kind, scope, forever())
        assert scope.cancelled_caught and now() == 1.5 and pending_timers() == 0

    run_simulated(main())


@both_kinds
def test_cleanup_runs_before_the_timeout_error(kind: Kind) -> None:
    async def main() -> list[tuple[str, float]]:
        seen: list[tuple[str, float]] = []

        async def work() -> None:
            try:
                await forever()
            finally:
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(2)
                seen.append(("cleaned up", now()))

        try:
            await inside(kind, zokio.timeout(1), work())
        except TimeoutError:
            seen.append(("timed out", now()))
        return seen

    assert run_simulated(main()) == [("cleaned up", 3), ("timed out", 3)]


@both_kinds
def test_no_time_at_all_cancels_at_the_first_suspension_point(kind: Kind) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def work() -> None:
            seen.append("began")
            await zokio.yield_now()
            seen.append("went on")

        with pytest.raises(TimeoutError):
            await inside(kind, zokio.timeout(0), work())
        await inside(kind, zokio.move_on_after(0), work())
        assert now() == 0
        return seen

    assert run_simulated(main()) == ["began", "began"]


@both_kinds
def test_a_block_that_waits_for_nothing_ends_although_it_has_no_time(kind: Kind) -> None:
    async def nothing() -> None:
        """It never waits."""

    async def main() -> None:
        await inside(kind, zokio.timeout(0), nothing())

    run_simulated(main())


@both_blocks
@pytest.mark.parametrize("seconds", [-1.0, -math.inf, math.nan])
def test_a_negative_time_and_nan_are_refused_before_the_block(block: Block, seconds: float) -> None:
    with pytest.raises(ValueError, match="a number of seconds, 0 or more"):
        block(seconds)


@both_kinds
@both_blocks
@pytest.mark.parametrize("seconds", [None, math.inf])
def test_without_an_end_the_block_has_all_the_time(
    kind: Kind, block: Block, seconds: float | None
) -> None:
    async def main() -> None:
        scope = block(seconds)
        await inside(kind, scope, zokio.sleep(1_000_000))
        assert scope.deadline is None and not scope.cancelled_caught and now() == 1_000_000

    run_simulated(main())


def test_the_time_counts_from_the_entry_of_the_block() -> None:
    async def main() -> float:
        scope = zokio.move_on_after(1)
        await zokio.sleep(5)
        with scope:
            assert scope.deadline == 6
            await forever()
        return now()

    assert run_simulated(main()) == 6


def test_a_deadline_that_was_set_before_the_entry_counts() -> None:
    async def main() -> float:
        scope = zokio.move_on_after(5)
        scope.deadline = now() + 1
        with scope:
            await forever()
        return now()

    assert run_simulated(main()) == 1


def test_the_deadline_can_be_moved_from_inside() -> None:
    async def main() -> float:
        with zokio.move_on_after(1) as scope:
            scope.deadline = 3
            await zokio.sleep(2)
            scope.deadline = 2.5
            await forever()
        assert pending_timers() == 0
        return now()

    assert run_simulated(main()) == 2.5


@both_kinds
def test_an_inner_timeout_that_comes_first_is_the_one_that_raises(kind: Kind) -> None:
    async def main() -> list[str]:
        seen: list[str] = []

        async def work() -> None:
            try:
                await inside(kind, zokio.timeout(1), forever())
            except TimeoutError:
                seen.append(f"inner at {now():g}")
            await zokio.sleep(2)
            seen.append("went on")

        await inside(kind, zokio.timeout(9), work())
        return seen

    assert run_simulated(main()) == ["inner at 1", "went on"]


@both_kinds
@pytest.mark.parametrize("inner_seconds", [1, 2, None])
def test_an_outer_timeout_that_comes_first_or_with_the_inner_passes_through_it(
    kind: Kind, inner_seconds: float | None
) -> None:
    async def main() -> None:
        inner = zokio.timeout(inner_seconds)
        with pytest.raises(TimeoutError, match="within 1 s"):
            await inside(kind, zokio.timeout(1), inside(kind, inner, forever()))
        assert not inner.cancelled_caught and now() == 1 and pending_timers() == 0

    run_simulated(main())


@both_kinds
def test_a_timeout_loses_against_a_cancellation_from_outside(kind: Kind) -> None:
    """Also when its own time is up while the block still cleans up."""

    async def main() -> None:
        async def work() -> None:
            try:
                await forever()
            finally:
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(5)

        limit = zokio.timeout(2)
        with zokio.move_on_after(1) as outer:
            await inside(kind, limit, work())
            raise AssertionError("the block went on")
        assert outer.cancelled_caught and limit.cancel_called and not limit.cancelled_caught
        assert now() == 6

    run_simulated(main())


@both_kinds
@both_blocks
def test_an_error_of_the_block_goes_through(kind: Kind, block: Block) -> None:
    async def fail() -> None:
        raise LookupError("mine")

    async def main() -> None:
        with pytest.raises(LookupError, match="mine"):
            await inside(kind, block(1), fail())
        assert pending_timers() == 0

    run_simulated(main())


@both_kinds
@both_blocks
def test_an_error_of_the_cleanup_goes_through_instead_of_the_timeout(
    kind: Kind, block: Block
) -> None:
    async def fail() -> None:
        try:
            await forever()
        finally:
            raise LookupError("while cleaning up")

    async def main() -> None:
        scope = block(1)
        with pytest.raises(LookupError) as caught:
            await inside(kind, scope, fail())
        assert isinstance(caught.value.__context__, zokio.Cancelled)
        assert scope.cancel_called and not scope.cancelled_caught

    run_simulated(main())


def test_a_timeout_that_is_cancelled_by_hand_says_so() -> None:
    async def main() -> None:
        for seconds in (None, 30):
            reason = pytest.raises(TimeoutError, match=r"cancelled by its scope's cancel\(\)")
            with reason, zokio.timeout(seconds) as scope:
                scope.cancel()
                await forever()

    run_simulated(main())


def test_a_timeout_ends_a_group_and_its_tasks() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with zokio.timeout(1), zokio.TaskGroup() as group:
                handles = [group.spawn(forever()) for _ in range(3)]
        assert all(handle.is_finished() for handle in handles) and now() == 1

    run_simulated(main())


def test_a_deadline_is_shared_by_several_blocks() -> None:
    async def main() -> list[float]:
        ended = []
        deadline = now() + 3
        async with timeout_at(deadline):
            await zokio.sleep(2)
        ended.append(now())
        with pytest.raises(TimeoutError, match="did not end before 3 s of the clock"):
            async with timeout_at(deadline):
                await zokio.sleep(2)
        ended.append(now())
        with move_on_at(deadline + 1) as scope:
            await zokio.sleep(2)
        assert scope.cancelled_caught
        return [*ended, now()]

    assert run_simulated(main()) == [2, 3, 4]


def test_a_deadline_that_has_passed_ends_the_block_at_its_first_suspension() -> None:
    async def main() -> list[str]:
        seen = []
        await zokio.sleep(5)
        with pytest.raises(TimeoutError):
            async with timeout_at(1):
                seen.append("begun")
                await zokio.sleep(0)
                seen.append("not reached")
        return seen

    assert run_simulated(main()) == ["begun"]


def test_no_deadline_never_comes_and_a_wrong_one_is_refused() -> None:
    async def main() -> float:
        async with timeout_at(None), move_on_at(math.inf):
            await zokio.sleep(1e6)
        return now()

    assert run_simulated(main()) == 1e6
    for make in (timeout_at, move_on_at):
        with pytest.raises(ValueError):
            make(-1)


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_timeout_does_not_swallow_the_cancel_that_comes_with_its_deadline() -> None:
    """wait_for swallowed a cancellation that came together with the result."""

    async def main() -> str:
        async def inner() -> str:
            async with timeout_at(1):
                await forever()
            return "went on"

        async with zokio.TaskGroup() as group:
            handle = group.spawn(inner())
            await zokio.sleep(1)  # in the same instant
            handle.abort()
            with pytest.raises(zokio.AbortedError):
                await handle
        return "aborted"

    assert run_simulated(main()) == "aborted"


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_timeout_does_not_swallow_the_cancel_that_comes_with_the_result() -> None:
    async def main() -> str:
        async def inner() -> None:
            async with zokio.timeout(10):
                await zokio.sleep(1)
            await zokio.sleep(0)
            seen.append("went on")

        seen: list[str] = []
        handle = zokio.spawn(inner())
        await zokio.yield_now()
        await zokio.sleep(1)
        handle.abort()  # its sleep is over, and it has not been polled
        with pytest.raises(zokio.AbortedError):
            await handle
        assert seen == []
        return "aborted"

    assert run_simulated(main()) == "aborted"
