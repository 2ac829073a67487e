"""What the workers do as one: where a task goes, who is told, what is left at the end."""

from __future__ import annotations

from tests.helpers.workers import Workshop, has_token, note, note_twice, wait_then_note
from zokio.scheduler.parker import IN_REACTOR

SECOND = 0b10


def second_sleeps(shop: Workshop) -> None:
    """Worker 1 has announced its sleep."""
    shop.together.idle.fall_asleep(SECOND, was_searching=False)


def was_picked(shop: Workshop) -> bool:
    """Whether worker 1 was taken out of the sleepers and unparked; it sleeps again."""
    picked = shop.together.idle.sleepers == 0
    assert has_token(shop.workers[1].parker) is picked
    if picked:
        shop.together.idle.fall_asleep(SECOND, was_searching=True)
    return picked


def test_whoever_sleeps_is_told_of_a_task_from_outside_and_of_one_in_the_slot(
    shop: Workshop,
) -> None:
    with shop.acting_as(0) as worker:
        task = shop.spawn(wait_then_note([], "a"))
        worker.step()
        second_sleeps(shop)
        task.wake()
        assert was_picked(shop)
    shop.spawn(note([], "from outside"))
    assert was_picked(shop)


def test_nobody_is_told_when_nobody_sleeps(shop: Workshop) -> None:
    shop.spawn(note([], "from outside"))
    assert not any(has_token(worker.parker) for worker in shop.workers)


def test_a_task_that_is_spawned_by_a_visit_joins_its_batch(shop: Workshop) -> None:
    second_sleeps(shop)
    with shop.acting_as(0) as worker:
        worker.batch = []
        task = shop.spawn(note([], "a"))
        assert worker.batch == [task]
        worker.batch = None
    assert not worker.queue.ready
    assert not was_picked(shop), "whoever visits tells them when it is done"
    assert task.coroutine is not None
    task.coroutine.close()


def test_a_pinned_task_stands_in_one_queue_and_its_worker_does_not_unpark_itself(
    shop: Workshop,
) -> None:
    with shop.acting_as(0) as worker:
        task = shop.spawn(note_twice([], "pinned"), home=0)
        assert not has_token(worker.parker)
        worker.step()
        assert (list(worker.queue.pinned), list(worker.queue.ready)) == ([task], [])


def test_the_last_look_sees_pinned_tasks_stealable_ones_and_the_end(shop: Workshop) -> None:
    first, second = shop.workers
    assert not shop.together.has_work_for(first)
    shop.spawn(note([], "pinned"), home=1)
    assert shop.together.has_work_for(second)
    assert not shop.together.has_work_for(first), "it may not take what is pinned to another"
    with shop.acting_as(1):
        shop.spawn(note([], "stealable"))
    assert shop.together.has_work_for(first)
    shop.close()
    shop.together.stopping = True
    assert shop.together.has_work_for(first)


def test_the_bell_is_rung_for_a_worker_in_the_reactor_only(shop: Workshop) -> None:
    worker = shop.workers[0]
    worker.unpark()
    assert shop.rings == []
    assert has_token(worker.parker)
    assert worker.parker.settle(IN_REACTOR)
    worker.unpark()
    assert shop.rings == [False]


def test_the_runtime_is_told_of_the_last_one_that_sleeps_and_of_each_that_gets_up(
    shop: Workshop,
) -> None:
    with shop.acting_as(0) as worker:
        worker.park()
        assert shop.told == ["got up"]
        second_sleeps(shop)
        worker.park()
    assert shop.told == ["got up", "at rest", "got up"]


def test_an_error_is_told_of_and_whoever_takes_it_sends_somebody_to_the_reactor(
    shop: Workshop,
) -> None:
    second_sleeps(shop)
    error, other = SystemExit(1), SystemExit(2)
    shop.together.leave(error)
    assert shop.told == ["left"]
    assert not was_picked(shop)
    assert shop.together.take_error() is error
    assert was_picked(shop)
    assert shop.together.take_error() is None
    shop.together.drop_error(other)
    assert not was_picked(shop), "nothing was taken"
    shop.together.leave(other)
    shop.together.drop_error(other)
    assert was_picked(shop)


def test_a_visit_tells_somebody_of_what_it_has_found_and_of_nothing_else(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        task = shop.spawn(wait_then_note([], "a"))
        worker.step()
        second_sleeps(shop)
        worker.visit()
        assert not was_picked(shop)
        shop.events = [task]
        worker.visit()
        assert was_picked(shop)
        assert worker.batch is None
    assert (worker.turns, worker.batches, worker.batched) == (2, 1, 1)


def test_what_is_left_is_forgotten(shop: Workshop) -> None:
    task = shop.spawn(note([], "injected"))
    with shop.acting_as(0) as worker:
        other = shop.spawn(note([], "queued"))
    shop.together.clear()
    assert not shop.together.injection.tasks
    assert len(worker.queue) == 0
    for each in (task, other):
        assert each.coroutine is not None
        each.coroutine.close()
