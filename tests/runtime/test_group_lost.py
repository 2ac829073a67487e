"""TaskGroup: members that end by a cancellation while the block goes on. Time is virtual."""

from __future__ import annotations

import zokio
from tests.helpers.simulation import forever, run_simulated


def test_a_block_whose_children_finish_all_the_same_goes_on_to_its_next_suspension_point() -> None:
    said = []

    async def stubborn() -> str:
        try:
            await forever()
        except zokio.Cancelled:
            return "done"
        raise AssertionError("forever has ended")

    async def main() -> None:
        with zokio.move_on_after(1):
            async with zokio.TaskGroup() as group:
                handle = group.spawn(stubborn())
            said.append(handle.result())
            await zokio.yield_now()
            said.append("not reached")

    run_simulated(main())
    assert said == ["done"]


def test_a_child_lost_before_the_end_of_the_block_is_noticed_there() -> None:
    said = []

    async def main() -> None:
        with zokio.CancelScope() as outer:
            async with zokio.TaskGroup() as group:
                group.spawn(forever())
                outer.cancel()
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(1)
            said.append("code behind the group ran")

    run_simulated(main())
    assert said == []


def test_a_group_that_was_cancelled_and_shielded_catches_the_loss_of_a_child() -> None:
    async def main() -> str:
        said = "outer"
        with zokio.CancelScope() as outer:
            async with zokio.TaskGroup() as group:
                group.spawn(forever())
                outer.cancel()
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(1)
                group.cancel_scope.shield = True
                group.cancel_scope.cancel()
            said = "behind the group"
        return said

    assert run_simulated(main()) == "behind the group"


def test_a_member_that_ends_by_a_cancellation_cancels_its_group_for_good() -> None:
    """As in trio: the shield comes too late, so nobody goes on as if nothing had happened."""
    said: list[str] = []

    async def lost() -> None:
        try:
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(2)

    async def main() -> None:
        with zokio.CancelScope() as outer, zokio.CancelScope() as middle:
            async with zokio.TaskGroup() as group:
                group.spawn(lost())
                await zokio.sleep(1)
                outer.cancel()
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(1)
                    middle.shield = True
                await forever()
            said.append("behind the group")
        assert group.cancel_scope.cancelled_caught and not outer.cancelled_caught

    run_simulated(main())
    assert said == ["behind the group"]


def test_a_group_cancelled_by_itself_lets_a_later_cancellation_from_outside_pass() -> None:
    said: list[str] = []

    async def main() -> None:
        with zokio.CancelScope() as outer:
            async with zokio.TaskGroup() as group:
                group.spawn(forever())
                await zokio.yield_now()
                group.cancel_scope.cancel()
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(1)
                outer.cancel()
            said.append("behind the group")
        assert outer.cancelled_caught

    run_simulated(main())
    assert said == []


def test_a_member_that_was_aborted_and_cancelled_is_lost() -> None:
    said: list[str] = []

    async def main() -> None:
        with zokio.CancelScope() as outer:
            async with zokio.TaskGroup() as group:
                group.spawn(forever()).abort()
                outer.cancel()
                with zokio.CancelScope(shield=True):
                    await zokio.sleep(1)
            said.append("behind the group")

    run_simulated(main())
    assert said == []
