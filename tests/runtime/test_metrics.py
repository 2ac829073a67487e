"""Runtime.metrics: each counter moves as its documentation says."""

from __future__ import annotations

import dataclasses

import pytest

import zokio
from tests.helpers.simulation import forever, run_simulated, simulated_runtime, value
from zokio.env.clock import SECOND_NS
from zokio.env.threads import Event, Thread
from zokio.errors import UsageError
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.current import current_runtime

ZERO = zokio.RuntimeMetrics(
    tasks_spawned=0,
    tasks_alive=0,
    polls=0,
    slow_polls=0,
    turns=0,
    parks=0,
    io_wakes=0,
    timers_fired=0,
    timers_pending=0,
    ready_length=0,
    injected_length=0,
    blocking_pending=0,
    blocking_running=0,
    blocking_outside=0,
    blocking_threads=0,
    blocking_threads_idle=0,
)


def changes(before: zokio.RuntimeMetrics, after: zokio.RuntimeMetrics) -> dict[str, int]:
    """What has moved, and by how much."""
    old, new = dataclasses.asdict(before), dataclasses.asdict(after)
    return {name: new[name] - old[name] for name in old if new[name] != old[name]}


def test_a_new_runtime_has_done_nothing() -> None:
    with simulated_runtime() as runtime:
        assert runtime.metrics() == ZERO


def test_a_spawned_task_is_alive_and_ready() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(forever())
        assert changes(ZERO, runtime.metrics()) == {
            "tasks_spawned": 1,
            "tasks_alive": 1,
            "ready_length": 1,
        }


def test_a_step_is_one_turn_and_one_poll() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(forever())
        runtime.spawn(forever())
        before = runtime.metrics()
        runtime.step()
        moved = changes(before, runtime.metrics())
        assert moved == {"polls": 1, "turns": 1, "ready_length": -1, "timers_pending": 1}


def test_a_task_that_ends_is_alive_no_more_and_stays_counted_as_spawned() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(value(1))
        runtime.step()
        assert changes(ZERO, runtime.metrics()) == {"tasks_spawned": 1, "polls": 1, "turns": 1}


@pytest.mark.one_thread  # it takes single steps
def test_a_timer_is_pending_until_it_fires_or_is_cancelled() -> None:
    reactor = SimulatedReactor()
    with zokio.Runtime(reactor=reactor) as runtime:
        runtime.spawn(zokio.sleep(1))
        cancelled = runtime.spawn(zokio.sleep(1))
        runtime.step()
        runtime.step()
        assert runtime.metrics().timers_pending == 2
        cancelled.abort()
        runtime.step()
        assert runtime.metrics().timers_pending == 1
        reactor.clock.advance(SECOND_NS)
        runtime.step()
        assert runtime.metrics().timers_pending == 0
        assert runtime.metrics().timers_fired == 1


@pytest.mark.one_thread  # it counts the sleeps of one thread
def test_a_turn_that_may_wait_with_nothing_ready_is_a_park() -> None:
    async def main() -> tuple[int, int]:
        metrics = current_runtime().metrics
        before = metrics()
        await zokio.yield_now()
        ready = metrics()
        await zokio.sleep(1)
        return ready.parks - before.parks, metrics().parks - ready.parks

    assert run_simulated(main()) == (0, 1)


@pytest.mark.one_thread  # whether whoever accepts has to wait is luck among workers
def test_readiness_that_wakes_a_task_is_counted() -> None:
    async def main() -> int:
        async with zokio.net.TcpListener.bind("127.0.0.1", 0) as listener:
            host, port = listener.local_address
            accepting = zokio.spawn(listener.accept())
            await zokio.yield_now()
            before = current_runtime().metrics().io_wakes
            async with await zokio.net.TcpStream.connect(host, port):
                stream, _ = await accepting
                stream.close()
            return current_runtime().metrics().io_wakes - before

    assert run_simulated(main()) == 2  # the one that connects, and the one that accepts
    assert zokio.run(main()) == 2


def test_what_other_threads_hand_in_is_counted_until_it_is_taken_in() -> None:
    with simulated_runtime() as runtime:
        thread = Thread(target=lambda: runtime.spawn(value(1)))
        thread.start()
        thread.join()
        assert changes(ZERO, runtime.metrics()) == {"injected_length": 1}
        runtime.step()
        assert runtime.metrics().injected_length == 0
        assert runtime.metrics().tasks_spawned == 1


def test_a_blocking_call_is_pending_until_it_returns() -> None:
    opened = Event()

    async def main() -> tuple[int, int]:
        metrics = current_runtime().metrics
        handle = zokio.spawn_blocking(opened.wait)
        await zokio.yield_now()
        during = metrics().blocking_pending
        opened.set()
        await handle
        return during, metrics().blocking_pending

    assert run_simulated(main()) == (1, 0)


def test_another_thread_may_look_at_the_counters() -> None:
    async def main() -> int:
        runtime = current_runtime()
        return (await zokio.spawn_blocking(runtime.metrics)).tasks_alive

    assert run_simulated(main()) == 2  # main, and the task of the call itself


def test_a_runtime_without_metrics_says_how_to_have_them() -> None:
    with (
        zokio.Runtime(zokio.RuntimeConfig(reactor="simulated", metrics=False)) as runtime,
        pytest.raises(UsageError, match=r"use RuntimeConfig\(metrics=True\)"),
    ):
        runtime.metrics()
