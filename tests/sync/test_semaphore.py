"""Semaphore: what its machine does not say, and the bugs that others had. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import Semaphore


def test_a_permit_that_is_free_is_taken_without_suspending() -> None:
    semaphore = Semaphore(2)
    taking = semaphore.acquire(2)
    with pytest.raises(StopIteration):
        taking.send(None)
    assert semaphore.available == 0


def test_a_permit_is_not_lost_when_who_waits_for_it_is_cancelled() -> None:
    """asyncio's Semaphore lost it when the release came before the cancellation (gh-90155)."""

    async def main() -> int:
        semaphore = Semaphore(0)
        with zokio.CancelScope() as scope:
            zokio.spawn(release_and_cancel(semaphore, scope))
            await semaphore.acquire()
        assert scope.cancelled_caught
        return semaphore.available

    async def release_and_cancel(semaphore: Semaphore, scope: zokio.CancelScope) -> None:
        semaphore.release()
        scope.cancel()

    assert run_simulated(main()) == 1


@pytest.mark.one_thread  # on workers who was woken may run before it is aborted
def test_a_permit_that_a_cancelled_task_was_granted_goes_to_the_next() -> None:
    async def main() -> int:
        semaphore = Semaphore(0)
        first, second = (zokio.spawn(semaphore.acquire()) for _ in range(2))
        await zokio.yield_now()
        semaphore.release()
        first.abort()
        await second
        return semaphore.available

    assert run_simulated(main()) == 0


def test_a_cancelled_request_for_many_lets_in_who_stands_behind_it() -> None:
    async def main() -> None:
        semaphore = Semaphore(1)
        large = zokio.spawn(semaphore.acquire(2))
        await zokio.yield_now()
        small = zokio.spawn(semaphore.acquire())
        await zokio.yield_now()
        assert semaphore.waiting == 2 and not small.is_finished()
        large.abort()
        await small

    run_simulated(main())


def test_nobody_takes_a_permit_past_somebody_who_waits() -> None:
    async def main() -> bool:
        semaphore = Semaphore(1)
        zokio.spawn(semaphore.acquire(2))
        await zokio.yield_now()
        return semaphore.try_acquire()

    assert run_simulated(main()) is False


def test_a_block_holds_one_permit_and_gives_it_back_after_an_error() -> None:
    async def main() -> int:
        semaphore = Semaphore(1)
        with pytest.raises(ZeroDivisionError):
            async with semaphore:
                assert semaphore.available == 0
                raise ZeroDivisionError
        return semaphore.available

    assert run_simulated(main()) == 1


def test_a_block_waits_for_its_turn() -> None:
    order: list[str] = []

    async def enter(semaphore: Semaphore, name: str) -> None:
        async with semaphore:
            order.append(name)
            await zokio.sleep(1)

    async def main() -> float:
        semaphore = Semaphore(2)
        async with zokio.TaskGroup() as group:
            for name in "abcd":
                group.spawn(enter(semaphore, name))
        return zokio.time.now()

    assert run_simulated(main()) == 2
    assert order == list("abcd")


def test_a_closed_semaphore_refuses_who_waits_and_who_asks() -> None:
    async def main() -> None:
        semaphore = Semaphore(1)
        await semaphore.acquire()
        waiting = zokio.spawn(semaphore.acquire())
        await zokio.yield_now()
        semaphore.close()
        assert semaphore.is_closed and "closed" in repr(semaphore)
        with pytest.raises(zokio.ClosedError, match="closed"):
            await waiting
        semaphore.release()  # what is out may come back
        for ask in (semaphore.acquire, semaphore.__aenter__):
            with pytest.raises(zokio.ClosedError):
                await ask()
        with pytest.raises(zokio.ClosedError):
            semaphore.try_acquire()

    run_simulated(main())


@pytest.mark.parametrize("permits", [-1, 3])
def test_a_wrong_number_of_permits_is_told(permits: int) -> None:
    with pytest.raises(zokio.UsageError, match="permits_max"):
        Semaphore(permits, permits_max=2)


@pytest.mark.parametrize("permits", [0, -1, 3])
def test_a_request_that_cannot_be_met_is_told_and_does_not_wait(permits: int) -> None:
    async def main() -> None:
        semaphore = Semaphore(2, permits_max=2)
        with pytest.raises(zokio.UsageError, match="ask for 1 or more and 2 at the most"):
            await semaphore.acquire(permits)
        with pytest.raises(zokio.UsageError):
            semaphore.try_acquire(permits)

    run_simulated(main())


def test_a_release_too_many_is_told_if_there_is_a_bound() -> None:
    bounded, unbounded = Semaphore(1, permits_max=1), Semaphore(1)
    with pytest.raises(zokio.UsageError, match="1 of 1 permits are free"):
        bounded.release()
    unbounded.release(2)
    assert (bounded.available, unbounded.available) == (1, 3)
    assert repr(unbounded) == "<Semaphore, 3 free, 0 waiting>"


def test_a_release_between_the_look_and_the_queue_is_seen() -> None:
    """As another thread or a signal handler does it, after the fast path has found none free."""

    async def main() -> None:
        semaphore = Semaphore(0)
        stand = semaphore._stand
        semaphore.release()
        await stand(1)
        assert semaphore.available == 0

    run_simulated(main())
