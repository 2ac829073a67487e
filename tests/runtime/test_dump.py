"""dump: every living task, and the chain of awaits down to where it waits."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Generator
from types import coroutine

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.core.suspend import WAIT, Signal
from zokio.runtime.current import current_runtime
from zokio.runtime.dump import TaskInfo


class Never(zokio.Future[None]):
    """A future that is never ready."""

    def poll(self, cx: zokio.Context) -> zokio.Poll[None]:
        return zokio.PENDING


async def never() -> None:
    await Never()


async def outer() -> None:
    await never()


async def combined() -> None:
    await Never().map(str)


@coroutine
def generator() -> Generator[Signal, None, None]:
    yield from inner_generator()


def inner_generator() -> Generator[Signal, None, None]:
    yield WAIT


async def through_generators() -> None:
    await generator()


async def numbers() -> AsyncIterator[int]:
    await never()
    yield 1


async def iterating() -> None:
    async for _ in numbers():
        pass


async def asking_for_the_next() -> None:
    await anext(numbers(), None)


class Wrapped:
    """Hands out the awaits of a coroutine as its own."""

    def __await__(self) -> Generator[None, None, None]:
        return never().__await__()


async def awaiting_a_wrapper() -> None:
    await Wrapped()


class Iterator:
    """An iterator that is no generator: nobody can look into it."""

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Signal:
        return WAIT

    def __await__(self) -> Iterator:
        return self


async def awaiting_an_iterator() -> None:
    await Iterator()  # type: ignore[misc]  # allowed at run time, though not a Generator


def functions(info: TaskInfo) -> list[str]:
    """The chain without files and lines."""
    return [place.rpartition(" (")[0] for place in info.awaits]


CHAINS = [
    (outer, ["outer", "never", "Never.__await__"]),
    (combined, ["combined", "Map.__await__"]),
    (through_generators, ["through_generators", "generator", "inner_generator"]),
    (iterating, ["iterating", "numbers", "never", "Never.__await__"]),
    (asking_for_the_next, ["asking_for_the_next", "numbers", "never", "Never.__await__"]),
    (awaiting_a_wrapper, ["awaiting_a_wrapper", "never", "Never.__await__"]),
    (awaiting_an_iterator, ["awaiting_an_iterator"]),
    (forever, ["forever", "sleep"]),
]


@pytest.mark.parametrize(("function", "chain"), CHAINS)
def test_the_chain_leads_to_where_the_task_waits(function: object, chain: list[str]) -> None:
    assert callable(function)
    with simulated_runtime() as runtime:
        runtime.spawn(function())
        runtime.step()
        (info,) = runtime.dump().tasks
        assert functions(info) == chain
        assert info.state == "idle"


def test_a_place_is_function_file_and_line() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(never())
        runtime.step()
        (info,) = runtime.dump().tasks
        line = never.__code__.co_firstlineno + 1
        assert info.awaits[0] == f"never ({__file__}:{line})"


def test_whoever_awaits_a_task_is_shown_with_which() -> None:
    async def main() -> None:
        await zokio.spawn(never(), name="the one")

    with simulated_runtime() as runtime:
        runtime.spawn(main())
        runtime.step()
        runtime.step()
        waiting, _ = runtime.dump().tasks
        assert functions(waiting)[-1] == "JoinHandle.__await__ of task 2 the one"


def test_what_is_spawned_without_being_a_coroutine_bears_its_own_name() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(Never())
        runtime.spawn(generator())
        runtime.spawn(Wrapped())
        names = [info.name for info in runtime.dump().tasks]
        assert names == ["Never", "generator", "Wrapped"]


def test_living_tasks_are_listed_in_the_order_of_creation_and_done_ones_not() -> None:
    with simulated_runtime() as runtime:
        for name in ("a", "b", "c"):
            runtime.spawn(value(1) if name == "b" else never(), name=name)
        for _ in range(3):
            runtime.step()
        runtime.spawn(never(), name="d")
        assert [(info.id, info.name) for info in runtime.dump().tasks] == [
            (1, "a"),
            (3, "c"),
            (4, "d"),
        ]


@pytest.mark.one_thread  # on workers who was aborted, or spawned, may have run
def test_the_states_are_those_of_the_tasks() -> None:
    async def main() -> list[tuple[str, str, bool]]:
        zokio.spawn(never(), name="waits")
        await zokio.yield_now()
        aborted = zokio.spawn(never(), name="is cancelled")
        aborted.abort()
        zokio.spawn(never(), name="is queued")
        dump = current_runtime().dump()
        return [(info.name, info.state, info.cancel_requested) for info in dump.tasks[1:]]

    assert run_simulated(main()) == [
        ("waits", "idle", False),
        ("is cancelled", "queued", True),
        ("is queued", "queued", False),
    ]


def test_the_task_that_asks_for_the_dump_is_in_it_and_running() -> None:
    async def main() -> TaskInfo:
        (info,) = current_runtime().dump().tasks
        return info

    info = run_simulated(main())
    assert info.state == "running"
    assert functions(info)[0].endswith("main")


def test_a_task_that_has_not_begun_stands_at_its_first_line() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(never())
        (info,) = runtime.dump().tasks
        assert info.awaits == (f"never ({__file__}:{never.__code__.co_firstlineno})",)


def test_the_text_is_for_people() -> None:
    with simulated_runtime() as runtime:
        assert runtime.dump().text() == "0 tasks"
        runtime.spawn(outer(), name="first")
        runtime.step()
        assert runtime.dump().text().startswith("1 task\n")
        runtime.spawn(never()).abort()
        text = re.sub(r" \(.*[/\\](\w+\.py):\d+\)", r" (\1)", runtime.dump().text())
        assert text.splitlines() == [
            "2 tasks",
            "task 1 first [idle]",
            "    outer (test_dump.py)",
            "    never (test_dump.py)",
            "    Never.__await__ (future.py)",
            "task 2 never [queued, cancelled]",
            "    never (test_dump.py)",
        ]
