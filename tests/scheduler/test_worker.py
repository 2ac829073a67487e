"""One worker's rounds: what it polls next, when it looks elsewhere, whom it wakes."""

from __future__ import annotations

import types
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.helpers.workers import Workshop, has_token
from zokio.core.outcome import ABORTED, Failure
from zokio.core.poll import Ready
from zokio.core.shared_task import SharedTask
from zokio.core.suspend import suspend, yield_now
from zokio.core.task_state import DONE, IDLE, QUEUED
from zokio.env.threads import Thread
from zokio.errors import InternalError, ThreadsExhaustedError
from zokio.scheduler import multi_thread
from zokio.scheduler.parker import Parker
from zokio.scheduler.worker import INJECTION_INTERVAL, Worker


@pytest.fixture
def shop() -> Iterator[Workshop]:
    workshop = Workshop(2)
    yield workshop
    workshop.close()


async def note(log: list[str], name: str) -> str:
    log.append(name)
    return name


async def note_twice(log: list[str], name: str) -> None:
    log.append(name)
    await yield_now()
    log.append(name)


async def wait_then_note(log: list[str], name: str) -> None:
    await suspend()
    log.append(name)


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


def test_a_searcher_that_finds_something_and_was_the_last_wakes_another(shop: Workshop) -> None:
    with shop.acting_as(0):
        shop.together.idle.fall_asleep(0b10, was_searching=False)
        for _ in range(2):
            shop.spawn(note([], "a"))  # the first of them picks the sleeper
        assert shop.together.idle.searching == 1
    with shop.acting_as(1) as woken:
        assert has_token(woken.parker)
        woken.searching = shop.together.idle.get_up(woken.bit, found=False)
        shop.together.idle.fall_asleep(0b01, was_searching=False)
        woken.step()
    assert woken.polls == 1
    assert (shop.together.idle.searching, shop.together.idle.sleepers) == (1, 0)


def test_half_of_the_workers_search_and_the_others_are_refused() -> None:
    shop = Workshop(4)
    found = []
    for number in range(4):
        with shop.acting_as(number) as worker:
            found.append(worker.search())
    assert found == [None] * 4
    assert [worker.searches for worker in shop.workers] == [1, 1, 0, 0]
    assert [worker.searches_refused for worker in shop.workers] == [0, 0, 1, 1]


def test_a_thief_that_finds_many_takes_half_in_one_search(shop: Workshop) -> None:
    with shop.acting_as(1):
        for _ in range(8):
            shop.spawn(note([], "a"))
    shop.step(0)
    thief, victim = shop.workers
    assert (thief.searches, thief.steals, thief.stolen) == (1, 1, 4)
    assert (len(thief.queue), len(victim.queue)) == (3, 4), "and it has polled one"


