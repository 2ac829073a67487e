"""Who is told that there is work, and who goes and looks for it."""

from __future__ import annotations

from tests.helpers.workers import Workshop, has_token, note, note_twice, wait_then_note
from zokio.core.shared_task import SharedTask
from zokio.core.suspend import suspend


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
