"""Condition: waiting, notifying, and the wake-ups that others lost. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import Condition, Mutex


async def wait(condition: Condition, woken: list[str], name: str) -> None:
    """Wait for a notification, and note it."""
    async with condition:
        await condition.wait()
        woken.append(name)


async def notify(condition: Condition, count: int = 1) -> None:
    async with condition:
        condition.notify(count)


@pytest.mark.one_thread  # a worker polls last whom it woke first
def test_notify_wakes_as_many_as_it_says_in_the_order_of_coming() -> None:
    async def main() -> list[str]:
        condition, woken = Condition(), list[str]()
        for name in "abc":
            zokio.spawn(wait(condition, woken, name))
        await zokio.sleep(1)
        assert condition.waiting == 3
        await notify(condition, 2)
        await zokio.sleep(1)
        return woken

    assert run_simulated(main()) == ["a", "b"]


@pytest.mark.one_thread  # a worker polls last whom it woke first
def test_notify_all_wakes_everybody() -> None:
    async def main() -> list[str]:
        condition, woken = Condition(), list[str]()
        async with zokio.TaskGroup() as group:
            for name in "abc":
                group.spawn(wait(condition, woken, name))
            await zokio.sleep(1)
            async with condition:
                condition.notify_all()
        return woken

    assert run_simulated(main()) == ["a", "b", "c"]


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_wake_up_is_not_lost_when_who_got_it_is_cancelled() -> None:
    """asyncio's Condition lost it: gh-112202."""

    async def main() -> list[str]:
        condition, woken = Condition(), list[str]()
        first = zokio.spawn(wait(condition, woken, "first"))
        second = zokio.spawn(wait(condition, woken, "second"))
        await zokio.yield_now()
        async with condition:
            condition.notify()
            first.abort()
        await second
        return woken

    assert run_simulated(main()) == ["second"]


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_wake_up_is_not_lost_when_who_got_it_is_cancelled_while_it_takes_the_mutex() -> None:
    async def main() -> list[str]:
        condition, woken = Condition(), list[str]()
        first = zokio.spawn(wait(condition, woken, "first"))
        second = zokio.spawn(wait(condition, woken, "second"))
        await zokio.yield_now()
        async with condition:
            condition.notify()
            await zokio.yield_now()  # it stands in line for the mutex now
            first.abort()
        await second
        return woken

    assert run_simulated(main()) == ["second"]


def test_a_cancelled_wait_holds_the_mutex_when_it_ends() -> None:
    async def main() -> float:
        condition = Condition()

        async def hold() -> None:
            await zokio.sleep(1)
            async with condition:
                await zokio.sleep(9)

        zokio.spawn(hold())
        with zokio.move_on_after(2) as scope:
            async with condition:
                try:
                    await condition.wait()
                finally:
                    assert condition.mutex.is_mine()
        assert scope.cancelled_caught and not condition.mutex.is_locked()
        return zokio.time.now()

    assert run_simulated(main()) == 10


def test_wait_for_asks_again_after_each_notification() -> None:
    async def main() -> list[int]:
        condition, items = Condition(), list[int]()

        async def consume() -> list[int]:
            async with condition:
                await condition.wait_for(lambda: len(items) > 1)
                return items

        consumer = zokio.spawn(consume())
        for item in (1, 2):
            await zokio.sleep(1)
            async with condition:
                items.append(item)
                condition.notify()
        return await consumer

    assert run_simulated(main()) == [1, 2]


def test_wait_for_what_is_true_does_not_wait() -> None:
    async def main() -> str:
        condition = Condition()
        async with condition:
            return await condition.wait_for(lambda: "yes")

    assert run_simulated(main()) == "yes"


def test_who_does_not_hold_the_mutex_is_told() -> None:
    async def main() -> None:
        condition = Condition()
        for use in (condition.notify, condition.notify_all):
            with pytest.raises(zokio.UsageError, match="does not hold the mutex"):
                use()
        for ask in (condition.wait(), condition.wait_for(lambda: True)):
            with pytest.raises(zokio.UsageError, match="inside of `async with condition:`"):
                await ask
        assert repr(condition) == "<Condition, 0 waiting, <Mutex, unlocked, 0 waiting>>"

    run_simulated(main())


def test_two_conditions_may_share_a_mutex() -> None:
    async def main() -> list[str]:
        mutex = Mutex()
        full, empty = Condition(mutex), Condition(mutex)
        woken: list[str] = []
        one = zokio.spawn(wait(full, woken, "full"))
        zokio.spawn(wait(empty, woken, "empty"))
        await zokio.yield_now()
        async with mutex:
            full.notify()
        await one
        return woken

    assert run_simulated(main()) == ["full"]


def test_a_wait_that_is_dropped_leaves_the_block_without_the_mutex_if_another_has_it() -> None:
    """A coroutine that is closed may not await, so it cannot wait for the mutex."""

    async def main() -> None:
        condition = Condition()

        async def body() -> None:
            async with condition:
                await condition.wait()

        async def hold() -> None:
            async with condition.mutex:
                await zokio.sleep(float("inf"))

        for held in (False, True):
            coroutine = body()
            coroutine.send(None)
            if held:
                zokio.spawn(hold())
                await zokio.yield_now()
            coroutine.close()
            assert condition.mutex.is_locked() is held and condition.waiting == 0

    run_simulated(main())
