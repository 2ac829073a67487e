"""RuntimeConfig(workers=N): what is different when several threads poll the tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextvars import ContextVar
from threading import Barrier

import pytest

import zokio
from tests.helpers.other_threads import STUCK_S, in_thread, join
from zokio.env.threads import Event, current_thread, get_ident
from zokio.errors import BusyError, ClosedError, DeadlockError, NestedRuntimeError, UsageError
from zokio.runtime.workers import WorkersRuntime


@pytest.fixture(params=[1, 2, 4])
def runtime(request: pytest.FixtureRequest) -> Iterator[zokio.Runtime]:
    """A runtime with as many workers as the test is run with."""
    with zokio.Runtime(zokio.RuntimeConfig(workers=request.param)) as runtime:
        yield runtime


async def thread_name() -> str:
    return current_thread().name


async def forever() -> None:
    await zokio.sleep(float("inf"))


@pytest.mark.one_thread  # also about the default
def test_a_runtime_with_workers_is_one(runtime: zokio.Runtime) -> None:
    assert isinstance(runtime, WorkersRuntime)
    assert not isinstance(zokio.Runtime(), WorkersRuntime)


def test_tasks_run_on_worker_threads(runtime: zokio.Runtime) -> None:
    assert runtime.block_on(thread_name()).startswith("zokio-worker-")


def test_the_workers_begin_with_the_first_task_and_end_with_the_shutdown() -> None:
    runtime = zokio.Runtime(zokio.RuntimeConfig(workers=2))
    assert isinstance(runtime, WorkersRuntime)
    assert not runtime.has_started
    runtime.block_on(thread_name())
    threads = list(runtime.together._threads)
    assert [thread.name for thread in threads] == ["zokio-worker-0", "zokio-worker-1"]
    runtime.shutdown()
    assert not any(thread.is_alive() for thread in threads)


def test_a_runtime_that_never_ran_is_shut_down_without_a_thread() -> None:
    runtime = zokio.Runtime(zokio.RuntimeConfig(workers=2))
    assert runtime.shutdown() == zokio.ShutdownReport(0, (), 0)
    assert runtime.shutdown() == zokio.ShutdownReport(0, (), 0)
    with pytest.raises(ClosedError):
        runtime.block_on(thread_name())


def test_the_value_of_the_root_is_the_value_of_block_on(runtime: zokio.Runtime) -> None:
    async def main() -> int:
        handles = [zokio.spawn(double(number)) for number in range(100)]
        return sum([await handle for handle in handles])

    async def double(number: int) -> int:
        await zokio.yield_now()
        return 2 * number

    assert runtime.block_on(main()) == 9900
    runtime.check_invariants()


def test_the_error_of_the_root_leaves_block_on(runtime: zokio.Runtime) -> None:
    async def fail() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        runtime.block_on(fail())
    assert runtime.block_on(thread_name())


def test_tasks_go_on_between_two_block_ons(runtime: zokio.Runtime) -> None:
    ended = Event()

    async def later() -> None:
        await zokio.sleep(0.001)
        ended.set()

    async def start() -> None:
        zokio.spawn(later())

    runtime.block_on(start())
    assert ended.wait(STUCK_S)


def test_any_number_of_threads_may_be_in_block_on(runtime: zokio.Runtime) -> None:
    arrived = [Event(), Event()]

    async def meet(number: int) -> None:
        arrived[number].set()
        await zokio.spawn_blocking(arrived[1 - number].wait, STUCK_S)

    other = in_thread(lambda: runtime.block_on(meet(1)))
    runtime.block_on(meet(0))
    join(other)
    assert all(event.is_set() for event in arrived)


def test_block_on_inside_of_a_task_is_refused(runtime: zokio.Runtime) -> None:
    async def nested() -> None:
        coroutine = thread_name()
        try:
            with pytest.raises(NestedRuntimeError):
                runtime.block_on(coroutine)
        finally:
            coroutine.close()
        with pytest.raises(NestedRuntimeError):
            runtime.shutdown()

    runtime.block_on(nested())


def test_a_shutdown_while_another_thread_is_in_block_on_is_refused(
    runtime: zokio.Runtime,
) -> None:
    inside, go_on = Event(), Event()

    async def hold() -> None:
        inside.set()
        await zokio.spawn_blocking(go_on.wait, STUCK_S)

    other = in_thread(lambda: runtime.block_on(hold()))
    assert inside.wait(STUCK_S)
    with pytest.raises(BusyError):
        runtime.shutdown()
    go_on.set()
    join(other)


def test_steps_are_refused(runtime: zokio.Runtime) -> None:
    with pytest.raises(UsageError, match="its workers poll by themselves"):
        runtime.step()


def test_spawning_from_any_thread(runtime: zokio.Runtime) -> None:
    handle = runtime.spawn(thread_name(), "named")

    async def wait() -> str:
        return await handle

    assert runtime.block_on(wait()).startswith("zokio-worker-")
    assert handle.name == "named"


@pytest.mark.parametrize("way_out", [SystemExit, KeyboardInterrupt])
def test_a_way_out_of_any_task_leaves_block_on_and_the_rest_is_cleaned_up(
    runtime: zokio.Runtime, way_out: type[BaseException]
) -> None:
    cleaned: list[str] = []

    async def leave() -> None:
        raise way_out("out")

    async def main() -> None:
        zokio.spawn(leave())
        try:
            await forever()
        finally:
            cleaned.append("root")

    with pytest.raises(way_out, match="out"):
        runtime.block_on(main())
    report = runtime.shutdown()
    assert cleaned == ["root"]
    assert report.cancelled == 1


def test_a_way_out_of_the_root_itself_leaves_once(runtime: zokio.Runtime) -> None:
    async def leave() -> None:
        raise SystemExit(3)

    with pytest.raises(SystemExit):
        runtime.block_on(leave())
    assert runtime.block_on(thread_name())


def test_a_way_out_while_nobody_is_inside_leaves_the_next_block_on(
    runtime: zokio.Runtime,
) -> None:
    async def leave() -> None:
        raise SystemExit(4)

    handle = runtime.spawn(leave())
    with pytest.raises(SystemExit):
        runtime.block_on(wait_for_end(handle))
    assert handle.is_finished()


async def wait_for_end(handle: zokio.JoinHandle[None]) -> None:
    while not handle.is_finished():
        await zokio.sleep(0.001)
    await forever()


def test_a_shutdown_cancels_cleans_up_and_reports(runtime: zokio.Runtime) -> None:
    cleaned: list[int] = []

    async def sleeper(number: int) -> None:
        try:
            await forever()
        finally:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(0.001)
            cleaned.append(number)

    async def start() -> None:
        for number in range(20):
            zokio.spawn(sleeper(number))
        await zokio.sleep(0.001)

    runtime.block_on(start())
    report = runtime.shutdown()
    assert sorted(cleaned) == list(range(20))
    assert report == zokio.ShutdownReport(20, (), 0)


def test_a_task_that_does_not_end_in_time_is_dropped(runtime: zokio.Runtime) -> None:
    closed = Event()

    async def stubborn() -> None:
        try:
            while True:
                try:
                    await forever()
                except zokio.Cancelled:
                    pass  # the mistake under test
        finally:
            closed.set()

    async def start() -> None:
        zokio.spawn(stubborn(), name="stubborn")
        await zokio.yield_now()

    runtime.block_on(start())
    report = runtime.shutdown(timeout=0.01)
    assert report == zokio.ShutdownReport(0, ("stubborn",), 0)
    assert closed.is_set()


def test_what_is_spawned_after_the_shutdown_is_refused(runtime: zokio.Runtime) -> None:
    runtime.shutdown()
    with pytest.raises(ClosedError):
        runtime.spawn(thread_name())


def test_context_variables_go_along_when_a_task_moves(runtime: zokio.Runtime) -> None:
    variable = ContextVar[int]("variable")
    threads: set[int] = set()

    async def wander(number: int) -> bool:
        variable.set(number)
        for _ in range(20):
            await zokio.sleep(0.0001)
            threads.add(get_ident())
            if variable.get() != number:
                return False
        return True

    async def main() -> list[bool]:
        handles = [zokio.spawn(wander(number)) for number in range(50)]
        return [await handle for handle in handles]

    assert runtime.block_on(main()) == [True] * 50
    assert len(threads) <= runtime.config.workers


def test_a_task_that_blocks_keeps_only_its_own_worker() -> None:
    """Two tasks, spawned on one worker, that block until both are there."""
    meeting = [Event(), Event()]

    async def meet(number: int) -> str:
        meeting[number].set()
        assert meeting[1 - number].wait(STUCK_S)
        return current_thread().name

    async def main() -> set[str]:
        handles = [zokio.spawn(meet(number)) for number in range(2)]
        return {await handle for handle in handles}

    with zokio.Runtime(zokio.RuntimeConfig(workers=2)) as runtime:
        assert runtime.block_on(main()) == {"zokio-worker-0", "zokio-worker-1"}
        assert sum(each.stolen_tasks for each in runtime.metrics().workers) >= 1


def test_a_woken_task_is_taken_out_of_the_slot_of_a_worker_that_blocks() -> None:
    woken = Event()

    token = zokio.CancellationToken()

    async def wait_for_token() -> None:
        await token.cancelled()
        woken.set()

    async def wake_and_block() -> None:
        zokio.spawn(wait_for_token())
        await zokio.sleep(0.001)
        woken.clear()
        token.cancel()  # it stands in the slot of this worker now
        assert woken.wait(STUCK_S)

    with zokio.Runtime(zokio.RuntimeConfig(workers=2)) as runtime:
        runtime.block_on(wake_and_block())


def test_events_are_seen_while_another_worker_blocks() -> None:
    """Whoever leaves the reactor with work wakes another one to watch it."""
    go_on = Event()

    async def block() -> None:
        assert go_on.wait(STUCK_S)

    async def main() -> None:
        blocker = zokio.spawn(block())
        await zokio.sleep(0.001)  # a timer, while the other worker is lost in `block`
        go_on.set()
        await blocker

    with zokio.Runtime(zokio.RuntimeConfig(workers=2)) as runtime:
        runtime.block_on(main())


def test_a_local_task_never_leaves_its_worker(runtime: zokio.Runtime) -> None:
    async def pinned() -> set[str]:
        names = set()
        for _ in range(50):
            names.add(current_thread().name)
            await zokio.sleep(0.0001)
            names.add(current_thread().name)
            await zokio.yield_now()
        return names

    async def main() -> None:
        busy = [zokio.spawn(forever()) for _ in range(10)]
        for _ in range(5):
            here = current_thread().name
            handle = zokio.spawn_local(pinned(), name="pinned")
            assert await handle == {here}
        for each in busy:
            each.abort()

    runtime.block_on(main())


@pytest.mark.one_thread  # about the runtime without workers
def test_spawn_local_without_workers_is_spawn() -> None:
    async def main() -> str:
        return await zokio.spawn_local(thread_name())

    assert zokio.run(main()) == current_thread().name


def test_spawn_local_outside_of_a_runtime_is_refused() -> None:
    with pytest.raises(UsageError):
        zokio.spawn_local(thread_name())


def test_metrics_are_summed_and_given_for_each_worker(runtime: zokio.Runtime) -> None:
    async def main() -> None:
        await zokio.join(*(zokio.sleep(0.0001) for _ in range(20)))

    runtime.block_on(main())
    runtime.check_invariants()
    metrics = runtime.metrics()
    assert len(metrics.workers) == runtime.config.workers
    assert metrics.polls == sum(each.polls for each in metrics.workers) >= 41
    assert metrics.tasks_spawned == 21
    assert metrics.tasks_alive == metrics.ready_length == metrics.injected_length == 0
    assert metrics.timers_fired == 20
    assert sum(each.batched_tasks for each in metrics.workers) == 20, "timers wake in batches"
    assert 1 <= sum(each.batches for each in metrics.workers) <= 20
    assert sum(each.injected_taken for each in metrics.workers) >= 1


def test_a_dump_shows_where_tasks_wait(runtime: zokio.Runtime) -> None:
    async def main() -> str:
        zokio.spawn(forever(), name="sleeper")
        await zokio.sleep(0.001)
        return runtime.dump().text()

    text = runtime.block_on(main())
    assert "sleeper [idle]" in text
    assert "main [running" in text


def test_invariants_are_not_for_a_task_to_check(runtime: zokio.Runtime) -> None:
    async def main() -> None:
        with pytest.raises(UsageError, match="waits until every worker sleeps"):
            runtime.check_invariants()

    runtime.block_on(main())


def test_virtual_time_jumps_only_when_every_worker_sleeps() -> None:
    config = zokio.RuntimeConfig(workers=4, reactor="simulated")

    async def nap(seconds: float) -> float:
        before = zokio.time.now()
        await zokio.sleep(seconds)
        return zokio.time.now() - before

    async def main() -> tuple[float, ...]:
        return await zokio.join(*(nap(float(hours) * 3600) for hours in range(1, 30)))

    slept = zokio.run(main(), config=config)
    assert list(slept) == [hours * 3600.0 for hours in range(1, 30)]


def test_a_deadlock_in_the_simulation_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    # The two workers and this thread: pytest may have more of them.
    monkeypatch.setattr("zokio.reactor.simulated.active_count", lambda: 3)
    config = zokio.RuntimeConfig(workers=2, reactor="simulated")
    with pytest.raises(DeadlockError):
        zokio.run(forever(), config=config)


def test_a_stream_that_two_tasks_close_at_once_is_closed_once(runtime: zokio.Runtime) -> None:
    async def main() -> None:
        async with zokio.net.TcpListener.bind("127.0.0.1", 0) as listener:
            for _ in range(50):
                stream = await zokio.net.TcpStream.connect(*listener.local_address)
                accepted, _ = await listener.accept()

                async def close(which: zokio.net.TcpStream) -> None:
                    which.close()

                async def read(which: zokio.net.TcpStream) -> None:
                    try:
                        await which.read(1)
                    except ClosedError:
                        pass

                await zokio.join(read(stream), close(stream), close(stream), close(accepted))

    runtime.block_on(main())
    runtime.check_invariants()


def test_a_group_counts_members_that_end_on_other_workers(runtime: zokio.Runtime) -> None:
    async def main() -> int:
        ended = 0
        for _ in range(30):
            async with zokio.TaskGroup() as group:
                handles = [group.spawn(number_after_yield(number)) for number in range(20)]
            ended += sum(handle.result() for handle in handles)
        return ended

    async def number_after_yield(number: int) -> int:
        await zokio.yield_now()
        return number

    assert runtime.block_on(main()) == 30 * 190
    runtime.check_invariants()


@pytest.mark.parametrize("workers", [2, 4])
def test_a_worker_that_blocks_is_relieved_of_its_tasks_by_the_others(workers: int) -> None:
    """Each call returns only when every worker is in one.

    `tests/explore/test_balance.py` has ten thousand of them, in modelled time: here a machine that
    is busy gives the threads their turns as late as it likes, and each call waits for all of them.
    """
    counts: Counter[str] = Counter()
    all_block = Barrier(workers)

    async def call() -> None:
        counts[current_thread().name] += 1
        all_block.wait(STUCK_S)  # it releases the GIL

    async def main() -> None:
        async with zokio.TaskGroup() as group:
            for _ in range(workers * 100):
                group.spawn(call())

    with zokio.Runtime(zokio.RuntimeConfig(workers=workers)) as runtime:
        runtime.block_on(main())
        metrics = runtime.metrics()
    assert list(counts.values()) == [100] * workers
    assert sum(each.stolen_tasks for each in metrics.workers) > 0
    steals = sum(each.steals for each in metrics.workers)
    assert steals < 25 * workers, "half of a queue at a time needs few steals"
