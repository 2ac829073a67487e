"""spawn_blocking: calls that block run in threads, so many at once, and the runtime goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

import zokio
from tests.helpers.simulation import run_simulated, simulated_runtime, value
from zokio.env.bystanders import active_count
from zokio.env.threads import Event, Thread, get_ident
from zokio.errors import NeverAwaitedError, NoRuntimeError
from zokio.runtime.blocking import call_in_thread
from zokio.runtime.current import current_runtime

VARIABLE: ContextVar[str] = ContextVar("VARIABLE", default="outside")

# A safety net for a call which nobody releases.
STUCK_S = 30.0


class Gate:
    """A call that waits in `call` until it is opened."""

    def __init__(self) -> None:
        self.entered = zokio.CancellationToken()
        self.opened = Event()

    def call(self) -> str:
        self.entered.cancel()
        assert self.opened.wait(STUCK_S)
        return "through"


@pytest.fixture
def gate() -> Iterator[Gate]:
    """A gate that is open at the end of the test at the latest."""
    gate = Gate()
    yield gate
    gate.opened.set()


def limited_to(threads: int) -> zokio.RuntimeConfig:
    return zokio.RuntimeConfig(blocking_threads=threads)


def test_the_handle_gives_the_value_of_the_call_with_its_arguments() -> None:
    def subtract(a: int, *, b: int) -> tuple[int, bool]:
        return a - b, get_ident() == here

    here = get_ident()

    async def main() -> tuple[int, bool]:
        return await zokio.spawn_blocking(subtract, 5, b=3)

    assert run_simulated(main()) == (2, False)


def test_the_handle_raises_the_error_of_the_call() -> None:
    error = ValueError("mine")

    def fail() -> None:
        raise error

    async def main() -> None:
        with pytest.raises(ValueError) as caught:
            await zokio.spawn_blocking(fail)
        assert caught.value is error
        assert caught.traceback[-1].name == "fail"

    run_simulated(main())


def test_a_system_exit_in_a_call_leaves_the_runtime_as_one_in_a_task_does() -> None:
    def leave() -> None:
        raise SystemExit(9)

    async def main() -> None:
        await zokio.spawn_blocking(leave)

    with pytest.raises(SystemExit):
        run_simulated(main())


@pytest.mark.parametrize("way_out", [KeyboardInterrupt, GeneratorExit])
def test_a_way_out_that_a_call_takes_is_its_tasks_own(way_out: type[BaseException]) -> None:
    def leave() -> None:
        raise way_out

    async def main() -> None:
        await zokio.spawn_blocking(leave)

    with pytest.raises(way_out):
        run_simulated(main())


def test_a_stop_iteration_in_a_call_ends_no_coroutine() -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="raised StopIteration"):
            await zokio.spawn_blocking(next, iter(()))

    run_simulated(main())


def test_a_call_that_raises_cancelled_is_an_aborted_one() -> None:
    def cancel() -> None:
        raise zokio.Cancelled

    async def main() -> None:
        with pytest.raises(zokio.AbortedError):
            await zokio.spawn_blocking(cancel)

    run_simulated(main())


def test_a_call_may_spawn_on_the_runtime_that_it_was_called_from() -> None:
    async def main() -> str:
        runtime = current_runtime()
        spawned = await zokio.spawn_blocking(lambda: runtime.spawn(value("spawned")))
        return await spawned

    assert run_simulated(main()) == "spawned"


def test_the_thread_goes_on_after_a_call_that_failed() -> None:
    def fail() -> None:
        raise SystemExit

    async def main() -> None:
        threads = set()
        for _ in range(3):
            threads.add(await zokio.spawn_blocking(get_ident))
            with pytest.raises(SystemExit):
                await call_in_thread(fail, "fail")
        assert len(threads) == 1

    run_simulated(main())


def test_other_tasks_run_while_a_call_blocks(gate: Gate) -> None:
    async def main() -> str:
        handle = zokio.spawn_blocking(gate.call)
        await gate.entered.cancelled()
        assert not handle.is_finished()
        gate.opened.set()
        return await handle

    assert zokio.run(main()) == "through"


def test_at_most_so_many_calls_run_at_once_and_so_many_do() -> None:
    limit = 3
    # It opens only when `limit` calls stand in it: a fourth one would be seen in `inside`.
    barrier = threading.Barrier(limit, timeout=STUCK_S)
    lock = threading.Lock()
    inside, most = 0, 0

    def call() -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        barrier.wait()
        with lock:
            inside -= 1
        barrier.wait()

    async def main() -> None:
        await zokio.join(*(zokio.spawn_blocking(call) for _ in range(4 * limit)))

    zokio.run(main(), config=limited_to(limit))
    assert most == limit


def test_tasks_wait_for_room_in_the_order_in_which_they_came(gate: Gate) -> None:
    order: list[int] = []

    async def main() -> tuple[int, int, int]:
        first = zokio.spawn_blocking(gate.call)
        await gate.entered.cancelled()
        handles = [zokio.spawn_blocking(order.append, number) for number in range(5)]
        await zokio.yield_now()
        metrics = current_runtime().metrics()
        handles[1].abort()
        gate.opened.set()
        await first
        for number in (0, 2, 3, 4):
            await handles[number]
        return metrics.blocking_running, metrics.blocking_pending, metrics.blocking_outside

    config = zokio.RuntimeConfig(blocking_threads=1, blocking_queue=2)
    assert zokio.run(main(), config=config) == (1, 6, 3)
    assert order == [0, 2, 3, 4]


def test_a_dump_names_the_calls_that_run_and_those_that_wait(gate: Gate) -> None:
    async def main() -> zokio.TaskDump:
        first = zokio.spawn_blocking(gate.call)
        await gate.entered.cancelled()
        second = zokio.spawn_blocking(len, "")
        await zokio.yield_now()
        dump = current_runtime().dump()
        gate.opened.set()
        await zokio.join(first, second)
        return dump

    dump = zokio.run(main(), config=limited_to(1))
    (running,) = dump.blocking
    assert (running.name, running.thread) == ("Gate.call", "zokio-blocking-1")
    assert dump.blocking_waiting == ("len",)
    lines = dump.text().splitlines()
    assert lines[-3] == "blocking call Gate.call [running in zokio-blocking-1]"
    assert lines[-2] == f"    {running.place}" and ".py:" in running.place
    assert lines[-1] == "blocking call len [waiting]"


def test_runtimes_on_several_threads_have_pools_of_their_own() -> None:
    # Each runtime has one thread for blocking calls, and all of them meet here.
    barrier = threading.Barrier(3, timeout=STUCK_S)
    passed: list[int] = []

    async def main() -> None:
        await zokio.spawn_blocking(barrier.wait)
        passed.append(current_runtime().metrics().blocking_threads)

    threads = [Thread(target=zokio.run, args=(main(),), kwargs={"config": limited_to(1)})]
    threads += [Thread(target=zokio.run, args=(main(),), kwargs={"config": limited_to(1)})]
    for thread in threads:
        thread.start()
    zokio.run(main(), config=limited_to(1))
    for thread in threads:
        thread.join()
    assert passed == [1, 1, 1]


def test_a_call_sees_the_variables_of_whoever_spawned_it() -> None:
    async def main() -> tuple[str, str]:
        VARIABLE.set("task's")
        handle = zokio.spawn_blocking(VARIABLE.get)
        VARIABLE.set("later")
        return await handle, VARIABLE.get()

    assert run_simulated(main()) == ("task's", "later")


def test_what_a_call_sets_is_its_own() -> None:
    async def main() -> str:
        await zokio.spawn_blocking(VARIABLE.set, "call's")
        return VARIABLE.get()

    assert run_simulated(main()) == "outside"


@pytest.mark.one_thread  # what yields comes after what it has spawned
def test_a_call_that_has_not_begun_never_runs_when_it_is_aborted(gate: Gate) -> None:
    ran: list[str] = []

    async def main() -> str:
        first = zokio.spawn_blocking(gate.call)
        await gate.entered.cancelled()
        second = zokio.spawn_blocking(ran.append, "second")
        await zokio.yield_now()  # it is handed in, and there is no thread for it
        assert current_runtime().metrics().blocking_pending == 2
        second.abort()
        with pytest.raises(zokio.AbortedError):
            await second
        assert current_runtime().metrics().blocking_pending == 1
        gate.opened.set()
        return await first

    assert zokio.run(main(), config=limited_to(1)) == "through"
    assert ran == []


def test_a_call_that_runs_is_waited_for_when_it_is_aborted_and_gives_its_result(
    gate: Gate,
) -> None:
    async def main() -> str:
        handle = zokio.spawn_blocking(gate.call)
        await gate.entered.cancelled()
        handle.abort()
        for _ in range(3):
            await zokio.yield_now()
        assert not handle.is_finished()
        gate.opened.set()
        return await handle

    assert zokio.run(main()) == "through"


def test_whoever_awaits_a_call_may_stop_waiting_at_any_time(gate: Gate) -> None:
    async def main() -> str:
        handle = zokio.spawn_blocking(gate.call)
        with pytest.raises(TimeoutError):
            async with zokio.timeout(60):
                await handle
        gate.opened.set()
        return await handle

    assert run_simulated(main()) == "through"


def test_inside_a_call_no_runtime_is_running_and_a_new_one_may_run() -> None:
    def call() -> str:
        with pytest.raises(NoRuntimeError):
            zokio.current_task()
        with pytest.raises(NoRuntimeError):
            zokio.spawn(value(1))
        return run_simulated(value("inner"))

    async def main() -> str:
        return await zokio.spawn_blocking(call)

    assert run_simulated(main()) == "inner"


def test_outside_of_a_runtime_there_is_nobody_to_call_for() -> None:
    with pytest.raises(NoRuntimeError, match=r"zokio\.run"):
        zokio.spawn_blocking(print)


def test_a_coroutine_function_blocks_nothing_and_is_refused() -> None:
    async def main() -> None:
        with pytest.raises(NeverAwaitedError, match="returned the coroutine value"):
            _ = await zokio.spawn_blocking(value, 1)

    run_simulated(main())


def test_a_shutdown_drops_the_task_of_a_call_that_goes_on_and_says_so(gate: Gate) -> None:
    handles: list[zokio.JoinHandle[str]] = []

    async def begin() -> None:
        handles.append(zokio.spawn_blocking(gate.call))
        await gate.entered.cancelled()

    runtime = simulated_runtime()
    runtime.block_on(begin())
    report = runtime.shutdown(timeout=60)
    assert report.dropped == (handles[0].name,)
    assert report.blocking_pending == 1 and report.blocking_names == ("Gate.call",)
    assert handles[0].is_finished()
    gate.opened.set()  # the call returns to a runtime that is closed: nobody is harmed


@pytest.mark.one_thread  # it takes single steps
def test_a_shutdown_waits_for_a_call_that_ends_in_time(gate: Gate) -> None:
    async def begin() -> zokio.JoinHandle[str]:
        handle = zokio.spawn_blocking(gate.call)
        await gate.entered.cancelled()
        return handle

    async def release() -> None:
        try:
            await zokio.sleep(1_000)
        finally:
            gate.opened.set()

    runtime = zokio.Runtime()
    handle = runtime.block_on(begin())
    runtime.spawn(release())
    runtime.step()
    assert runtime.shutdown(timeout=STUCK_S) == zokio.ShutdownReport(2, (), 0)
    with simulated_runtime() as another:
        assert another.block_on(handle) == "through"


def test_thousands_of_calls_all_come_back() -> None:
    calls = 3_000

    async def main() -> int:
        handles = [zokio.spawn_blocking(pow, number, 2) for number in range(calls)]
        total = sum([await handle for handle in handles])
        assert current_runtime().metrics().blocking_pending == 0
        return total

    assert run_simulated(main()) == sum(number**2 for number in range(calls))


def test_no_thread_is_left_when_the_runtime_has_ended() -> None:
    async def main() -> None:
        await zokio.join(*(zokio.spawn_blocking(int) for _ in range(5)))

    before = active_count()
    run_simulated(main())
    assert active_count() == before


@pytest.mark.one_thread  # it counts threads, and workers are some
def test_a_runtime_that_never_blocks_makes_no_thread() -> None:
    async def main() -> int:
        await zokio.sleep(1)
        return active_count()

    before = active_count()
    assert run_simulated(main()) == before
