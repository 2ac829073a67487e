"""A waiter that leaves at the very moment of its grant, as a signal handler can make it leave.

The handler comes in where `Waiter.grant` is entered. Whoever grants looks again, and the next in
the queue gets what was meant for the first.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.core.wait_queue import GONE, GRANTED, Waiter, WaiterState, wake_all
from zokio.sync import Barrier, Condition, Mutex, Notify, OnceCell, Semaphore

Wait = Callable[[], Coroutine[Any, Any, object]]
Give = Callable[[], Coroutine[Any, Any, object]]


def semaphore() -> tuple[Wait, Give]:
    semaphore = Semaphore(0)

    async def give() -> None:
        semaphore.release()

    return semaphore.acquire, give


def mutex() -> tuple[Wait, Give]:
    mutex = Mutex()
    assert mutex.try_lock()

    async def wait() -> None:
        async with mutex:
            pass

    async def give() -> None:
        mutex._owner = zokio.current_task()
        mutex.unlock()

    return wait, give


def notify() -> tuple[Wait, Give]:
    notify = Notify()

    async def give() -> None:
        notify.notify_one()

    return notify.notified, give


def condition() -> tuple[Wait, Give]:
    condition = Condition()

    async def wait() -> None:
        async with condition:
            await condition.wait()

    async def give() -> None:
        async with condition:
            condition.notify()

    return wait, give


def barrier() -> tuple[Wait, Give]:
    barrier = Barrier(3)

    async def give() -> None:
        zokio.spawn(barrier.wait())
        await barrier.wait()

    return barrier.wait, give


def once_cell() -> tuple[Wait, Give]:
    cell = OnceCell[int]()
    cell._maker = cell  # somebody

    async def make() -> int:
        return 1

    async def give() -> None:
        with cell._queue.lock:
            cell._maker = None
            told = cell._settle()
        wake_all(told)

    return lambda: cell.get_or_init(make), give


@pytest.mark.one_thread  # on workers the aborted one may be gone before anything is granted
@pytest.mark.parametrize("primitive", [semaphore, mutex, notify, condition, barrier, once_cell])
def test_a_waiter_that_leaves_as_it_is_granted_is_passed_over(
    primitive: Callable[[], tuple[Wait, Give]], monkeypatch: pytest.MonkeyPatch
) -> None:
    grant, left = Waiter.grant, list[Waiter[Any]]()

    def interrupted(waiter: Waiter[Any], value: object, into: WaiterState = GRANTED) -> bool:
        if into is not GONE and not left:
            left.append(waiter)
            waiter.leave()
        return grant(waiter, value, into)

    async def main() -> None:
        wait, give = primitive()
        first = zokio.spawn(wait())
        await zokio.yield_now()
        second = zokio.spawn(wait())
        await zokio.yield_now()
        monkeypatch.setattr(Waiter, "grant", interrupted)
        first.abort()
        await give()
        await second
        assert len(left) == 1

    run_simulated(main())
