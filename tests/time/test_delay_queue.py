"""DelayQueue: what comes out when, and what happens to values that are moved or taken out."""

from __future__ import annotations

import math

import pytest

import zokio
from tests.helpers.simulation import run_simulated, run_with
from zokio.errors import ClosedError, NoRuntimeError, UsageError
from zokio.time import DelayKey, DelayQueue, now

on_one_thread_and_on_workers = pytest.mark.parametrize("workers", (0, 4))


@on_one_thread_and_on_workers
def test_values_come_out_when_their_delay_is_over(workers: int) -> None:
    async def main() -> list[tuple[str, float]]:
        queue: DelayQueue[str] = DelayQueue()
        for delay, value in ((3, "c"), (1, "a"), (2, "b")):
            queue.insert(value, delay)
        queue.insert_at("d", 4)
        queue.close()
        return [(value, now()) async for value in queue]

    assert run_with(workers, main()) == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


def test_values_with_one_deadline_come_in_the_order_of_setting() -> None:
    async def main() -> list[int]:
        queue: DelayQueue[int] = DelayQueue()
        keys = [queue.insert(value, 1) for value in range(5)]
        queue.reset(keys[1], 1)
        queue.close()
        return [value async for value in queue]

    assert run_simulated(main()) == [0, 2, 3, 4, 1]


def test_a_value_can_be_put_off_brought_forward_and_taken_out() -> None:
    async def main() -> list[tuple[str, float]]:
        queue: DelayQueue[str] = DelayQueue()
        later, sooner = queue.insert("later", 1), queue.insert("sooner", 9)
        out = queue.insert("out", 2)
        queue.reset(later, 5)
        queue.reset_at(sooner, 3)
        assert queue and len(queue) == 3 and queue.remove(out) == "out"
        queue.close()
        return [(value, now()) async for value in queue]

    assert run_simulated(main()) == [("sooner", 3), ("later", 5)]


def test_a_value_that_has_expired_and_was_not_given_can_be_put_off_or_taken_out() -> None:
    async def main() -> list[float | str]:
        queue: DelayQueue[str] = DelayQueue()
        put_off, out = queue.insert("put off", 1), queue.insert("out", 1)
        await zokio.sleep(2)
        queue.reset(put_off, 3)
        return [queue.remove(out), await queue.next_expired(), now()]

    assert run_simulated(main()) == ["out", "put off", 5]


def test_a_key_of_a_value_that_was_given_or_removed_is_refused() -> None:
    async def main() -> None:
        queue: DelayQueue[str] = DelayQueue()
        given, removed = queue.insert("given", 0), queue.insert("removed", 1)
        assert await queue.next_expired() == "given"
        queue.remove(removed)
        for key in (given, removed, DelayKey(77)):
            with pytest.raises(KeyError, match="was given, or removed"):
                queue.remove(key)
            with pytest.raises(KeyError, match="was given, or removed"):
                queue.reset(key, 1)

    run_simulated(main())


def test_a_loop_waits_while_the_queue_is_empty_and_ends_when_it_is_closed() -> None:
    async def main() -> tuple[list[str], float]:
        queue: DelayQueue[str] = DelayQueue()

        async def produce() -> None:
            await zokio.sleep(1)
            queue.insert("late", 1)
            await zokio.sleep(5)
            queue.close()

        zokio.spawn(produce())
        found = [value async for value in queue]
        with pytest.raises(ClosedError, match="everything has come out"):
            await queue.next_expired()
        with pytest.raises(ClosedError, match="was closed"):
            queue.insert("too late", 1)
        return found, now()

    assert run_simulated(main()) == (["late"], 6)


def test_a_consumer_that_is_cancelled_with_the_deadline_loses_nothing() -> None:
    async def main() -> list[str]:
        queue: DelayQueue[str] = DelayQueue()
        queue.insert("kept", 1)
        with zokio.move_on_after(1):
            await queue.next_expired()
        return [await queue.next_expired()]

    assert run_simulated(main()) == ["kept"]


def test_values_that_cancelled_consumers_give_back_stand_in_the_order_of_their_deadlines() -> None:
    async def main() -> list[int]:
        queue: DelayQueue[int] = DelayQueue()
        for number in range(4):
            queue.insert(number, 1)
        with zokio.move_on_after(1):
            async with zokio.TaskGroup() as group:
                for _ in range(3):
                    group.spawn(queue.next_expired())
        queue.close()
        return [number async for number in queue]

    assert run_simulated(main()) == [0, 1, 2, 3]


@on_one_thread_and_on_workers
def test_thousands_of_values_come_out_once_to_several_consumers(workers: int) -> None:
    async def main() -> list[int]:
        queue: DelayQueue[int] = DelayQueue()
        found: list[int] = []

        async def consume() -> None:
            async for value in queue:
                found.append(value)

        async def produce(first: int) -> None:
            for value in range(first, first + 500):
                key = queue.insert(value, value % 7 + 1)
                if value % 3 == 0:
                    queue.reset(key, value % 5 + 1)
                if value % 10 == 0:
                    queue.remove(key)
                await zokio.yield_now()

        async with zokio.TaskGroup() as group:
            for _ in range(3):
                group.spawn(consume())
            await zokio.join(*(produce(first) for first in (0, 500, 1000)))
            queue.close()
        queue.check_invariants()
        return sorted(found)

    assert run_with(workers, main()) == [each for each in range(1500) if each % 10]


@pytest.mark.parametrize("delay", [-1, math.nan])
def test_a_delay_is_no_less_than_nothing(delay: float) -> None:
    async def main() -> None:
        with pytest.raises(ValueError):
            DelayQueue[str]().insert("never", delay)

    run_simulated(main())


def test_a_queue_belongs_to_its_runtime() -> None:
    with pytest.raises(NoRuntimeError):
        DelayQueue[str]()

    async def main() -> None:
        queue = DelayQueue[str]()
        key = queue.insert("value", 1)
        for misuse in (lambda: queue.insert("value", 1), lambda: queue.remove(key)):
            with pytest.raises(UsageError, match="no task of its runtime"):
                await zokio.spawn_blocking(misuse)

    zokio.run(main())


def test_a_timer_that_fires_late_on_another_worker_does_nothing() -> None:
    """It was cancelled when it had begun to fire: the deadline was set anew meanwhile."""

    async def main() -> tuple[str, float]:
        queue: DelayQueue[str] = DelayQueue()
        key = queue.insert("value", 1)
        entry = queue._entries[key]
        queue.reset(key, 3)
        queue._expire(entry, entry.settings - 1)
        return await queue.next_expired(), now()

    assert run_simulated(main()) == ("value", 3)
