"""Mutex: its owner, and the bugs that others had. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import Mutex


@pytest.mark.one_thread  # the order of coming is that of one thread
def test_one_task_at_a_time_in_the_order_of_coming() -> None:
    order: list[str] = []

    async def enter(mutex: Mutex, name: str) -> None:
        async with mutex:
            order.append(name)
            await zokio.sleep(1)
            order.append(name)

    async def main() -> float:
        mutex = Mutex()
        async with zokio.TaskGroup() as group:
            for name in "abc":
                group.spawn(enter(mutex, name))
        return zokio.time.now()

    assert run_simulated(main()) == 3
    assert order == list("aabbcc")


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_the_lock_is_not_left_with_a_cancelled_waiter() -> None:
    """As asyncio's Lock did (bpo-27585): handed to a task that was cancelled in the same turn."""

    async def main() -> None:
        mutex = Mutex()
        await mutex.lock()
        cancelled, next_one = zokio.spawn(mutex.lock()), zokio.spawn(mutex.lock())
        await zokio.yield_now()
        mutex.unlock()
        cancelled.abort()
        await next_one
        assert mutex.is_locked()

    run_simulated(main())


def test_a_lock_whose_waiter_was_cancelled_is_free_again() -> None:
    async def main() -> bool:
        mutex = Mutex()
        async with mutex:
            with zokio.move_on_after(1):
                async with zokio.TaskGroup() as group:
                    group.spawn(mutex.lock())
        return mutex.is_locked()

    assert run_simulated(main()) is False


def test_who_locks_what_it_holds_gets_an_error_instead_of_a_deadlock() -> None:
    async def main() -> None:
        mutex = Mutex()
        async with mutex:
            assert mutex.is_mine() and not mutex.try_lock()
            with pytest.raises(zokio.UsageError, match="locks a Mutex that it holds"):
                await mutex.lock()
            with pytest.raises(zokio.UsageError):
                async with mutex:
                    raise AssertionError("two are inside")
        assert not mutex.is_locked() and not mutex.is_mine()

    run_simulated(main())


def test_only_the_owner_unlocks() -> None:
    async def main() -> None:
        mutex = Mutex()
        with pytest.raises(zokio.UsageError, match="unlocked"):
            mutex.unlock()
        async with mutex:

            async def unlock() -> None:
                mutex.unlock()

            with pytest.raises(zokio.UsageError, match=r"locked by task 1 .*only its owner"):
                await zokio.spawn(unlock())

    run_simulated(main())


def test_an_owner_that_ended_without_unlocking_is_told_of() -> None:
    async def main() -> None:
        mutex = Mutex()
        await zokio.spawn(mutex.lock(), name="careless")
        with pytest.raises(zokio.UsageError, match=r"\(careless\) has ended and never unlocked"):
            await mutex.lock()

    run_simulated(main())


def test_an_owner_that_is_cancelled_in_its_block_has_unlocked_it() -> None:
    async def main() -> None:
        mutex = Mutex()

        async def hold() -> None:
            async with mutex:
                await zokio.sleep(float("inf"))

        holder = zokio.spawn(hold())
        await zokio.yield_now()
        holder.abort()
        async with mutex:
            pass

    run_simulated(main())


def test_outside_of_tasks_it_can_be_tried() -> None:
    mutex = Mutex()
    assert mutex.try_lock() and not mutex.try_lock()
    assert repr(mutex) == "<Mutex, locked by code outside of tasks, 0 waiting>"
    mutex.unlock()
    assert repr(mutex) == "<Mutex, unlocked, 0 waiting>"


def test_an_unlock_between_the_look_and_the_queue_is_seen() -> None:
    """As another thread or a signal handler does it, after the fast path has found it locked."""

    async def main() -> None:
        mutex = Mutex()
        me = zokio.current_task()
        await mutex._stand(me)
        assert mutex.is_mine()

    run_simulated(main())
