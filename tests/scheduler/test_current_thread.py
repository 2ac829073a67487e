"""The poll loop alone, without a reactor: what it does with every way in which a poll can end."""

from __future__ import annotations

import gc
import traceback
import types
from collections.abc import Callable, Coroutine, Generator
from contextvars import copy_context
from typing import Any

import pytest

from zokio.core.outcome import ABORTED, Failure
from zokio.core.poll import Ready
from zokio.core.run_queue import RunQueue
from zokio.core.suspend import suspend, yield_now
from zokio.core.task import Task, TaskId
from zokio.core.task_state import DONE, IDLE, QUEUED
from zokio.errors import Cancelled, InternalError, NeverAwaitedError, NotAwaitableError
from zokio.runtime.awaitable import as_coroutine
from zokio.scheduler.current_thread import CurrentThread

Body = Coroutine[Any, Any, object]


class Bench:
    """A scheduler with a queue of its own, and what it reported."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, BaseException]] = []
        self.queue = RunQueue(lambda: None)
        self.scheduler = CurrentThread(
            self.queue, lambda name, error: self.reports.append((name, error))
        )
        self.count = 0

    def add(self, body: Body) -> Task:
        """A task at the end of the queue."""
        self.count += 1
        number = self.count
        task = Task(
            as_coroutine(body, "test"), self.queue, copy_context(), TaskId(number), f"task-{number}"
        )
        self.queue.ready.append(task)
        return task


@pytest.fixture
def bench() -> Bench:
    return Bench()


def error_of(task: Task) -> BaseException:
    """The error that a task ended with, which counts as seen."""
    assert isinstance(task.outcome, Failure), f"it ended with {task.outcome!r}"
    return task.outcome.take()


@types.coroutine
def foreign(signal: object) -> Generator[object, None, object]:
    """What another runtime's operation does: it yields something of its own."""
    return (yield signal)


async def speak(log: list[str], name: str, times: int) -> str:
    for _ in range(times):
        log.append(name)
        await yield_now()
    return name


def test_tasks_are_polled_first_in_first_out(bench: Bench) -> None:
    log: list[str] = []
    tasks = [bench.add(speak(log, name, 2)) for name in "abc"]
    assert bench.scheduler.poll_ready(100) == 9
    assert log == ["a", "b", "c", "a", "b", "c"]
    assert [task.outcome for task in tasks] == [Ready("a"), Ready("b"), Ready("c")]


def test_no_more_tasks_are_polled_than_the_limit(bench: Bench) -> None:
    log: list[str] = []
    bench.add(speak(log, "a", 5))
    bench.add(speak(log, "b", 5))
    assert [bench.scheduler.poll_ready(limit) for limit in (0, 1, 3, 100)] == [0, 1, 3, 8]
    assert bench.scheduler.polls == 12


def test_a_pending_task_leaves_the_queue_until_it_is_woken(bench: Bench) -> None:
    async def wait() -> str:
        await suspend()
        return "woken"

    task = bench.add(wait())
    assert bench.scheduler.poll_ready(10) == 1
    assert task.state.value == "idle" and not bench.queue.ready
    task.wake()
    assert task.state.value == "queued"
    assert bench.scheduler.poll_ready(10) == 1
    assert task.outcome == Ready("woken")


def test_the_polled_task_is_known_during_its_poll_only(bench: Bench) -> None:
    seen: list[Task | None] = []

    async def look() -> None:
        seen.append(bench.queue.task)

    task = bench.add(look())
    bench.scheduler.poll_ready(1)
    assert seen == [task]
    assert bench.queue.task is None


def test_a_failing_task_harms_no_other(bench: Bench) -> None:
    async def fail() -> None:
        raise LookupError("lost")

    log: list[str] = []
    failing = bench.add(fail())
    other = bench.add(speak(log, "on", 1))
    bench.scheduler.poll_ready(10)
    assert isinstance(error_of(failing), LookupError)
    assert other.outcome == Ready("on")


def test_the_traceback_of_a_failure_begins_in_the_task(bench: Bench) -> None:
    async def deep() -> None:
        raise LookupError("lost")

    async def fail() -> None:
        await deep()

    task = bench.add(fail())
    bench.scheduler.poll_ready(1)
    frames = [frame.name for frame in traceback.extract_tb(error_of(task).__traceback__)]
    assert frames == ["fail", "deep"]


@pytest.mark.parametrize("signal", [42, "asyncio", object, [None], None])
def test_what_another_runtime_yields_is_an_error_where_it_was_awaited(
    bench: Bench, signal: object
) -> None:
    async def await_foreign() -> str:
        with pytest.raises(NotAwaitableError) as caught:
            await foreign(signal)
        return str(caught.value)

    task = bench.add(await_foreign())
    bench.scheduler.poll_ready(1)
    assert isinstance(task.outcome, Ready)
    assert "task 1 (task-1) awaited something that belongs to another runtime" in task.outcome.value
    assert repr(signal) in task.outcome.value


