"""Runtime: block_on, step, spawn between them, and the end of its life."""

from __future__ import annotations

import gc
from contextvars import ContextVar

import pytest

import zokio
from tests.helpers.reactors import ABSENT
from tests.helpers.simulation import forever, run_simulated, simulated, simulated_runtime, value
from zokio.env.clock import SECOND_NS
from zokio.errors import (
    BusyError,
    ClosedError,
    DescriptorsExhaustedError,
    NestedRuntimeError,
    NotAwaitableError,
)
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.current import current_runtime

VARIABLE: ContextVar[str] = ContextVar("VARIABLE", default="outside")


async def count_to(limit: int, log: list[int]) -> None:
    for number in range(limit):
        log.append(number)
        await zokio.yield_now()


def test_block_on_may_be_called_again_and_again() -> None:
    with simulated_runtime() as runtime:
        assert runtime.block_on(value(1)) == 1
        with pytest.raises(KeyError):
            runtime.block_on(fail(KeyError()))
        assert runtime.block_on(value(2)) == 2


async def fail(error: BaseException) -> None:
    raise error


def test_other_tasks_pause_when_block_on_returns_and_go_on_in_the_next() -> None:
    log: list[int] = []
    with simulated_runtime() as runtime:
        handle = runtime.spawn(count_to(1_000, log))
        runtime.block_on(value(None))
        paused_at = len(log)
        assert 0 < paused_at < 1_000
        runtime.block_on(handle)
        assert log == list(range(1_000))


def test_a_task_spawned_between_two_block_on_runs_in_the_second() -> None:
    with simulated_runtime() as runtime:
        runtime.block_on(value(None))
        handle = runtime.spawn(value("between"))
        assert not handle.is_finished()
        assert runtime.block_on(handle) == "between"


def test_block_on_refuses_what_cannot_be_awaited() -> None:
    with simulated_runtime() as runtime:
        with pytest.raises(NotAwaitableError, match="block_on takes a coroutine, not 5"):
            runtime.block_on(5)  # type: ignore[arg-type]  # the mistake under test
        with pytest.raises(NotAwaitableError, match="spawn takes a coroutine, not None"):
            runtime.spawn(None)  # type: ignore[arg-type]  # the mistake under test


def test_a_step_polls_one_task_in_the_order_of_the_queue() -> None:
    log: list[int] = []
    with simulated_runtime() as runtime:
        runtime.spawn(count_to(2, log))
        runtime.spawn(count_to(1, log))
        steps = []
        for _ in range(3):
            assert runtime.step()
            steps.append(list(log))
        assert steps == [[0], [0, 0], [0, 0, 1]]


def test_a_step_is_false_when_nothing_is_ready_and_never_waits() -> None:
    with simulated_runtime() as runtime:
        assert not runtime.step()
        handle = runtime.spawn(zokio.sleep(60))
        assert runtime.step()
        # A wait would move the virtual clock to the deadline, or raise DeadlockError.
        assert not runtime.step()
        assert runtime.reactor.now_ns() == 0
        assert not handle.is_finished()


@pytest.mark.one_thread  # it takes single steps
def test_a_step_fires_the_timers_that_are_due() -> None:
    reactor = SimulatedReactor()
    with zokio.Runtime(simulated(), reactor=reactor) as runtime:
        handle = runtime.spawn(zokio.sleep(1))
        assert runtime.step()
        reactor.clock.advance(SECOND_NS)
        assert runtime.step()
        assert handle.is_finished()
        assert not runtime.step()


def test_a_step_raises_what_leaves_the_runtime_and_the_runtime_goes_on() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(fail(SystemExit(4)))
        handle = runtime.spawn(value(1))
        with pytest.raises(SystemExit):
            runtime.step()
        assert runtime.step()
        assert handle.is_finished()
        runtime.check_invariants()


@pytest.mark.one_thread  # it asks for single steps
def test_nothing_of_a_runtime_may_be_driven_from_inside_of_one() -> None:
    async def main() -> str:
        runtime = current_runtime()
        for misuse in (
            lambda: runtime.block_on(value(1)),
            lambda: runtime.step(),
            lambda: runtime.shutdown(),
        ):
            with pytest.raises(NestedRuntimeError, match=r"await the coroutine or zokio\.spawn it"):
                misuse()
        listener = zokio.net.TcpListener.bind("127.0.0.1", 0)
        listener.close()
        await zokio.sleep(0.000_001)
        return "unharmed"

    assert zokio.run(main()) == "unharmed"
    assert run_simulated(main()) == "unharmed"


