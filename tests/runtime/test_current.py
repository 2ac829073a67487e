"""current_task and current_runtime: who runs the calling code, and that nobody does outside."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.core.current import CURRENT
from zokio.env.threads import Thread
from zokio.errors import NoRuntimeError
from zokio.runtime.current import current_runtime


def test_each_task_finds_itself() -> None:
    async def child() -> tuple[int, str]:
        await zokio.yield_now()
        task = zokio.current_task()
        return task.id, task.name

    async def main() -> list[tuple[int, str]]:
        first, second = zokio.spawn(child(), name="a"), zokio.spawn(child(), name="b")
        return [await first, await second]

    assert run_simulated(main()) == [(2, "a"), (3, "b")]


def test_the_runtime_is_the_one_that_runs_the_task() -> None:
    async def main() -> zokio.Runtime:
        return current_runtime()

    with simulated_runtime() as first, simulated_runtime() as second:
        assert first.block_on(main()) is first
        assert second.block_on(main()) is second
        assert first.block_on(main()) is first


def assert_nobody() -> None:
    with pytest.raises(NoRuntimeError, match=r"no zokio task is running .* zokio\.spawn"):
        zokio.current_task()
    with pytest.raises(NoRuntimeError, match=r"no zokio runtime is running .* zokio\.run"):
        current_runtime()
    assert CURRENT.queue is None


def test_outside_of_a_runtime_there_is_neither() -> None:
    assert_nobody()
    run_simulated(value(1))
    assert_nobody()
    with simulated_runtime() as runtime:
        assert_nobody()
        runtime.spawn(forever())
        runtime.step()
        assert_nobody()
    assert_nobody()


def test_there_is_neither_when_a_run_was_left_by_an_error() -> None:
    async def leave() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        run_simulated(leave())
    assert_nobody()


def test_another_thread_knows_neither() -> None:
    errors: list[BaseException] = []

    def look() -> None:
        try:
            assert_nobody()
        except BaseException as error:
            errors.append(error)

    async def main() -> None:
        thread = Thread(target=look)
        thread.start()
        thread.join()

    run_simulated(main())
    assert errors == []


def test_what_runs_between_two_polls_is_no_task() -> None:
    seen: list[str] = []

    def look() -> None:
        with pytest.raises(NoRuntimeError, match="no zokio task"):
            zokio.current_task()
        seen.append(type(current_runtime()).__name__)

    async def main() -> None:
        runtime = current_runtime()
        runtime.timers.insert(runtime.reactor.now_ns() + 1, look)
        await zokio.sleep(1)

    run_simulated(main())
    assert seen == [type(zokio.Runtime()).__name__]


def test_the_cleanup_of_a_task_that_is_dropped_still_finds_its_task() -> None:
    names: list[str] = []

    async def stubborn() -> None:
        try:
            with zokio.CancelScope(shield=True):
                await forever()
        finally:
            names.append(zokio.current_task().name)

    runtime = simulated_runtime()
    runtime.spawn(stubborn(), name="dropped")
    runtime.step()
    assert runtime.shutdown(timeout=1).dropped == ("dropped",)
    assert names == ["dropped"]
    assert_nobody()
