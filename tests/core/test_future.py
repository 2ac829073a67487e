"""Futures: polling by hand, awaiting, map and then, and being closed when awaited no more."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.manual_waker import ManualWaker
from tests.helpers.scripted_future import ScriptedFuture
from tests.helpers.simulation import run_simulated
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.waker import Context
from zokio.errors import NoRuntimeError, NotAwaitableError


async def await_it(future: zokio.Future[int]) -> int:
    return await future


def test_a_future_that_is_ready_is_polled_once_and_does_not_suspend() -> None:
    future = ScriptedFuture(Ready(5))
    assert run_simulated(await_it(future)) == 5
    assert (future.polls, future.closed) == (1, 0)


def test_an_awaited_future_is_polled_again_after_each_wake() -> None:
    future = ScriptedFuture[int](PENDING, PENDING, Ready(7))

    async def main() -> int:
        handle = zokio.spawn(await_it(future))
        for polls in (1, 2):
            await zokio.yield_now()
            await zokio.yield_now()  # without a wake nobody polls it
            assert future.polls == polls
            future.wake()
        return await handle

    assert run_simulated(main()) == 7
    assert (future.polls, future.closed) == (3, 0)


def test_the_waker_of_an_awaited_future_is_the_task() -> None:
    future = ScriptedFuture(Ready(None))

    async def main() -> bool:
        await future
        assert future.cx is not None
        return future.cx.waker is zokio.current_task()

    assert run_simulated(main())


def test_what_poll_raises_reaches_whoever_awaits() -> None:
    def fail(cx: Context) -> Poll[int]:
        raise LookupError("nothing there")

    async def main() -> None:
        with pytest.raises(LookupError, match="nothing there"):
            await zokio.poll_fn(fail)

    run_simulated(main())


def test_an_answer_that_is_none_is_an_error_that_names_the_future() -> None:
    async def main() -> None:
        await ScriptedFuture[int](None)  # type: ignore[arg-type]  # that is the mistake

    with pytest.raises(NotAwaitableError, match="ScriptedFuture.poll.. returned None"):
        run_simulated(main())


def test_a_future_without_poll_cannot_be_made() -> None:
    class Forgetful(zokio.Future[int]):
        pass

    with pytest.raises(TypeError, match="poll"):
        Forgetful()  # type: ignore[abstract]  # that is the mistake


def test_awaiting_outside_of_a_task_is_an_error() -> None:
    coroutine = await_it(ScriptedFuture(Ready(1)))
    with pytest.raises(NoRuntimeError, match="no zokio task is running"):
        coroutine.send(None)


def test_a_cancelled_wait_closes_the_future_once() -> None:
    future = ScriptedFuture[int](PENDING)

    async def main() -> None:
        with zokio.CancelScope() as scope:
            handle = zokio.spawn(await_it(future))
            await zokio.yield_now()
            handle.abort()
            with pytest.raises(zokio.AbortedError):
                await handle
        assert not scope.cancelled_caught

    run_simulated(main())
    assert (future.polls, future.closed) == (1, 1)


def test_closing_does_nothing_by_default() -> None:
    class Plain(zokio.Future[int]):
        def poll(self, cx: Context) -> Poll[int]:
            return PENDING

    waker = ManualWaker()
    Plain().close(waker.context)
    assert waker.wakes == 0


def test_map_changes_the_value_and_passes_pending_and_close_on() -> None:
    source = ScriptedFuture[int](PENDING, Ready(20), PENDING)
    future = source.map(lambda value: f"<{value}>")
    waker = ManualWaker()
    assert future.poll(waker.context) is PENDING
    assert source.cx is waker.context
    assert future.poll(waker.context) == Ready("<20>")
    future.close(waker.context)
    assert source.closed == 1


def test_an_error_in_the_mapping_is_the_failure_of_the_mapped_future() -> None:
    future = ScriptedFuture(Ready(0)).map(lambda value: 1 // value)
    with pytest.raises(ZeroDivisionError):
        future.poll(ManualWaker().context)


def test_then_goes_on_with_the_next_future() -> None:
    first = ScriptedFuture[int](PENDING, Ready(3))
    second = ScriptedFuture[str](PENDING, Ready("done"))
    seen = []

    def next_one(value: int) -> zokio.Future[str]:
        seen.append(value)
        return second

    future = first.then(next_one)
    waker = ManualWaker()
    assert future.poll(waker.context) is PENDING
    assert (seen, second.polls) == ([], 0)
    assert future.poll(waker.context) is PENDING
    assert future.poll(waker.context) == Ready("done")
    assert (seen, first.polls, second.polls) == ([3], 2, 2)


def test_closing_then_closes_the_future_it_waits_for() -> None:
    waker = ManualWaker()
    first = ScriptedFuture[int](PENDING, Ready(3))
    second = ScriptedFuture[int](PENDING)
    future = first.then(lambda _: second)
    future.poll(waker.context)
    future.close(waker.context)
    assert (first.closed, second.closed) == (1, 0)
    future.poll(waker.context)
    future.close(waker.context)
    assert (first.closed, second.closed) == (1, 1)


def test_poll_fn_makes_a_future_of_a_function() -> None:
    wakers = []

    def poll(cx: Context) -> Poll[str]:
        wakers.append(cx.waker)
        return Ready("here") if len(wakers) == 2 else PENDING

    async def main() -> str:
        handle = zokio.spawn(await_text(zokio.poll_fn(poll)))
        await zokio.yield_now()
        wakers[0].wake()
        return await handle

    async def await_text(future: zokio.Future[str]) -> str:
        return await future

    assert run_simulated(main()) == "here"
    assert len(wakers) == 2
