"""JoinHandle: many awaiters, at any time; errors with the task's own traceback; no self-await."""

from __future__ import annotations

import traceback

import pytest

import zokio
from tests.helpers.manual_waker import ManualWaker
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.core.poll import PENDING, Ready
from zokio.core.suspend import suspend
from zokio.errors import UsageError


async def fail() -> None:
    raise LookupError("lost")


async def await_it(handle: zokio.JoinHandle[int]) -> int:
    return await handle


@pytest.mark.one_thread  # on several workers they are woken in their order, and run at once
def test_any_number_of_tasks_await_one_handle_and_go_on_in_their_order() -> None:
    order: list[int] = []

    async def wait(number: int, handle: zokio.JoinHandle[str]) -> str:
        result = await handle
        order.append(number)
        return result

    async def main() -> None:
        awaited = zokio.spawn(value("shared"))
        results = await zokio.join(*(wait(number, awaited) for number in range(4)))
        assert results == ("shared",) * 4
        assert await awaited == "shared", "and once more, when it has ended long ago"

    run_simulated(main())
    assert order == [0, 1, 2, 3]


def test_an_awaiter_that_is_polled_for_no_reason_is_woken_once() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(5))
        waker = ManualWaker()
        assert [handle.poll(waker.context) for _ in range(3)] == [PENDING] * 3
        runtime.step()
        assert waker.wakes == 1
        assert handle.poll(waker.context) == Ready(5)


def test_whoever_awaits_no_longer_is_not_woken() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(5))
        stays, goes = ManualWaker(), ManualWaker()
        handle.poll(stays.context)
        handle.poll(goes.context)
        handle.close(goes.context)
        handle.close(goes.context)  # twice does nothing
        runtime.step()
        assert (stays.wakes, goes.wakes) == (1, 0)
        handle.close(stays.context)  # after the end neither


def test_closing_a_handle_that_nobody_awaits_does_nothing() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(5))
        handle.close(ManualWaker().context)
        runtime.step()
        assert handle.result() == 5


@pytest.mark.one_thread  # it looks into the run queue of one thread
def test_cancelling_an_awaiter_does_not_touch_the_task() -> None:
    async def main() -> None:
        awaited = zokio.spawn(suspend())
        task = zokio.current_task().queue.ready[-1]
        waiting = zokio.spawn(awaited)
        await zokio.yield_now()
        waiting.abort()
        with pytest.raises(zokio.AbortedError):
            await waiting
        assert not awaited.is_finished()
        assert not task.joiners
        task.wake()
        await awaited

    run_simulated(main())


def test_every_awaiter_gets_the_error_with_the_tasks_own_traceback() -> None:
    async def main() -> None:
        handle = zokio.spawn(fail())
        lengths = []
        for _ in range(3):
            with pytest.raises(LookupError, match="lost") as caught:
                await handle
            frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
            assert frames[-1] == "fail"
            lengths.append(len(frames))
        assert len(set(lengths)) == 1, "it does not grow"

    run_simulated(main())


def test_a_task_that_awaits_itself_is_told_so_and_may_go_on() -> None:
    handles: list[zokio.JoinHandle[str]] = []

    async def ask_itself() -> str:
        with pytest.raises(UsageError, match="task 2 .narcissus. awaits itself"):
            await handles[0]
        return "went on"

    async def main() -> str:
        handles.append(zokio.spawn(ask_itself(), name="narcissus"))
        return await handles[0]

    assert run_simulated(main()) == "went on"


def test_an_aborted_task_is_an_error_of_its_own_for_whoever_awaits() -> None:
    async def main() -> None:
        handle = zokio.spawn(forever(), name="sleeper")
        handle.abort()
        with pytest.raises(zokio.AbortedError, match="task 2 .sleeper. was cancelled"):
            await handle
        handle.abort()  # a finished task cannot be aborted
        with pytest.raises(zokio.AbortedError):
            handle.result()

    run_simulated(main())


def test_the_result_before_the_end_is_an_error() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(1), name="busy")
        with pytest.raises(UsageError, match="task 1 .busy. has not ended"):
            handle.result()
        assert not handle.is_finished()
        runtime.step()
        assert handle.is_finished()
        assert handle.result() == 1


def test_a_handle_knows_its_task() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(1), name="busy")
        assert (handle.id, handle.name) == (1, "busy")
        assert repr(handle) == "<JoinHandle of <Task 1 busy queued>>"


def test_a_task_which_ends_between_the_two_looks_is_not_waited_for() -> None:
    """The end comes while the awaiter registers, as it may when it comes from another thread."""
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(9))

        class EndsMeanwhile(ManualWaker):
            def will_wake(self, other: object, /) -> bool:
                runtime.step()
                return False

        handle.poll(ManualWaker().context)  # so that the next one is compared with it
        assert handle.poll(EndsMeanwhile().context) == Ready(9)
