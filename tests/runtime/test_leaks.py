"""What is done is freed: tasks, their coroutines, descriptors, threads. An idle task is small."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Awaitable, Callable

import pytest

import zokio
from tests.helpers.program import Ended, run_program
from tests.helpers.reactors import REAL
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.core.task import Task
from zokio.env.bystanders import active_count
from zokio.runtime.current import current_runtime


class Something:
    """An object whose end can be seen."""


async def hold(something: Something, then: Awaitable[object]) -> None:
    await then
    del something


async def fail(something: Something) -> None:
    raise ValueError


def count_tasks() -> int:
    gc.collect()
    return sum(isinstance(each, Task) for each in gc.get_objects())


@pytest.fixture
def without_collector() -> object:
    """Reference counts alone must free what the test drops: cycles would wait for the collector."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


ENDINGS: dict[str, Callable[[zokio.Runtime, Something], zokio.JoinHandle[None]]] = {
    "a value": lambda runtime, it: runtime.spawn(hold(it, zokio.sleep(0))),
    "an abort": lambda runtime, it: abort(runtime.spawn(hold(it, forever()))),
    "a timeout": lambda runtime, it: runtime.spawn(hold(it, within(1, forever()))),
    "a join": lambda runtime, it: runtime.spawn(hold(it, zokio.join(value(1), value(2)))),
    "a select": lambda runtime, it: runtime.spawn(hold(it, zokio.select(value(1), forever()))),
    "a group": lambda runtime, it: runtime.spawn(hold(it, group_of(value(1), zokio.sleep(1)))),
    "a call in a thread": lambda runtime, it: runtime.spawn(hold(it, call())),
}


def abort(handle: zokio.JoinHandle[None]) -> zokio.JoinHandle[None]:
    handle.abort()
    return handle


async def within(seconds: float, awaitable: Awaitable[object]) -> None:
    with zokio.move_on_after(seconds):
        await awaitable


async def group_of(*awaitables: Awaitable[object]) -> None:
    async with zokio.TaskGroup() as group:
        for awaitable in awaitables:
            group.spawn(awaitable)


async def call() -> None:
    await zokio.spawn_blocking(int)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_a_task_held_is_freed_when_it_ends_though_its_handle_lives(
    ending: str, without_collector: object
) -> None:
    something = Something()
    seen = weakref.ref(something)
    with simulated_runtime() as runtime:
        handle = ENDINGS[ending](runtime, something)
        del something
        assert seen() is not None
        runtime.block_on(zokio.sleep(5))
        while not handle.is_finished():  # the call in a thread takes its own time
            runtime.block_on(zokio.sleep(5))
        assert seen() is None


def test_what_a_failed_task_held_is_freed_when_its_error_is(without_collector: object) -> None:
    something = Something()
    seen = weakref.ref(something)
    with simulated_runtime() as runtime:
        with pytest.raises(ValueError) as caught:
            runtime.block_on(runtime.spawn(fail(something)))
        del something, caught
        gc.collect()
        assert seen() is None


def test_done_tasks_are_freed_with_their_last_handle() -> None:
    before = count_tasks()
    with simulated_runtime() as runtime:
        handles = [runtime.spawn(value(1)) for _ in range(100)]
        runtime.block_on(zokio.yield_now())
        assert count_tasks() == before + 100
        handles.clear()
        assert count_tasks() == before
    assert count_tasks() == before


def test_ten_thousand_tasks_leave_nothing_in_the_tables() -> None:
    async def main() -> zokio.Runtime:
        for _ in range(100):
            await zokio.join(*(zokio.sleep(number % 3) for number in range(100)))
        return current_runtime()

    with simulated_runtime() as runtime:
        assert runtime.block_on(main()) is runtime
        metrics = runtime.metrics()
        assert metrics.tasks_spawned == 10_001
        assert metrics.tasks_alive == metrics.ready_length == metrics.injected_length == 0
        assert metrics.timers_pending == len(runtime.timers.heap) == 0
        assert not runtime.tasks and not runtime.queue.ready
        runtime.check_invariants()


