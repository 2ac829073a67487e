"""spawn, yield_now and JoinHandle as a program sees them."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.errors import NoRuntimeError, NotAwaitableError, UsageError


def test_a_handle_gives_the_value_to_everybody_any_number_of_times() -> None:
    async def main() -> list[str]:
        handle = zokio.spawn(value("once"))
        waiting = [zokio.spawn(handle) for _ in range(3)]
        return [await waiter for waiter in waiting] + [await handle]

    assert run_simulated(main()) == ["once"] * 4


def test_a_task_bears_the_name_it_is_given_or_that_of_its_coroutine() -> None:
    async def main() -> tuple[str, str]:
        named = zokio.spawn(value(1), name="given")
        unnamed = zokio.spawn(value(1))
        return named.name, unnamed.name

    assert run_simulated(main()) == ("given", "value")


def test_ids_follow_the_order_of_creation() -> None:
    async def main() -> list[int]:
        return [zokio.spawn(value(1)).id for _ in range(3)]

    assert run_simulated(main()) == [2, 3, 4]  # the root is task 1


def test_tasks_begin_in_the_order_in_which_they_were_spawned() -> None:
    log: list[int] = []

    async def note(number: int) -> None:
        log.append(number)

    async def main() -> None:
        for number in range(5):
            zokio.spawn(note(number))
        assert log == []  # spawning polls nobody
        await zokio.yield_now()

    run_simulated(main())
    assert log == [0, 1, 2, 3, 4]


def test_yield_now_lets_every_ready_task_run_once() -> None:
    log: list[str] = []

    async def turns(name: str) -> None:
        for _ in range(3):
            log.append(name)
            await zokio.yield_now()

    run_simulated(zokio.join(turns("a"), turns("b")))
    assert log == ["a", "b"] * 3


def test_a_task_lives_on_when_its_handle_is_dropped() -> None:
    log: list[str] = []

    async def work() -> None:
        await zokio.sleep(1)
        log.append("done")

    async def main() -> None:
        zokio.spawn(work())
        await zokio.sleep(2)

    run_simulated(main())
    assert log == ["done"]


def test_whatever_can_be_awaited_can_be_spawned() -> None:
    async def main() -> tuple[int, int]:
        future = zokio.poll_fn(lambda cx: zokio.Ready(1))
        handle = zokio.spawn(future)
        await zokio.spawn(zokio.yield_now())
        return await handle, await zokio.spawn(handle)

    assert run_simulated(main()) == (1, 1)


def test_what_cannot_be_awaited_is_refused_with_advice() -> None:
    async def main() -> None:
        with pytest.raises(NotAwaitableError, match=r"spawn takes a coroutine, not .*value.*call"):
            zokio.spawn(value)  # type: ignore[arg-type]  # the mistake under test
        with pytest.raises(NotAwaitableError, match="spawn takes a coroutine, not 5; write it as"):
            zokio.spawn(5)  # type: ignore[arg-type]  # the mistake under test

    run_simulated(main())


def test_outside_of_a_runtime_nothing_can_be_spawned_and_coroutines_are_closed() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(forever())
        # A coroutine which is never awaited would warn, and the warning fails this test.
        for awaitable in (value(1), handle, zokio.yield_now()):
            with pytest.raises(NoRuntimeError, match="no zokio runtime is running on this thread"):
                zokio.spawn(awaitable)
        assert not handle.is_finished()


def test_the_result_of_a_task_that_has_not_ended_cannot_be_had() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(forever())
        with pytest.raises(UsageError, match=r"task 1 \(forever\) has not ended; await it"):
            handle.result()


def test_a_task_that_awaits_itself_is_told_so() -> None:
    handles: list[zokio.JoinHandle[None]] = []

    async def narcissus() -> None:
        await handles[0]

    async def main() -> None:
        handles.append(zokio.spawn(narcissus(), name="narcissus"))
        with pytest.raises(UsageError, match=r"task 2 \(narcissus\) awaits itself"):
            await handles[0]

    run_simulated(main())


def test_a_handle_describes_its_task() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(1), name="short")
        assert repr(handle) == "<JoinHandle of <Task 1 short queued>>"
        runtime.step()
        assert repr(handle) == "<JoinHandle of <Task 1 short done>>"


def test_an_aborted_task_raises_aborted_error_when_it_has_cleaned_up() -> None:
    log: list[str] = []

    async def work() -> None:
        try:
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(1)
            log.append("cleaned up")

    async def main() -> None:
        handle = zokio.spawn(work())
        await zokio.yield_now()
        handle.abort()
        with pytest.raises(zokio.AbortedError, match="catch AbortedError where you await it"):
            await handle
        assert log == ["cleaned up"]

    run_simulated(main())
