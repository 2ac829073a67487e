"""Every primitive on four workers, and shared by runtimes on two threads. Nothing sleeps."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

import zokio
from zokio.env.threads import Thread
from zokio.sync import Barrier, Condition, Event, Mutex, Notify, OnceCell, RwLock, Semaphore

WORKERS = zokio.RuntimeConfig(workers=4)
TASKS, ROUNDS = 8, 40

Block = Callable[[], AbstractAsyncContextManager[object]]


class Counter:
    """Counts in two steps, with a switch in between: two that are inside at once lose a count."""

    def __init__(self) -> None:
        self.count = 0

    async def add(self, block: Block) -> None:
        for _ in range(ROUNDS):
            async with block():
                seen = self.count
                await zokio.yield_now()
                self.count = seen + 1


def blocks() -> dict[str, Block]:
    mutex, semaphore, lock, condition = Mutex(), Semaphore(1), RwLock(), Condition()
    return {
        "mutex": lambda: mutex,  # type: ignore[dict-item,return-value]  # its __aenter__ gives an awaitable
        "semaphore": lambda: semaphore,  # type: ignore[dict-item,return-value]  # as above
        "condition": lambda: condition,  # type: ignore[dict-item,return-value]  # as above
        "rwlock": lock.write,  # type: ignore[dict-item]  # as above
    }


@pytest.mark.parametrize("name", list(blocks()))
def test_on_four_workers_one_is_inside_at_a_time(name: str) -> None:
    counter, block = Counter(), blocks()[name]

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            for _ in range(TASKS):
                group.spawn(counter.add(block))

    zokio.run(main(), config=WORKERS)
    assert counter.count == TASKS * ROUNDS


@pytest.mark.parametrize("name", list(blocks()))
def test_tasks_of_two_runtimes_exclude_each_other(name: str) -> None:
    counter, block = Counter(), blocks()[name]
    threads = [Thread(target=lambda: zokio.run(counter.add(block))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counter.count == 2 * ROUNDS


def test_on_four_workers_no_permit_is_lost_by_cancellation() -> None:
    semaphore = Semaphore(2)

    async def ask(number: int) -> None:
        for turn in range(ROUNDS):
            with zokio.CancelScope() as scope:
                if (number + turn) % 3 == 0:
                    scope.cancel()
                await zokio.yield_now()
                await semaphore.acquire(1 + turn % 2)
                semaphore.release(1 + turn % 2)

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            for number in range(TASKS):
                group.spawn(ask(number))

    zokio.run(main(), config=WORKERS)
    assert (semaphore.available, semaphore.waiting) == (2, 0)


def two_threads(
    one: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]]
) -> None:
    """Each in a runtime of its own, on a thread of its own."""
    thread = Thread(target=lambda: zokio.run(one()))
    thread.start()
    zokio.run(other())
    thread.join()


def test_two_runtimes_notify_each_other_in_turn() -> None:
    ping, pong = Notify(), Notify()
    heard: list[str] = []

    async def first() -> None:
        for _ in range(ROUNDS):
            ping.notify_one()
            await pong.notified()
            heard.append("pong")

    async def second() -> None:
        for _ in range(ROUNDS):
            await ping.notified()
            heard.append("ping")
            pong.notify_one()

    two_threads(first, second)
    assert heard == ["ping", "pong"] * ROUNDS


def test_a_thread_without_a_runtime_sets_an_event() -> None:
    event = Event()
    thread = Thread(target=event.set)

    async def main() -> None:
        thread.start()
        await event.wait()

    zokio.run(main())
    thread.join()
    assert event.is_set()


def test_two_runtimes_meet_at_a_barrier_again_and_again() -> None:
    barrier = Barrier(2)
    places: list[int] = []

    async def run() -> None:
        for _ in range(ROUNDS):
            places.append(await barrier.wait())

    two_threads(run, run)
    assert sorted(places) == [0] * ROUNDS + [1] * ROUNDS


def test_on_four_workers_a_value_is_made_once() -> None:
    cell, made = OnceCell[int](), list[int]()

    async def make() -> int:
        await zokio.yield_now()
        made.append(len(made))
        return len(made)

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            for _ in range(TASKS):
                group.spawn(cell.get_or_init(make))

    zokio.run(main(), config=WORKERS)
    assert made == [0] and cell.get() == 1


def test_two_runtimes_hand_items_over_under_a_condition() -> None:
    condition, items, taken = Condition(), list[int](), list[int]()

    async def produce() -> None:
        for item in range(ROUNDS):
            async with condition:
                items.append(item)
                condition.notify()

    async def consume() -> None:
        while len(taken) < ROUNDS:
            async with condition:
                await condition.wait_for(lambda: bool(items))
                taken.extend(items)
                items.clear()

    two_threads(produce, consume)
    assert taken == list(range(ROUNDS))


class Interrupted(Semaphore):
    """A signal handler releases as well, at the call where it comes in: under the lock."""

    __slots__ = ("interruptions",)

    interruptions: int

    def _settle(self) -> list[Any]:  # Any: the waiters of a semaphore are its own
        if self.interruptions:
            self.interruptions -= 1
            self.release()
        return super()._settle()


def test_a_release_by_a_signal_handler_inside_of_a_release_is_carried_out() -> None:
    async def main() -> None:
        semaphore = Interrupted(0)
        semaphore.interruptions = 0
        handle = zokio.spawn(semaphore.acquire(3))
        await zokio.yield_now()
        semaphore.interruptions = 2
        semaphore.release()
        await handle
        assert semaphore.available == 0

    zokio.run(main())
