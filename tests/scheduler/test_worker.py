"""One worker's rounds: what it polls next, and what becomes of a poll."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from tests.helpers.workers import Workshop, has_token, note, note_twice, wait_then_note
from zokio.core.outcome import ABORTED, Failure
from zokio.core.poll import Ready
from zokio.core.shared_task import SharedTask
from zokio.core.suspend import suspend, yield_now
from zokio.core.task_state import DONE, IDLE, QUEUED
from zokio.errors import InternalError
from zokio.scheduler.worker import INJECTION_INTERVAL


def test_a_task_is_polled_to_its_end(shop: Workshop) -> None:
    with shop.acting_as(0):
        task = shop.spawn(note([], "a"))
    shop.step(0)
    assert task.state is DONE
    assert task.outcome == Ready("a")
    assert shop.workers[0].polls == 1


def test_tasks_begin_in_the_order_in_which_they_were_spawned(shop: Workshop) -> None:
    log: list[str] = []
    with shop.acting_as(0):
        for name in "abc":
            shop.spawn(note(log, name))
    shop.step(0, 3)
    assert log == ["a", "b", "c"]


def test_whoever_yields_goes_behind_the_others(shop: Workshop) -> None:
    log: list[str] = []
    with shop.acting_as(0):
        shop.spawn(note_twice(log, "a"))
        shop.spawn(note_twice(log, "b"))
    shop.step(0, 4)
    assert log == ["a", "b", "a", "b"]


def test_a_task_woken_by_another_one_comes_next(shop: Workshop) -> None:
    log: list[str] = []

    async def wake(other: SharedTask) -> None:
        other.wake()
        log.append("waker")

    with shop.acting_as(0):
        sleeper = shop.spawn(wait_then_note(log, "woken"))
        shop.step(0)
        assert sleeper.state is IDLE
        shop.spawn(wake(sleeper))
        shop.spawn(note(log, "other"))
    shop.step(0, 3)
    assert log == ["waker", "woken", "other"]
    assert shop.workers[0].queue.slot_hits == 1


def test_a_task_that_wakes_itself_in_its_poll_is_polled_once_more(shop: Workshop) -> None:
    tasks: list[SharedTask] = []

    async def body() -> int:
        tasks[0].wake()
        tasks[0].wake()
        await suspend()
        return 1

    with shop.acting_as(0):
        tasks.append(shop.spawn(body()))
    shop.step(0)
    assert tasks[0].state is QUEUED
    shop.step(0)
    assert tasks[0].outcome == Ready(1)


def test_a_task_goes_on_at_another_worker_and_takes_its_variables_along(shop: Workshop) -> None:
    log: list[str] = []
    variable = ContextVar("variable", default="nobody's")

    async def body() -> None:
        variable.set("the task's")
        await yield_now()
        log.append(variable.get())

    with shop.acting_as(0) as owner:
        shop.spawn(body())
        owner.step()
    with shop.acting_as(1) as thief:
        thief.step()
    assert log == ["the task's"]
    assert variable.get() == "nobody's"
    assert (owner.polls, thief.polls) == (1, 1)
    assert (thief.searches, thief.steals, thief.stolen) == (1, 1, 1)
    assert shop.together.idle.searching == 0


def test_a_wake_from_a_thread_that_is_no_worker_is_injected(shop: Workshop) -> None:
    log: list[str] = []
    task = shop.spawn(note(log, "a"))
    assert list(shop.together.injection.tasks) == [task]
    shop.step(1)
    assert log == ["a"]
    assert shop.workers[1].injected_taken == 1


def test_own_work_never_starves_what_others_inject(shop: Workshop) -> None:
    log: list[str] = []
    with shop.acting_as(0):
        for _ in range(2 * INJECTION_INTERVAL):
            shop.spawn(note(log, "own"))
    shop.spawn(note(log, "injected"))
    shop.spawn(note(log, "injected too"))
    shop.step(0, 2 * INJECTION_INTERVAL)
    first, second = log.index("injected"), log.index("injected too")
    assert first == INJECTION_INTERVAL - 1
    assert second - first == INJECTION_INTERVAL
    assert (shop.workers[0].injected_first, shop.workers[0].injected_taken) == (2, 2)


def test_an_error_of_a_task_is_its_outcome_and_nobody_elses(shop: Workshop) -> None:
    async def fail() -> None:
        raise ValueError("mine")

    with shop.acting_as(0):
        task = shop.spawn(fail())
    shop.step(0)
    assert isinstance(task.outcome, Failure)
    assert str(task.outcome.take()) == "mine"
    assert not shop.together.errors


def test_a_way_out_is_kept_before_anybody_hears_of_the_end_of_the_task(shop: Workshop) -> None:
    async def leave() -> None:
        raise SystemExit(3)

    with shop.acting_as(0) as worker:
        task = shop.spawn(leave())
        with pytest.raises(SystemExit) as caught:
            worker.step()
    assert task.state is DONE
    assert worker.left is caught.value
    assert shop.together.take_error() is caught.value
    assert shop.together.take_error() is None


def test_a_task_that_is_not_queued_is_a_broken_invariant(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        task = shop.spawn(wait_then_note([], "a"))
        worker.step()
        with pytest.raises(InternalError, match="stood in a queue of the workers"):
            worker.poll(task)
    task.finish(ABORTED)


def test_a_pinned_task_is_polled_by_its_worker_whoever_wakes_it(shop: Workshop) -> None:
    log: list[str] = []
    with shop.acting_as(1):
        task = shop.spawn(wait_then_note(log, "pinned"), home=1)
    with shop.acting_as(0) as other:
        assert other.search() is None
        other.searching = False
        shop.together.idle.end_search()
    shop.step(1)
    with shop.acting_as(0):
        task.wake()
    assert list(shop.workers[1].queue.pinned) == [task]
    assert has_token(shop.workers[1].parker), "its worker was not unparked"
    shop.step(1)
    assert log == ["pinned"]


def test_a_pinned_task_that_yields_stays(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        task = shop.spawn(note_twice([], "pinned"), home=0)
        worker.step()
        assert list(worker.queue.pinned) == [task]
        worker.step()
    assert task.state is DONE


def test_cancellation_is_raised_at_every_suspension(shop: Workshop) -> None:
    seen: list[str] = []

    async def stubborn() -> None:
        for _ in range(2):
            try:
                await suspend()
            except BaseException as error:
                seen.append(type(error).__name__)

    with shop.acting_as(0) as worker:
        task = shop.spawn(stubborn())
        worker.step()
        task.abort()
        worker.step()
        assert task.state is QUEUED
        worker.step()
    assert seen == ["Cancelled", "Cancelled"]
    assert task.outcome == Ready(None)


def test_something_foreign_is_refused_where_it_was_yielded(shop: Workshop) -> None:
    @types.coroutine
    def foreign() -> Iterator[object]:
        yield "foreign"

    async def body() -> str:
        try:
            await foreign()
        except Exception as error:
            return type(error).__name__
        return "nothing"

    with shop.acting_as(0) as worker:
        task = shop.spawn(body())
        worker.step()
    assert task.outcome == Ready("NotAwaitableError")
