"""Runtime.shutdown and its report, in virtual time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

import zokio
from tests.helpers.busy import busy
from tests.helpers.simulation import forever, simulated_runtime, value
from zokio.core.suspend import suspend
from zokio.env.threads import Event, Thread
from zokio.errors import NestedRuntimeError
from zokio.runtime.runtime import Runtime
from zokio.runtime.shutdown import drop

NOTHING = zokio.ShutdownReport(cancelled=0, dropped=(), blocking_pending=0)


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    """A runtime on the simulated reactor, shut down when the test has not done so."""
    runtime = simulated_runtime()
    yield runtime
    runtime.shutdown(0)


def now(runtime: Runtime) -> float:
    return runtime.reactor.now_ns() / 1_000_000_000


def begin_all(runtime: Runtime) -> None:
    """Poll until everybody waits."""
    while runtime.step():
        pass


async def stubborn() -> None:
    """It ignores its cancellation."""
    while True:
        try:
            await suspend()
        except zokio.Cancelled:
            pass


async def slow_to_clean_up(seconds: float, seen: list[str]) -> None:
    try:
        await forever()
    finally:
        with zokio.CancelScope(shield=True):
            await zokio.sleep(seconds)
        seen.append(f"cleaned up after {seconds}")


def test_a_runtime_without_tasks_is_shut_down_in_no_time(runtime: Runtime) -> None:
    assert runtime.shutdown() == NOTHING and now(runtime) == 0


def test_a_shutdown_cancels_every_task_and_waits_for_its_cleanup(runtime: Runtime) -> None:
    seen: list[str] = []
    handles = [runtime.spawn(slow_to_clean_up(seconds, seen)) for seconds in (3, 2, 1)]
    begin_all(runtime)
    assert runtime.shutdown(10) == zokio.ShutdownReport(3, (), 0)
    assert seen == ["cleaned up after 1", "cleaned up after 2", "cleaned up after 3"]
    assert now(runtime) == 3, "it waited longer than for the last task"
    for handle in handles:
        with pytest.raises(zokio.AbortedError):
            handle.result()


def test_a_task_that_has_not_begun_runs_to_its_first_suspension_point(runtime: Runtime) -> None:
    seen: list[str] = []

    async def work() -> None:
        seen.append("began")
        await zokio.yield_now()
        seen.append("went on")

    runtime.spawn(work())
    assert runtime.shutdown(1).cancelled == 1 and seen == ["began"]


def test_a_task_whose_cleanup_outlasts_the_time_is_dropped_when_it_is_up(runtime: Runtime) -> None:
    seen: list[str] = []
    slow = runtime.spawn(slow_to_clean_up(5, seen), "slow")
    runtime.spawn(slow_to_clean_up(1, seen), "quick")
    begin_all(runtime)
    assert runtime.shutdown(3) == zokio.ShutdownReport(1, ("slow",), 0)
    assert now(runtime) == 3 and seen == ["cleaned up after 1"]
    with pytest.raises(zokio.AbortedError):
        slow.result()


@pytest.mark.parametrize("seconds", [0, 2])
def test_a_task_that_refuses_to_end_is_dropped(runtime: Runtime, seconds: float) -> None:
    async def stubborn_for_some_time() -> None:
        try:
            await stubborn()
        finally:
            seen.append("dropped")

    seen: list[str] = []
    runtime.spawn(stubborn_for_some_time(), "stubborn")
    runtime.spawn(pass_time(), "clock")
    begin_all(runtime)
    report = runtime.shutdown(seconds)
    assert set(report.dropped) == {"stubborn", "clock"} and report.cancelled == 0
    assert seen == ["dropped"]


async def pass_time() -> None:
    """A task that refuses to end, and needs a second for each poll."""
    while True:
        try:
            await suspend()
        except zokio.Cancelled:
            busy(1)


@pytest.mark.parametrize(("seconds", "lasts"), [(0, 1), (2, 2), (2.5, 3)])
def test_a_shutdown_outlasts_its_time_by_one_poll_at_the_most(
    runtime: Runtime, seconds: float, lasts: float
) -> None:
    for _ in range(3):
        runtime.spawn(pass_time())
    begin_all(runtime)
    assert len(runtime.shutdown(seconds).dropped) == 3
    assert now(runtime) == lasts


def test_tasks_that_are_spawned_during_the_cleanup_are_cancelled_and_counted(
    runtime: Runtime,
) -> None:
    seen: list[str] = []

    async def parent() -> None:
        try:
            await forever()
        finally:
            zokio.spawn(slow_to_clean_up(1, seen))
            zokio.spawn(stubborn_in_a_shield(), name="stubborn child")

    runtime.spawn(parent())
    begin_all(runtime)
    assert runtime.shutdown(2) == zokio.ShutdownReport(2, ("stubborn child",), 0)
    assert seen == ["cleaned up after 1"] and now(runtime) == 2


async def stubborn_in_a_shield() -> None:
    with zokio.CancelScope(shield=True):
        await forever()


def test_a_task_that_is_spawned_by_one_that_is_dropped_is_dropped_too(runtime: Runtime) -> None:
    children: list[zokio.JoinHandle[None]] = []

    async def parent() -> None:
        try:
            await stubborn_in_a_shield()
        finally:
            children.append(zokio.spawn(forever(), name="child"))

    runtime.spawn(parent(), "parent")
    begin_all(runtime)
    assert runtime.shutdown(1).dropped == ("parent", "child")
    assert children[0].is_finished()


def test_a_task_on_its_way_from_another_thread_is_cancelled_and_counted(runtime: Runtime) -> None:
    handles: list[zokio.JoinHandle[None]] = []
    thread = Thread(target=lambda: handles.append(runtime.spawn(forever())))
    thread.start()
    thread.join()
    assert runtime.shutdown(1) == zokio.ShutdownReport(1, (), 0)
    assert handles[0].is_finished()


def test_the_result_of_a_task_that_had_ended_before_stands(runtime: Runtime) -> None:
    handle = runtime.spawn(value(7))
    begin_all(runtime)
    assert runtime.shutdown().cancelled == 0
    assert handle.result() == 7


@pytest.mark.one_thread  # it takes single steps
def test_an_error_in_the_cleanup_is_the_outcome_of_its_task() -> None:
    reports: list[tuple[str, str]] = []
    runtime = reporting_runtime(reports)

    async def fail() -> None:
        try:
            await forever()
        finally:
            raise LookupError("in the cleanup")

    asked, lost = runtime.spawn(fail(), "asked"), runtime.spawn(fail(), "lost")
    begin_all(runtime)
    assert runtime.shutdown(1).cancelled == 2
    with pytest.raises(LookupError):
        asked.result()
    assert reports == []
    del asked, lost
    assert reports == [("lost", "in the cleanup")]


def reporting_runtime(reports: list[tuple[str, str]]) -> Runtime:
    """A runtime that notes the errors which nobody asked for."""
    return Runtime(
        zokio.RuntimeConfig(
            reactor="simulated",
            on_task_panic=lambda name, error: reports.append((name, str(error))),
        )
    )


@pytest.mark.one_thread  # it takes single steps
def test_an_error_of_a_task_that_is_dropped_is_reported_and_the_others_are_dropped() -> None:
    reports: list[tuple[str, str]] = []
    runtime = reporting_runtime(reports)

    async def fail() -> None:
        try:
            await stubborn_in_a_shield()
        finally:
            raise LookupError("dropped")

    handles = [runtime.spawn(fail(), f"task {number}") for number in range(2)]
    begin_all(runtime)
    assert runtime.shutdown(1).dropped == ("task 0", "task 1")
    assert reports == [("task 0", "dropped"), ("task 1", "dropped")]
    assert all(handle.is_finished() for handle in handles)


@pytest.mark.one_thread  # it takes single steps
def test_a_task_that_waits_for_something_while_it_is_dropped_is_reported() -> None:
    reports: list[tuple[str, str]] = []
    runtime = reporting_runtime(reports)

    async def waits() -> None:
        try:
            await stubborn_in_a_shield()
        finally:
            await suspend()

    handle = runtime.spawn(waits(), "waits")
    begin_all(runtime)
    assert runtime.shutdown(1).dropped == ("waits",)
    assert reports == [("waits", "coroutine ignored GeneratorExit")] and handle.is_finished()


@pytest.mark.parametrize("way_out", [KeyboardInterrupt, SystemExit])
def test_a_way_out_that_is_taken_during_the_cleanup_drops_the_rest_and_goes_on(
    runtime: Runtime, way_out: type[BaseException]
) -> None:
    async def leave() -> None:
        try:
            await forever()
        finally:
            raise way_out

    handles = [runtime.spawn(leave()), runtime.spawn(stubborn_in_a_shield())]
    begin_all(runtime)
    with pytest.raises(way_out):
        runtime.shutdown(1)
    assert all(handle.is_finished() for handle in handles)
    assert runtime.shutdown() == NOTHING


def test_a_way_out_that_is_taken_by_one_that_is_dropped_drops_the_rest_and_goes_on(
    runtime: Runtime,
) -> None:
    async def leave() -> None:
        try:
            await stubborn_in_a_shield()
        finally:
            raise KeyboardInterrupt

    handles = [runtime.spawn(leave()), runtime.spawn(stubborn()), runtime.spawn(stubborn())]
    begin_all(runtime)
    with pytest.raises(KeyboardInterrupt):
        runtime.shutdown(0)
    assert all(handle.is_finished() for handle in handles)
    with pytest.raises(zokio.ClosedError):
        runtime.step()


def test_a_closed_runtime_refuses_everything_and_a_second_shutdown_does_nothing(
    runtime: Runtime,
) -> None:
    runtime.spawn(forever())
    runtime.shutdown(1)
    for use in (
        runtime.step,
        lambda: runtime.spawn(forever()),
        lambda: runtime.block_on(forever()),
    ):
        with pytest.raises(zokio.ClosedError, match="make a new one"):
            use()
    assert runtime.shutdown() == NOTHING


def test_a_wake_after_the_close_does_nothing(runtime: Runtime) -> None:
    handle = runtime.spawn(stubborn())
    begin_all(runtime)
    task = runtime.tasks[handle.id]
    runtime.shutdown(0)
    task.wake()
    thread = Thread(target=task.wake)
    thread.start()
    thread.join()
    assert not runtime.queue.ready and not runtime.queue.injected
    handle.abort()
    assert handle.is_finished()


def test_dropping_a_task_that_has_ended_leaves_its_outcome_alone(runtime: Runtime) -> None:
    """Whoever hands in a task too late drops it, and the runtime may have been faster."""
    task = runtime.start_task(value(7), "late", runtime.forget, "spawn")
    begin_all(runtime)
    drop(runtime, task)
    assert task.outcome == zokio.Ready(7)


def test_no_timer_is_left(runtime: Runtime) -> None:
    fired: list[int] = []
    runtime.timers.insert(1, lambda: fired.append(1))
    runtime.shutdown(0)
    assert runtime.metrics().timers_pending == 0
    assert runtime.timers.expire(10) == 0 and fired == []


def test_a_shutdown_from_inside_of_the_runtime_is_refused(runtime: Runtime) -> None:
    async def main() -> None:
        with pytest.raises(NestedRuntimeError):
            runtime.shutdown()

    runtime.block_on(main())


@pytest.mark.parametrize("seconds", [-1, float("nan")])
def test_a_time_that_is_none_is_refused_before_anything_is_cancelled(
    runtime: Runtime, seconds: float
) -> None:
    handle = runtime.spawn(value(7))
    with pytest.raises(ValueError, match="a number of seconds, 0 or more"):
        runtime.shutdown(seconds)
    begin_all(runtime)
    assert handle.result() == 7


@pytest.mark.one_thread  # it takes single steps
def test_leaving_the_block_of_a_runtime_gives_the_tasks_the_configured_time() -> None:
    seen: list[str] = []
    config = zokio.RuntimeConfig(reactor="simulated", shutdown_timeout=2)
    with Runtime(config) as runtime:
        runtime.spawn(slow_to_clean_up(1, seen))
        runtime.spawn(slow_to_clean_up(3, seen))
        begin_all(runtime)
    assert seen == ["cleaned up after 1"] and now(runtime) == 2


def test_a_blocking_call_that_runs_is_reported_and_not_waited_for(runtime: Runtime) -> None:
    began, may_end, ended = Event(), Event(), Event()

    def block() -> None:
        began.set()
        may_end.wait()
        ended.set()

    async def main() -> None:
        zokio.spawn_blocking(block)
        await zokio.yield_now()

    runtime.block_on(main())
    began.wait()
    try:
        report = runtime.shutdown(1)
    finally:
        may_end.set()
        ended.wait()
    assert report.blocking_pending == 1 and len(report.dropped) == 1


@pytest.mark.one_thread  # it takes single steps
def test_a_dropped_task_cleans_up_in_its_own_context() -> None:
    place: ContextVar[str] = ContextVar("place", default="outside")
    seen: list[str] = []

    async def never_ends() -> None:
        place.set("inside")
        try:
            with zokio.CancelScope(shield=True):
                await zokio.sleep(math.inf)
        finally:
            seen.append(place.get())

    runtime = zokio.Runtime(zokio.RuntimeConfig(reactor="simulated"))
    runtime.spawn(never_ends())
    runtime.step()
    assert runtime.shutdown(0).dropped != ()
    assert seen == ["inside"]