def test_after_the_shutdown_everything_says_so() -> None:
    runtime = simulated_runtime()
    runtime.shutdown()
    with pytest.raises(ClosedError, match="shut down; make a new one"):
        runtime.block_on(value(1))
    with pytest.raises(ClosedError, match="shut down; make a new one"):
        runtime.step()
    with pytest.raises(ClosedError, match="spawn: the runtime was shut down; make a new one"):
        runtime.spawn(value(1))
    assert runtime.metrics().tasks_alive == 0
    assert runtime.dump().tasks == ()


def test_a_second_shutdown_finds_nothing_to_do() -> None:
    runtime = simulated_runtime()
    handle = runtime.spawn(forever())
    assert runtime.shutdown().cancelled == 1
    assert handle.is_finished()
    assert runtime.shutdown() == zokio.ShutdownReport(0, (), 0)


def test_a_senseless_timeout_of_a_shutdown_leaves_the_runtime_as_it_is() -> None:
    with simulated_runtime() as runtime:
        with pytest.raises(ValueError, match="a number of seconds, 0 or more, and not -1"):
            runtime.shutdown(timeout=-1)
        assert runtime.block_on(value("open")) == "open"


def test_leaving_the_with_block_shuts_the_runtime_down() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(forever())
        runtime.step()
    assert handle.is_finished()
    with pytest.raises(ClosedError):
        runtime.step()


def test_a_stream_of_a_closed_runtime_can_still_be_closed() -> None:
    async def main() -> zokio.net.TcpListener:
        return zokio.net.TcpListener.bind("127.0.0.1", 0)

    for reactor in ("auto", "portable", "simulated"):
        listener = zokio.run(main(), config=zokio.RuntimeConfig(reactor=reactor))
        listener.close()
        del listener
        gc.collect()  # a socket that is still open would warn here, and fail the test


def test_each_task_has_variables_of_its_own_copied_when_it_is_spawned() -> None:
    async def child() -> tuple[str, str]:
        seen = VARIABLE.get()
        VARIABLE.set("child's")
        await zokio.yield_now()
        return seen, VARIABLE.get()

    async def main() -> list[object]:
        VARIABLE.set("first")
        first = zokio.spawn(child())
        VARIABLE.set("second")
        second = zokio.spawn(child())
        return [await first, await second, VARIABLE.get()]

    assert run_simulated(main()) == [("first", "child's"), ("second", "child's"), "second"]


def test_ids_count_from_one_in_the_order_of_creation() -> None:
    with simulated_runtime() as runtime:
        handles = [runtime.spawn(value(1)) for _ in range(3)]
        assert [handle.id for handle in handles] == [1, 2, 3]
    with simulated_runtime() as another:
        assert another.spawn(value(1)).id == 1


def test_a_reactor_that_is_not_here_is_named_with_the_way_out() -> None:
    with pytest.raises(zokio.errors.UsageError, match=f'no {ABSENT}; use reactor="auto"'):
        zokio.Runtime(zokio.RuntimeConfig(reactor=ABSENT))


@pytest.mark.parametrize("reactor", ["auto", "portable"])
def test_a_runtime_for_which_no_descriptor_is_left_says_so(reactor: str) -> None:
    resource = pytest.importorskip("resource", reason="limits are set as POSIX does")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        with pytest.raises(DescriptorsExhaustedError, match=r"reactor can be made.*`ulimit -n`"):
            zokio.run(value(1), config=zokio.RuntimeConfig(reactor=reactor))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert zokio.run(value(1)) == 1


def test_two_threads_cannot_run_one_runtime() -> None:
    with simulated_runtime() as runtime:

        def in_another_thread() -> None:
            for misuse in (
                lambda: runtime.block_on(value(1)),
                lambda: runtime.step(),
                lambda: runtime.shutdown(),
            ):
                with pytest.raises(BusyError, match=r"another thread is running this runtime"):
                    misuse()

        async def main() -> str:
            await zokio.spawn_blocking(in_another_thread)
            return "unharmed"

        assert runtime.block_on(main()) == "unharmed"
        assert runtime.block_on(value("again")) == "again"
