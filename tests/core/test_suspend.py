"""The two ways of handing the thread back."""

from __future__ import annotations

from collections.abc import Awaitable

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.core.suspend import AGAIN, WAIT, suspend, yield_now


def handed_back(awaitable: Awaitable[None]) -> list[object]:
    """What a coroutine that awaits it yields."""

    async def await_it() -> None:
        await awaitable

    coroutine = await_it()
    signals: list[object] = []
    try:
        while True:
            signals.append(coroutine.send(None))
    except StopIteration:
        return signals


def test_yield_now_hands_back_again_once() -> None:
    assert handed_back(yield_now()) == [AGAIN]


def test_suspend_hands_back_wait_once() -> None:
    assert handed_back(suspend()) == [WAIT]
    assert handed_back(suspend()) == [WAIT], "it may be awaited any number of times"


def test_yielding_lets_every_ready_task_run_once() -> None:
    order: list[str] = []

    async def speak(name: str) -> None:
        for _ in range(2):
            order.append(name)
            await zokio.yield_now()

    async def main() -> None:
        await zokio.join(speak("a"), speak("b"), speak("c"))

    run_simulated(main())
    assert order == ["a", "b", "c"] * 2


@pytest.mark.one_thread  # it takes single steps
def test_a_suspended_task_stays_where_it_is_until_it_is_woken() -> None:
    places: list[str] = []

    async def wait() -> None:
        places.append("before")
        await suspend()
        places.append("after")

    async def main() -> None:
        handle = zokio.spawn(wait())
        task = zokio.current_task().queue.ready[-1]
        await zokio.yield_now()
        await zokio.yield_now()
        assert places == ["before"]
        task.wake()
        await handle

    run_simulated(main())
    assert places == ["before", "after"]