@pytest.mark.parametrize(("recover", "polls"), [(suspend, 1), (yield_now, 2)])
def test_a_task_goes_on_after_it_has_caught_that_error(
    bench: Bench, recover: Callable[[], Any], polls: int
) -> None:
    async def catch() -> None:
        try:
            await foreign(1)
        except NotAwaitableError:
            await recover()

    task = bench.add(catch())
    assert bench.scheduler.poll_ready(10) == polls
    assert task.state is (IDLE if polls == 1 else DONE)
    task.wake()
    bench.scheduler.poll_ready(10)
    assert task.outcome == Ready(None)


def test_a_task_may_wait_for_a_stream_after_it_has_caught_that_error(bench: Bench) -> None:
    async def catch() -> None:
        try:
            await foreign(1)
        except NotAwaitableError:
            await foreign(task)  # what a stream yields while it waits

    task = bench.add(catch())
    assert bench.scheduler.poll_ready(10) == 1
    assert task.state is IDLE
    task.wake()
    bench.scheduler.poll_ready(10)
    assert task.outcome == Ready(None)


def test_a_task_that_yields_foreign_things_again_is_ended(bench: Bench) -> None:
    closed: list[str] = []

    async def insist() -> None:
        try:
            try:
                await foreign(1)
            except NotAwaitableError:
                await foreign(2)
        finally:
            closed.append("cleaned up")

    body = insist()
    task = bench.add(body)
    bench.scheduler.poll_ready(10)
    assert closed == ["cleaned up"], "at once, and not when the coroutine is collected"
    assert isinstance(error_of(task), NotAwaitableError)


def test_a_coroutine_that_is_returned_was_never_awaited(bench: Bench) -> None:
    async def inner() -> None:
        """Not run."""

    async def forget() -> object:
        return inner()

    task = bench.add(forget())
    bench.scheduler.poll_ready(1)
    with pytest.raises(NeverAwaitedError, match=r"returned the coroutine .*inner.*return await"):
        raise error_of(task)


@pytest.mark.parametrize("way_out", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_a_way_out_ends_the_task_and_leaves_the_loop(
    bench: Bench, way_out: type[BaseException]
) -> None:
    async def leave() -> None:
        raise way_out

    leaving = bench.add(leave())
    log: list[str] = []
    other = bench.add(speak(log, "later", 0))
    with pytest.raises(way_out):
        bench.scheduler.poll_ready(10)
    assert leaving.state is DONE and isinstance(leaving.outcome, Failure)
    assert bench.queue.task is None
    assert other.state is QUEUED
    assert bench.scheduler.poll_ready(10) == 1
    assert bench.scheduler.polls == 2
    leaving.outcome = None
    gc.collect()  # the traceback leads to the outcome and back
    assert bench.reports == [], "it has left the loop: that is report enough"


def test_a_failure_that_nobody_asks_for_is_reported_with_the_name_of_the_task(
    bench: Bench,
) -> None:
    async def fail() -> None:
        raise LookupError("lost")

    task = bench.add(fail())
    bench.scheduler.poll_ready(1)
    assert bench.reports == []
    task.outcome = None
    ((name, error),) = bench.reports
    assert name == "task-1" and isinstance(error, LookupError)


def test_cancelled_leaving_the_task_is_no_failure(bench: Bench) -> None:
    async def cancelled() -> None:
        raise Cancelled

    task = bench.add(cancelled())
    bench.scheduler.poll_ready(1)
    assert task.outcome is ABORTED


def test_a_cancelled_task_that_has_not_begun_runs_to_its_first_suspension_point(
    bench: Bench,
) -> None:
    places: list[str] = []

    async def body() -> None:
        places.append("begun")
        try:
            await suspend()
        finally:
            places.append("cleaned up")

    task = bench.add(body())
    task.abort()
    bench.scheduler.poll_ready(1)
    assert places == ["begun"] and task.state is QUEUED
    bench.scheduler.poll_ready(1)
    assert places == ["begun", "cleaned up"] and task.outcome is ABORTED


def test_a_task_in_the_queue_that_is_not_queued_is_an_internal_error(bench: Bench) -> None:
    log: list[str] = []
    task = bench.add(speak(log, "a", 1))
    task.state = IDLE
    with pytest.raises(InternalError, match="task-1 idle> stood in the run queue; expected QUEUED"):
        bench.scheduler.poll_ready(10)
    assert log == []
    task.state = QUEUED
    bench.queue.ready.append(task)
    assert bench.scheduler.poll_ready(10) == 2
    assert task.outcome == Ready("a")
