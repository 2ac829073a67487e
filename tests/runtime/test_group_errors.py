"""TaskGroup: which errors come out of its block. Time is virtual."""

from __future__ import annotations

import gc

import pytest

import zokio
from tests.helpers.branches import Reports, fail, fail_when_cancelled, note_end
from tests.helpers.simulation import forever, run_simulated


def errors_of(raised: pytest.ExceptionInfo[BaseExceptionGroup[BaseException]]) -> list[str]:
    """The errors of a group as text."""
    return [repr(error) for error in raised.value.exceptions]


def test_the_error_of_a_child_cancels_the_others_and_comes_out_in_a_group() -> None:
    ended: list[str] = []

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "other", cleanup=5))
            group.spawn(fail(KeyError("first"), seconds=1))
            await forever()

    with pytest.raises(ExceptionGroup, match="TaskGroup: 1 failure") as raised:
        run_simulated(main())
    assert errors_of(raised) == ["KeyError('first')"] and ended == ["other"]


@pytest.mark.one_thread  # whose turn comes first is luck among workers
def test_errors_come_out_in_the_order_in_which_they_came() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail_when_cancelled(KeyError("second")))
            group.spawn(fail_when_cancelled(KeyError("third")))
            group.spawn(fail(KeyError("first"), seconds=1))

    with pytest.raises(ExceptionGroup, match="TaskGroup: 3 failures") as raised:
        run_simulated(main())
    assert errors_of(raised) == ["KeyError('first')", "KeyError('second')", "KeyError('third')"]


def test_the_error_of_the_block_cancels_the_children_and_comes_first() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail_when_cancelled(KeyError("child")))
            await zokio.yield_now()
            raise ValueError("block")

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    assert errors_of(raised) == ["ValueError('block')", "KeyError('child')"]


def test_an_error_of_the_block_is_wrapped_also_without_children() -> None:
    async def main() -> None:
        async with zokio.TaskGroup():
            raise ValueError("block")

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    assert errors_of(raised) == ["ValueError('block')"]
    assert raised.value.__cause__ is None and raised.value.__suppress_context__


def test_an_error_of_a_child_carries_the_childs_frames() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail(KeyError("child")))

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    traceback = raised.value.exceptions[0].__traceback__
    assert traceback is not None and traceback.tb_frame.f_code.co_name == "fail"


def test_a_block_that_swallows_its_cancellation_raises_the_childs_error_all_the_same() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail(KeyError("child")))
            with pytest.raises(zokio.Cancelled):
                await forever()

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    assert errors_of(raised) == ["KeyError('child')"]


def test_the_errors_of_nested_groups_are_nested() -> None:
    async def inner() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail(KeyError("deep")))

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(inner())
            await forever()

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    (nested,) = raised.value.exceptions
    assert isinstance(nested, ExceptionGroup) and repr(nested.exceptions[0]) == "KeyError('deep')"


def test_cancelled_in_a_group_that_the_block_raises_is_no_failure() -> None:
    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail_when_cancelled(KeyError("child")))
            await zokio.yield_now()
            raise BaseExceptionGroup("mixed", [zokio.Cancelled(), ValueError("block")])

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    assert errors_of(raised) == [
        "ExceptionGroup('mixed', [ValueError('block')])",
        "KeyError('child')",
    ]


def test_a_group_of_nothing_but_cancelled_is_caught_by_the_group_that_was_cancelled() -> None:
    async def main() -> str:
        async with zokio.TaskGroup() as group:
            group.cancel_scope.cancel()
            raise BaseExceptionGroup("all", [zokio.Cancelled()])
        return "went on"

    assert run_simulated(main()) == "went on"


def test_a_keyboard_interrupt_in_the_block_leaves_as_it_is_after_the_cleanup() -> None:
    ended: list[str] = []

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "child", cleanup=1))
            await zokio.yield_now()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_simulated(main())
    assert ended == ["child"]


def test_failures_beside_a_keyboard_interrupt_are_reported() -> None:
    reports = Reports()

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(fail_when_cancelled(KeyError("child")))
            await zokio.yield_now()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        zokio.run(main(), config=reports.config)
    gc.collect()
    assert reports.reported == ["KeyError('child')"]


def test_a_system_exit_of_a_child_leaves_the_runtime_and_the_others_clean_up() -> None:
    ended: list[str] = []

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            group.spawn(note_end(ended, "child", cleanup=1))
            group.spawn(fail(SystemExit(3)))
        ended.append("code behind the group ran")

    with pytest.raises(SystemExit):
        run_simulated(main())
    assert ended == ["child"]


def test_a_failure_wins_over_a_cancellation_from_outside() -> None:
    async def main() -> None:
        with zokio.move_on_after(1):
            async with zokio.TaskGroup() as group:
                group.spawn(fail_when_cancelled(KeyError("cleanup")))

    with pytest.raises(ExceptionGroup) as raised:
        run_simulated(main())
    assert errors_of(raised) == ["KeyError('cleanup')"]
