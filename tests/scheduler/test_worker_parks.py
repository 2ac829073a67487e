"""A worker that finds nothing parks; one of those that do waits in the reactor, and is told."""

from __future__ import annotations

from tests.helpers.workers import Workshop, note, wait_then_note
from zokio.core.task_state import QUEUED
from zokio.scheduler.rest import is_at_rest
from zokio.scheduler.stealing_queue import StealingQueue


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


def test_a_timer_that_wakes_tasks_puts_them_behind_those_that_wait(shop: Workshop) -> None:
    with shop.acting_as(0) as worker:
        sleeper = shop.spawn(wait_then_note([], "sleeper"))
        worker.step()
        waiting = shop.spawn(note([], "waiting"))
        shop.events = [sleeper]
        worker.visit()
        assert list(worker.queue.ready) == [waiting, sleeper]


def test_where_time_jumps_nobody_waits_while_another_has_work_and_has_not_got_up() -> None:
    """It counts as asleep: it has just left the reactor, or was unparked for a pinned task."""
    shop = Workshop(2, is_virtual=True)
    shop.together.idle.fall_asleep(0b10, was_searching=False)
    for home, queue in ((-1, shop.workers[1].queue.ready), (1, shop.workers[1].queue.pinned)):
        with shop.acting_as(0) as worker:
            shop.together.idle.fall_asleep(worker.bit, was_searching=False)
            queue.append(shop.task(note([], "a"), home))
            assert not is_at_rest(shop.together)
            assert not shop.together.enter_reactor(worker)
            shop.close()
            queue.clear()
            assert shop.together.enter_reactor(worker)
    assert shop.turns == [True, True]


def test_looks_between_which_somebody_has_got_up_are_no_look_at_rest() -> None:
    shop = Workshop(2, is_virtual=True)
    idle = shop.together.idle
    for worker in shop.workers:
        idle.fall_asleep(worker.bit, was_searching=False)

    class Meanwhile(StealingQueue):
        """The last queue that is looked at."""

        def has_work(self) -> bool:
            idle.get_up(0b01, found=False)
            idle.fall_asleep(0b01, was_searching=False)
            return False

    assert is_at_rest(shop.together)
    shop.workers[1].queue = Meanwhile()
    assert not is_at_rest(shop.together)


def test_who_is_picked_between_two_looks_counts_as_awake() -> None:
    shop = Workshop(2, is_virtual=True)
    for worker in shop.workers:
        shop.together.idle.fall_asleep(worker.bit, was_searching=False)

    class Meanwhile(StealingQueue):
        def has_work(self) -> bool:
            assert shop.together.idle.pick()
            return False

    shop.workers[1].queue = Meanwhile()
    assert not is_at_rest(shop.together)


def test_what_another_thread_has_injected_is_to_be_done() -> None:
    shop = Workshop(1, is_virtual=True)
    shop.together.idle.fall_asleep(0b1, was_searching=False)
    shop.together.injection.push(shop.task(note([], "a")))
    assert not is_at_rest(shop.together)
    shop.close()


def test_where_time_jumps_who_finds_no_rest_looks_again_when_it_has_left_the_reactor() -> None:
    """Another one may have come meanwhile, and found it taken."""
    shop = Workshop(2, is_virtual=True)
    idle, taken = shop.together.idle, list[bool]()

    class Meanwhile(StealingQueue):
        def has_work(self) -> bool:
            if shop.together.reactor_lock.locked() and not taken:
                taken.append(True)
                idle.get_up(0b10, found=False)
                idle.fall_asleep(0b10, was_searching=False)
                assert not shop.together.enter_reactor(shop.workers[1])
            return False

    for worker in shop.workers:
        idle.fall_asleep(worker.bit, was_searching=False)
    shop.workers[1].queue = Meanwhile()
    with shop.acting_as(0) as worker:
        assert shop.together.enter_reactor(worker)
    assert (taken, shop.turns) == ([True], [True])


def test_where_time_jumps_a_pinned_task_rings_the_bell_too(shop: Workshop) -> None:
    shop.together.is_virtual = True
    shop.spawn(note([], "a"), home=1)
    assert shop.rings == [False]