def test_cancelled_timers_do_not_pile_up() -> None:
    async def main() -> int:
        runtime = current_runtime()
        for _ in range(10_000):
            with zokio.timeout(3_600):
                pass
        return len(runtime.timers.heap)

    assert run_simulated(main()) < 200


def test_awaiting_one_handle_again_and_again_leaves_no_wakers() -> None:
    async def main() -> int:
        handle = zokio.spawn(forever())
        for _ in range(1_000):
            with zokio.move_on_after(1):
                await handle
        task = next(iter(each for each in current_runtime().tasks.values() if each.id == handle.id))
        return len(task.joiners or ())

    assert run_simulated(main()) == 0


def test_a_long_lived_scope_keeps_nothing_of_its_former_members() -> None:
    async def main() -> tuple[int, int]:
        async with zokio.TaskGroup() as group:
            for _ in range(1_000):
                await group.spawn(value(1))
            scope = group.cancel_scope
            kept = len(scope.members or ()), len(scope.children or ())
        return kept

    assert run_simulated(main()) == (0, 0)


def test_a_runtime_is_freed_when_it_was_shut_down(without_collector: object) -> None:
    runtime = zokio.Runtime()
    runtime.block_on(zokio.sleep(0))
    runtime.shutdown()
    seen = weakref.ref(runtime)
    del runtime
    gc.collect()
    assert seen() is None


async def use_everything() -> None:
    async with zokio.net.TcpListener.bind("127.0.0.1", 0) as listener:
        host, port = listener.local_address
        near = await zokio.net.TcpStream.connect(host, port)
        far, _ = await listener.accept()
        await near.write_all(b"x")
        assert await far.read(1) == b"x"
        near.close()
        far.close()
    with pytest.raises(zokio.errors.RefusedError):
        await zokio.net.TcpStream.connect(host, port)
    await zokio.spawn_blocking(int)
    zokio.spawn(forever())


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="descriptors are counted in /proc")
@pytest.mark.parametrize("reactor", [*REAL, "simulated"])
def test_no_descriptor_and_no_thread_is_left_after_a_run(reactor: str) -> None:
    config = zokio.RuntimeConfig(reactor=reactor)
    zokio.run(value(1), config=config)  # what Python opens once and for all is open now
    descriptors, threads = os.listdir("/proc/self/fd"), active_count()
    zokio.run(use_everything(), config=config)
    for _ in range(20):
        zokio.run(value(1), config=config)
        zokio.Runtime(config).shutdown()
    gc.collect()
    assert os.listdir("/proc/self/fd") == descriptors
    assert active_count() == threads


def test_a_program_leaves_nothing_that_python_would_warn_of() -> None:
    ended = run_program(
        """
        import gc, zokio

        async def main():
            async with zokio.net.TcpListener.bind("127.0.0.1", 0) as listener:
                async with await zokio.net.TcpStream.connect(*listener.local_address):
                    stream, _ = await listener.accept()
                    stream.close()
            zokio.spawn(zokio.sleep(1000))
            await zokio.spawn_blocking(print, "called")

        zokio.run(main())
        gc.collect()
        """
    )
    assert ended == Ended(0, "called\n", "")


@pytest.mark.parametrize("waits", ["await zokio.sleep(1000)", "await never"])
def test_an_idle_task_takes_less_than_two_kilobytes(waits: str) -> None:
    ended = run_program(
        f"""
        import tracemalloc, zokio

        class Never(zokio.Future):
            def poll(self, cx):
                return zokio.PENDING

        never = Never()

        async def idle():
            {waits}

        async def main():
            zokio.spawn(idle())
            await zokio.yield_now()
            tracemalloc.start()
            before, _ = tracemalloc.get_traced_memory()
            for _ in range(10_000):
                zokio.spawn(idle())
            await zokio.yield_now()
            after, _ = tracemalloc.get_traced_memory()
            print((after - before) // 10_000)

        zokio.run(main(), config=zokio.RuntimeConfig(slow_poll_threshold=None))
        """
    )
    assert ended.error == ""
    assert 200 < int(ended.output) < 2_048
