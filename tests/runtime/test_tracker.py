"""TaskTracker: when `wait` returns, what is counted, other threads and other runtimes."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.branches import after, fail, note_end
from tests.helpers.simulation import forever, run_simulated, run_with, simulated_runtime
from zokio.env.threads import Thread
from zokio.errors import ClosedError, NoRuntimeError, NotAwaitableError
from zokio.time import now

on_one_thread_and_on_workers = pytest.mark.parametrize("workers", (0, 4))


@on_one_thread_and_on_workers
def test_wait_returns_when_the_tracker_is_closed_and_every_task_is_over(workers: int) -> None:
    async def main() -> tuple[float, int]:
        tracker = zokio.TaskTracker()
        for seconds in range(100):
            tracker.spawn(zokio.sleep(seconds % 7))
        assert tracker.close() and not tracker.close()
        await tracker.wait()
        return now(), len(tracker)

    assert run_with(workers, main()) == (6, 0)


def test_an_empty_tracker_that_is_open_makes_wait() -> None:
    async def close_later(tracker: zokio.TaskTracker) -> None:
        await zokio.sleep(2)
        tracker.close()

    async def main() -> float:
        tracker = zokio.TaskTracker()
        assert tracker and tracker.is_empty() and not tracker.is_closed()
        zokio.spawn(close_later(tracker))
        await tracker.wait()
        return now()

    assert run_simulated(main()) == 2


def test_the_result_of_a_task_is_its_handles_and_however_it_ends_it_is_over() -> None:
    async def main() -> None:
        tracker = zokio.TaskTracker()
        good = tracker.spawn(after(1, "value"), name="named")
        bad = tracker.spawn(fail(ValueError("bad"), 1))
        tracker.spawn(forever()).abort()
        tracker.close()
        await tracker.wait()
        assert (good.name, good.result()) == ("named", "value")
        with pytest.raises(ValueError, match="bad"):
            bad.result()

    run_simulated(main())


def test_tasks_may_be_spawned_after_the_closing_and_are_waited_for() -> None:
    async def main() -> float:
        tracker = zokio.TaskTracker()

        async def spawns_another() -> None:
            await zokio.sleep(1)
            tracker.spawn(zokio.sleep(3))

        tracker.spawn(spawns_another())
        tracker.close()
        await tracker.wait()
        return now()

    assert run_simulated(main()) == 4


def test_who_waited_for_a_moment_that_was_is_told_though_the_tracker_is_reopened() -> None:
    async def main() -> str:
        tracker = zokio.TaskTracker()
        waiting = zokio.spawn(tracker.wait())
        await zokio.yield_now()
        tracker.close()
        assert tracker.reopen() and not tracker.reopen()
        await waiting
        return "told"

    assert run_simulated(main()) == "told"


def test_a_block_is_counted_like_a_task() -> None:
    async def main() -> float:
        tracker = zokio.TaskTracker()

        async def work() -> None:
            with tracker.track():
                await zokio.sleep(2)
            await zokio.sleep(5)

        zokio.spawn(work())
        await zokio.yield_now()
        tracker.close()
        await tracker.wait()
        return now()

    assert run_simulated(main()) == 2


def test_it_cancels_nobody_and_a_token_does() -> None:
    """The graceful shutdown that it is made for."""
    ended: list[str] = []

    async def main() -> tuple[float, list[str]]:
        tracker, token = zokio.TaskTracker(), zokio.CancellationToken()
        for name in ("a", "b"):
            tracker.spawn(token.run_until_cancelled(note_end(ended, name, 2)))
        await zokio.sleep(1)
        token.cancel()
        tracker.close()
        await tracker.wait()
        return now(), sorted(ended)

    assert run_simulated(main()) == (3, ["a", "b"])


def test_a_cancelled_wait_changes_nothing() -> None:
    async def main() -> float:
        tracker = zokio.TaskTracker()
        tracker.spawn(zokio.sleep(5))
        tracker.close()
        with zokio.move_on_after(1) as scope:
            await tracker.wait()
        assert scope.cancelled_caught
        await tracker.wait()
        tracker.check_invariants()
        return now()

    assert run_simulated(main()) == 5


def test_what_cannot_be_spawned_is_not_counted() -> None:
    tracker = zokio.TaskTracker()
    with pytest.raises(NoRuntimeError):
        tracker.spawn(forever())
    runtime = simulated_runtime()
    with pytest.raises(NotAwaitableError):
        tracker.spawn_on(runtime, 7)  # type: ignore[arg-type]  # what the test is about
    runtime.shutdown()
    with pytest.raises(ClosedError):
        tracker.spawn_on(runtime, forever())
    assert tracker.is_empty()


@on_one_thread_and_on_workers
def test_tasks_that_a_shutdown_drops_are_over(workers: int) -> None:
    async def stubborn() -> None:
        with zokio.CancelScope(shield=True):
            await forever()

    tracker = zokio.TaskTracker()
    runtime = zokio.Runtime(zokio.RuntimeConfig(reactor="simulated", workers=workers))

    async def main() -> None:
        tracker.spawn(stubborn())
        await zokio.sleep(1)

    runtime.block_on(main())
    assert len(tracker) == 1
    runtime.shutdown(0)
    assert tracker.is_empty()


@on_one_thread_and_on_workers
def test_one_tracker_serves_several_runtimes_and_threads(workers: int) -> None:
    tracker = zokio.TaskTracker()
    config = zokio.RuntimeConfig(workers=workers)
    threads = [
        Thread(target=zokio.run, args=(spawn_many(tracker),), kwargs={"config": config})
        for _ in range(3)
    ]

    async def main() -> int:
        for thread in threads:
            thread.start()
        for thread in threads:
            await zokio.spawn_blocking(thread.join)
        tracker.close()
        await tracker.wait()
        return len(tracker)

    assert zokio.run(main(), config=config) == 0


async def spawn_many(tracker: zokio.TaskTracker) -> None:
    """Tasks that end at once, some of them behind the back of the root."""
    for _ in range(200):
        tracker.spawn(zokio.sleep(0))
        await zokio.yield_now()
