"""run: a value or an error out of one coroutine, and nothing left behind."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Generator
from contextvars import ContextVar
from types import TracebackType

import pytest

import zokio
from tests.helpers.reactors import ABSENT, REAL
from tests.helpers.simulation import forever, run_simulated, simulated, value
from zokio.errors import NestedRuntimeError, NeverAwaitedError, NoRuntimeError, NotAwaitableError

VARIABLE: ContextVar[str] = ContextVar("VARIABLE", default="outside")


class Given(zokio.Future[str]):
    """A future that has its value."""

    def poll(self, cx: zokio.Context) -> zokio.Poll[str]:
        return zokio.Ready("given")


class Named:
    """Something with `__await__` and nothing else."""

    def __await__(self) -> Generator[None, None, str]:
        return value("awaited").__await__()


def functions(tb: TracebackType | None) -> list[str]:
    """The functions of this file in a traceback, outermost first."""
    return [frame.name for frame in traceback.extract_tb(tb) if frame.filename == __file__]


def test_run_gives_the_value_of_the_coroutine() -> None:
    assert run_simulated(value(7)) == 7


@pytest.mark.parametrize("reactor", REAL)
def test_run_works_on_every_reactor_of_this_platform(reactor: str) -> None:
    async def main() -> str:
        await zokio.sleep(0.000_001)
        return reactor

    assert zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor)) == reactor


def test_run_uses_the_default_configuration_when_there_is_none() -> None:
    assert zokio.run(value("default")) == "default"


def test_run_raises_the_very_error_of_the_coroutine() -> None:
    error = ValueError("mine")

    async def main() -> None:
        await zokio.yield_now()
        raise error

    with pytest.raises(ValueError) as caught:
        run_simulated(main())
    assert caught.value is error


def test_the_traceback_leads_from_main_to_the_failing_line_without_the_scheduler() -> None:
    async def inner() -> None:
        await zokio.yield_now()
        raise ValueError

    async def main() -> None:
        await inner()

    with pytest.raises(ValueError) as caught:
        run_simulated(main())
    frames = [frame.name for frame in traceback.extract_tb(caught.tb)]
    assert frames[-2:] == ["main", "inner"]
    assert "poll_ready" not in frames


def test_the_traceback_of_a_task_joins_the_one_of_whoever_awaits_it() -> None:
    async def child() -> None:
        raise ValueError

    async def main() -> None:
        await zokio.spawn(child())

    with pytest.raises(ValueError) as caught:
        run_simulated(main())
    here = "test_the_traceback_of_a_task_joins_the_one_of_whoever_awaits_it"
    assert functions(caught.tb) == [here, "main", "child"]
    assert "poll_ready" not in [frame.name for frame in traceback.extract_tb(caught.tb)]


def test_a_traceback_does_not_grow_when_the_task_is_awaited_again() -> None:
    async def child() -> None:
        raise ValueError

    async def main() -> list[int]:
        handle = zokio.spawn(child())
        lengths = []
        for _ in range(3):
            try:
                await handle
            except ValueError as error:
                lengths.append(len(traceback.extract_tb(error.__traceback__)))
        return lengths

    first, *others = run_simulated(main())
    assert others == [first, first]


def test_the_context_chain_of_an_error_is_kept() -> None:
    async def child() -> None:
        try:
            raise KeyError("first")
        except KeyError as error:
            raise ValueError("second") from error

    async def main() -> None:
        await zokio.spawn(child())

    with pytest.raises(ValueError) as caught:
        run_simulated(main())
    assert isinstance(caught.value.__cause__, KeyError)
    assert caught.value.__context__ is caught.value.__cause__


def test_a_run_inside_a_run_is_refused_and_the_outer_one_goes_on() -> None:
    async def main() -> str:
        with pytest.raises(NestedRuntimeError, match=r"await the coroutine or zokio\.spawn it"):
            run_simulated(value("inner"))
        await zokio.sleep(1)
        return "outer"

    assert run_simulated(main()) == "outer"


def test_a_run_after_a_run_is_fine_also_after_one_that_failed() -> None:
    async def fail() -> None:
        raise ValueError

    assert run_simulated(value(1)) == 1
    with pytest.raises(ValueError):
        run_simulated(fail())
    assert run_simulated(value(2)) == 2


def test_a_coroutine_function_is_refused_with_the_advice_to_call_it() -> None:
    async def main() -> None: ...

    with pytest.raises(NotAwaitableError, match=r"run takes a coroutine, not .*main.*; call it"):
        run_simulated(main)  # type: ignore[arg-type]  # the mistake under test


async def numbers() -> AsyncIterator[int]:
    yield 1


@pytest.mark.parametrize("thing", [None, 5, "text", iter([]), numbers(), (n for n in [1])])
def test_what_cannot_be_awaited_is_refused_with_advice(thing: object) -> None:
    with pytest.raises(NotAwaitableError, match="write it as an `async def` and call that"):
        run_simulated(thing)  # type: ignore[arg-type]  # the mistake under test


def test_whatever_can_be_awaited_may_be_run() -> None:
    assert run_simulated(Given()) == "given"
    assert run_simulated(Named()) == "awaited"
    assert run_simulated(zokio.yield_now()) is None  # a generator of types.coroutine


def test_a_coroutine_that_is_never_begun_is_closed_when_the_runtime_cannot_be_made() -> None:
    # Python would warn of a coroutine that was never awaited, and the warning fails this test.
    with pytest.raises(zokio.errors.UsageError, match=f'has no {ABSENT}; use reactor="auto"'):
        zokio.run(value(1), config=zokio.RuntimeConfig(reactor=ABSENT))


def test_a_coroutine_that_returns_a_coroutine_has_forgotten_an_await() -> None:
    async def main() -> object:
        return value(1)

    with pytest.raises(NeverAwaitedError, match=r"returned the coroutine value, .* `return await"):
        run_simulated(main())


def test_what_is_left_is_cancelled_and_has_cleaned_up_when_run_returns() -> None:
    log = []

    async def worker() -> None:
        try:
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(1)
            log.append("cleaned up")

    async def main() -> str:
        zokio.spawn(worker())
        await zokio.yield_now()
        return "done"

    assert run_simulated(main()) == "done"
    assert log == ["cleaned up"]


def test_the_coroutine_sees_a_copy_of_the_callers_variables() -> None:
    async def main() -> str:
        seen = VARIABLE.get()
        VARIABLE.set("inside")
        return seen

    token = VARIABLE.set("caller")
    try:
        assert run_simulated(main()) == "caller"
        assert VARIABLE.get() == "caller"
    finally:
        VARIABLE.reset(token)


def test_a_root_that_is_aborted_makes_run_raise_aborted_error() -> None:
    async def main() -> None:
        zokio.current_task().abort()
        await zokio.yield_now()

    with pytest.raises(zokio.AbortedError, match=r"task 1 \(.*main\) was cancelled"):
        run_simulated(main())


def test_a_coroutine_of_zokio_run_by_asyncio_says_that_no_runtime_is_running() -> None:
    with pytest.raises(NoRuntimeError, match=r"zokio\.run"):
        asyncio.run(zokio.sleep(1))


def test_an_operation_of_asyncio_inside_a_task_is_answered_with_an_error_there() -> None:
    loop = asyncio.new_event_loop()
    try:

        async def main() -> str:
            with pytest.raises(NotAwaitableError, match="belongs to another runtime"):
                await loop.create_future()
            await zokio.sleep(1)
            return "went on"

        assert run_simulated(main()) == "went on"
    finally:
        loop.close()


def test_the_same_coroutine_cannot_be_run_twice() -> None:
    coroutine = value(1)
    assert run_simulated(coroutine) == 1
    with pytest.raises(RuntimeError, match="cannot reuse already awaited coroutine"):
        zokio.run(coroutine, config=simulated())