def test_a_lone_task_that_yields_wakes_nobody(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        shop.spawn(note_twice([], "a"))
        shop.together.idle.fall_asleep(0b10, was_searching=False)
        worker.step()
    assert shop.together.idle.sleepers == 0b10
    shop.together.idle.get_up(0b10, found=False)


def test_two_tasks_that_yield_wake_somebody(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        shop.spawn(note_twice([], "a"))
        shop.spawn(note_twice([], "b"))
        shop.together.idle.fall_asleep(0b10, was_searching=False)
        worker.step()
    assert shop.together.idle.sleepers == 0


def test_a_task_that_is_requeued_beside_one_in_the_slot_wakes_somebody(shop: Workshop) -> None:
    """The slot's task is taken first, and the other one would stand there for its whole poll."""
    tasks: list[SharedTask] = []

    async def wake_both() -> None:
        tasks[1].wake()
        tasks[0].wake()
        await suspend()

    with shop.acting_as(0) as worker:
        tasks.append(shop.spawn(wake_both()))
        tasks.append(shop.spawn(wait_then_note([], "b")))
        worker.poll(tasks[1])
        worker.queue.clear()
        assert shop.together.idle.begin_search()  # the other one, so the wakes notify nobody
        worker.poll(tasks[0])
        assert list(worker.queue.slot) == [tasks[1]]
        shop.together.idle.fall_asleep(0b10, was_searching=True)
        shop.together.requeue(worker, worker.queue.ready.pop())
    assert shop.together.idle.sleepers == 0


def test_taking_a_pinned_task_wakes_somebody_for_the_others(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        shop.spawn(note([], "other"))
        shop.spawn(note([], "pinned"), home=0)
        shop.together.idle.fall_asleep(0b10, was_searching=False)
        task = worker.next_task()
        assert task is not None and task.home == 0
    assert shop.together.idle.sleepers == 0
    assert task.coroutine is not None
    task.coroutine.close()


def test_an_announcement_is_taken_back_if_there_is_work_after_all(shop: Workshop) -> None:
    task = shop.spawn(note([], "a"))
    with shop.acting_as(0) as worker:
        worker.park()
    assert shop.together.idle.sleepers == 0
    assert (worker.parks, worker.searching) == (0, True), "whoever pushed it counts on a searcher"
    assert shop.together.idle.searching == 1
    assert task.state is QUEUED


def test_who_waits_in_the_reactor_puts_the_batch_on_its_own_queue_and_notifies() -> None:
    shop = Workshop(2)
    with shop.acting_as(0) as worker:
        tasks = [shop.spawn(wait_then_note([], "a")) for _ in range(3)]
        for _ in range(3):
            worker.poll(tasks[_])
        worker.queue.clear()
        shop.together.idle.fall_asleep(0b10, was_searching=False)
        shop.events = tasks
        worker.park()
    assert shop.turns == [True]
    assert list(worker.queue.ready) == tasks
    assert (worker.batches, worker.batched) == (1, 3), "one push for all of them"
    assert not worker.queue.slot
    assert shop.together.idle.sleepers == 0, "the other one was not woken to watch the reactor"
    assert not shop.together.is_watched
    shop.close()


def test_the_reactor_is_visited_after_so_many_polls_by_whoever_finds_it_free() -> None:
    shop = Workshop(2, event_interval=3)
    with shop.acting_as(0):
        for _ in range(9):
            shop.spawn(note([], "a"))
    shop.step(0, 3)
    assert shop.turns == [False]
    shop.together.reactor_lock.acquire()
    shop.step(0, 3)
    assert shop.turns == [False]
    shop.together.reactor_lock.release()
    shop.step(0, 3)
    assert shop.turns == [False, False]
    shop.close()


def test_a_second_worker_that_parks_leaves_the_reactor_to_the_first(shop: Workshop) -> None:
    shop.together.reactor_lock.acquire()
    with shop.acting_as(1) as worker:
        worker.parker.unpark()  # or it would sleep here
        worker.park()
    assert shop.turns == []
    assert worker.parks == 1
    shop.together.reactor_lock.release()


def test_a_token_that_is_there_before_the_wait_in_the_reactor_prevents_it(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        worker.unpark()
        worker.park()
    assert shop.turns == []


def test_where_time_jumps_only_the_last_one_awake_may_wait_in_the_reactor() -> None:
    shop = Workshop(2, is_virtual=True)
    with shop.acting_as(0) as worker:
        worker.parker.unpark()
        worker.park()
    assert shop.turns == []
    shop.together.idle.fall_asleep(0b10, was_searching=False)
    with shop.acting_as(0) as worker:
        worker.park()
    assert shop.turns == [True]


def test_nobody_waits_in_the_reactor_until_an_error_is_taken(shop: Workshop) -> None:
    shop.together.leave(OSError("the reactor is broken"))
    with shop.acting_as(0) as worker:
        worker.parker.unpark()
        worker.park()
        assert shop.turns == []
        assert isinstance(shop.together.take_error(), OSError)
        worker.park()
    assert shop.turns == [True]


def test_an_error_that_arrives_in_another_way_is_dropped(shop: Workshop) -> None:
    error = SystemExit(1)
    shop.together.leave(error)
    shop.together.drop_error(error)
    shop.together.drop_error(error)
    assert shop.together.take_error() is None


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


def test_a_timer_that_wakes_tasks_puts_them_behind_those_that_wait(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        sleeper = shop.spawn(wait_then_note([], "sleeper"))
        worker.step()
        waiting = shop.spawn(note([], "waiting"))
        shop.events = [sleeper]
        worker.visit()
        assert list(worker.queue.ready) == [waiting, sleeper]


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


def test_threads_that_the_system_does_not_give_are_an_error_and_the_others_end(
    shop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[int] = []

    class Scarce(Thread):
        def start(self) -> None:
            """The second one cannot."""
            if self.name == "zokio-worker-1":
                raise RuntimeError("can't start new thread")
            super().start()

    @contextmanager
    def at_work(worker: Worker) -> Iterator[None]:
        yield
        ended.append(worker.number)

    monkeypatch.setattr(multi_thread, "Thread", Scarce)
    with pytest.raises(ThreadsExhaustedError, match="the system gave 1 of 2 threads for workers"):
        shop.together.start(at_work)
    assert ended == [0]
    assert not shop.together.stopping, "it may be tried again"


def test_threads_start_poll_and_stop() -> None:
    shop = Workshop(3)
    log: list[str] = []
    started: list[int] = []

    @contextmanager
    def at_work(worker: Worker) -> Iterator[None]:
        started.append(worker.number)
        yield
        ended_work.append(worker.number)

    ended_work: list[int] = []
    shop.together.start(at_work)
    tasks = [shop.spawn(note(log, "a")) for _ in range(50)]
    ended = Parker()
    last = shop.spawn(note(log, "last"))
    last.joiners = [cast(Any, SimpleNamespace(wake=ended.unpark))]
    ended.park()
    shop.together.stop()
    while shop.together.injection.tasks or any(len(each.queue) for each in shop.workers):
        shop.step(0)
    assert all(task.state is DONE for task in tasks)
    assert sorted(log) == ["a"] * 50 + ["last"]
    assert sorted(started) == sorted(ended_work) == [0, 1, 2]
    assert sum(worker.polls for worker in shop.workers) == 51
    assert shop.together.idle.sleepers == 0
