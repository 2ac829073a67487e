"""RwLock: readers together, a writer alone, and nobody starved. Time is virtual."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.simulation import run_simulated
from zokio.sync import RwLock


@pytest.mark.one_thread  # on several workers they come in any order
def test_readers_read_together_and_a_writer_writes_alone() -> None:
    seen: list[str] = []

    async def read(lock: RwLock) -> None:
        async with lock.read():
            seen.append("read")
            await zokio.sleep(1)

    async def write(lock: RwLock) -> None:
        async with lock.write():
            assert lock.is_written()
            seen.append("write")
            await zokio.sleep(1)
            seen.append("written")

    async def main() -> float:
        lock = RwLock()
        async with zokio.TaskGroup() as group:
            for body in (read, read, write, read, read):
                group.spawn(body(lock))
        assert not lock.is_written()
        return zokio.time.now()

    assert run_simulated(main()) == 3
    assert seen == ["read", "read", "write", "written", "read", "read"]


def test_a_writer_is_not_starved_by_readers_that_come_and_go() -> None:
    async def main() -> float:
        lock = RwLock()
        with zokio.CancelScope() as scope:

            async def read_for_ever() -> None:
                while True:
                    async with lock.read():
                        await zokio.sleep(2)

            async def write() -> None:
                async with lock.write():
                    scope.cancel()

            async with zokio.TaskGroup() as group:
                group.spawn(read_for_ever())
                await zokio.sleep(1)
                group.spawn(read_for_ever())
                group.spawn(write())
        return zokio.time.now()

    assert run_simulated(main()) == 3


def test_a_cancelled_writer_lets_in_the_readers_behind_it() -> None:
    async def main() -> None:
        lock = RwLock()
        async with lock.read():
            writer = zokio.spawn(lock.write().acquire())
            await zokio.yield_now()
            reader = zokio.spawn(lock.read().acquire())
            await zokio.yield_now()
            assert not lock.read().try_acquire() and not reader.is_finished()
            writer.abort()
            await reader

    run_simulated(main())


def test_a_writer_that_asks_for_what_it_holds_gets_an_error_instead_of_a_deadlock() -> None:
    async def main() -> None:
        lock = RwLock()
        async with lock.write():
            for side in (lock.write(), lock.read()):
                assert not side.try_acquire()
                with pytest.raises(zokio.UsageError, match="would wait for itself"):
                    await side.acquire()

    run_simulated(main())


def test_what_is_not_held_cannot_be_released() -> None:
    async def main() -> None:
        lock = RwLock()
        for side in (lock.read(), lock.write()):
            with pytest.raises(zokio.UsageError):
                side.release()
        assert lock.write().try_acquire()
        assert "written by task 1" in repr(lock)
        with pytest.raises(zokio.UsageError, match="release what you hold"):
            lock.read().release()
        lock.write().release()
        assert lock.read().try_acquire()
        assert repr(lock) == "<RwLock, 1 reading, 0 waiting>"

    run_simulated(main())


def test_the_number_of_readers_can_be_bounded() -> None:
    lock = RwLock(readers_max=2)
    assert [lock.read().try_acquire() for _ in range(3)] == [True, True, False]
    with pytest.raises(zokio.UsageError, match="one reader"):
        RwLock(readers_max=0)
