"""Notify, Event and Barrier: what their machines do not say, and the bugs that others had."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import Barrier, Event, Notify


def test_a_notification_before_anybody_waits_is_kept_once() -> None:
    async def main() -> bool:
        notify = Notify()
        notify.notify_one()
        notify.notify_one()
        assert repr(notify) == "<Notify, a notification kept, 0 waiting>"
        await notify.notified()
        with zokio.move_on_after(1) as scope:
            await notify.notified()
        assert repr(notify) == "<Notify, nothing kept, 0 waiting>"
        return scope.cancelled_caught

    assert run_simulated(main())


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_notification_is_not_lost_with_a_task_that_is_cancelled() -> None:
    async def main() -> None:
        notify = Notify()
        first, second = (zokio.spawn(notify.notified()) for _ in range(2))
        await zokio.yield_now()
        notify.notify_one()
        first.abort()
        await second

    run_simulated(main())


def test_notify_all_wakes_those_who_wait_and_keeps_nothing() -> None:
    async def main() -> bool:
        notify = Notify()
        handles = [zokio.spawn(notify.notified()) for _ in range(3)]
        await zokio.yield_now()
        notify.notify_all()
        for handle in handles:
            await handle
        return notify._stored

    assert run_simulated(main()) is False


def test_a_notification_between_the_look_and_the_queue_is_seen() -> None:
    """As another thread or a signal handler gives it, after `notified` has found none."""
    notify = Notify()

    class Late(type(notify._queue)):  # type: ignore[misc]  # the class of a generic alias
        __slots__ = ()

        def append(self, waiter: object) -> None:
            notify.notify_one()
            super().append(waiter)

    notify._queue = Late()
    run_simulated(notify.notified())
    assert not notify._stored and notify.waiting == 0


def test_an_event_wakes_all_who_wait_and_lets_pass_who_comes_later() -> None:
    async def main() -> float:
        event = Event()
        async with zokio.TaskGroup() as group:
            for _ in range(3):
                group.spawn(event.wait())
            await zokio.sleep(1)
            assert event.waiting == 3 and not event.is_set()
            event.set()
        await event.wait()
        assert repr(event) == "<Event, set, 0 waiting>"
        return zokio.time.now()

    assert run_simulated(main()) == 1


def test_who_waits_when_an_event_is_set_goes_on_although_it_is_cleared_at_once() -> None:
    async def main() -> None:
        event = Event()
        handle = zokio.spawn(event.wait())
        await zokio.yield_now()
        event.set()
        event.clear()
        await handle
        assert repr(event) == "<Event, not set, 0 waiting>"

    run_simulated(main())


def test_an_event_that_is_set_between_the_look_and_the_queue_is_seen() -> None:
    """As another thread or a signal handler sets it, after `wait` has found it down."""
    event = Event()

    class Late(type(event._queue)):  # type: ignore[misc]  # the class of a generic alias
        __slots__ = ()

        def append(self, waiter: object) -> None:
            event.set()
            super().append(waiter)

    event._queue = Late()
    run_simulated(event.wait())
    assert event.waiting == 0


def test_a_barrier_lets_all_go_on_when_the_last_has_come() -> None:
    async def main() -> tuple[list[int], float]:
        barrier = Barrier(3)
        places: list[int] = []

        async def come(after: float) -> None:
            await zokio.sleep(after)
            places.append(await barrier.wait())

        async with zokio.TaskGroup() as group:
            for after in (1, 2, 3):
                group.spawn(come(after))
        return sorted(places), zokio.time.now()

    assert run_simulated(main()) == ([0, 1, 2], 3)


def test_a_barrier_is_not_broken_by_a_cancelled_waiter() -> None:
    async def main() -> list[int]:
        barrier = Barrier(2)
        with zokio.move_on_after(1):
            await barrier.wait()
        assert repr(barrier) == "<Barrier, 0 of 2 waiting>"
        other = zokio.spawn(barrier.wait())
        await zokio.yield_now()
        return [await barrier.wait(), await other]

    assert run_simulated(main()) == [1, 0]


def test_a_barrier_is_used_again_and_again() -> None:
    async def main() -> list[int]:
        barrier = Barrier(2)
        laps = [0, 0]

        async def run(number: int) -> None:
            for _ in range(100):
                laps[number] += 1
                await barrier.wait()
                assert abs(laps[0] - laps[1]) <= 1

        await zokio.join(run(0), run(1))
        return laps

    assert run_simulated(main()) == [100, 100]


def test_a_closed_barrier_refuses_who_waits_and_who_comes() -> None:
    async def main() -> None:
        barrier = Barrier(2)
        waiting = zokio.spawn(barrier.wait())
        await zokio.yield_now()
        barrier.close()
        assert barrier.is_closed and repr(barrier) == "<Barrier, closed>"
        for wait in (waiting, barrier.wait()):
            with pytest.raises(zokio.ClosedError, match="barrier was closed"):
                await wait

    run_simulated(main())


def test_a_barrier_for_nobody_is_told() -> None:
    with pytest.raises(zokio.UsageError, match="1 or more"):
        Barrier(0)
