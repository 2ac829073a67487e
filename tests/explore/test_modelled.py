"""Modelled locks, events, threads and time do what the standard library's do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zokio.errors import UsageError
from zokio.explore import (
    Cell,
    Deque,
    Event,
    List,
    Lock,
    RLock,
    Thread,
    ThreadLocal,
    choose,
    explore,
    get_ident,
    monotonic_ns,
    sleep,
    uninterrupted,
    wait_until,
)


def results_of(program: Callable[[], object]) -> set[object]:
    """All that a program can return."""
    found = explore(program, preemptions=2)
    assert found.outcome == "holds", found.report
    return set(found.results)


def in_thread(body: Callable[[], object]) -> None:
    thread = Thread(target=body)
    thread.start()
    thread.join()


@pytest.mark.parametrize("kind", [Lock, RLock])
def test_a_lock_is_held_by_one_and_known_to_be(kind: type[Lock]) -> None:
    def program() -> object:
        lock, seen = kind(), list[object]()
        with lock:
            seen.append(lock.locked())
            in_thread(lambda: seen.append(lock.acquire(blocking=False)))
        return (*seen, lock.locked())

    assert results_of(program) == {(True, False, False)}


def test_a_lock_is_released_once_and_by_anybody_an_rlock_by_its_holder() -> None:
    def program() -> object:
        lock, again = Lock(), RLock()
        lock.acquire()
        in_thread(lock.release)
        with pytest.raises(RuntimeError, match="release unlocked lock"):
            lock.release()
        again.acquire()
        again.acquire()

        def release() -> None:
            with pytest.raises(RuntimeError, match="cannot release un-acquired lock"):
                again.release()

        in_thread(release)
        again.release()
        assert again.locked()
        again.release()
        return again.locked()

    assert results_of(program) == {False}


def test_what_is_not_modelled_is_refused() -> None:
    def program() -> None:
        with pytest.raises(UsageError, match="not modelled"):
            Lock().acquire(timeout=1.0)

    results_of(program)


def test_an_event_is_waited_for_until_it_is_set_or_nobody_can_run() -> None:
    def program() -> object:
        event = Event()
        began = monotonic_ns()
        late = event.wait(2.5)
        waited = monotonic_ns() - began
        thread = Thread(target=event.set)
        thread.start()
        event.wait()
        thread.join()
        return late, waited, event.is_set(), event.wait(1.0), monotonic_ns() - began

    assert results_of(program) == {(False, 2_500_000_000, True, True, 2_500_000_000)}


def test_sleepers_get_up_in_the_order_of_their_deadlines() -> None:
    def program() -> object:
        order: list[int] = []

        def nap(seconds: int) -> None:
            sleep(seconds)
            order.append(seconds)

        threads = [Thread(target=nap, args=(seconds,)) for seconds in (3, 1, 2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return tuple(order)

    assert results_of(program) == {(1, 2, 3)}


def test_a_thread_is_started_once_and_joined_after_that() -> None:
    def program() -> object:
        thread = Thread(target=lambda: None, name="mine", kwargs={})
        assert not thread.is_alive() and thread.ident is None and thread.name == "mine"
        with pytest.raises(RuntimeError, match="before it is started"):
            thread.join()
        thread.start()
        with pytest.raises(RuntimeError, match="only be started once"):
            thread.start()
        alive = thread.is_alive()
        thread.join(timeout=5.0)
        return alive, thread.is_alive(), thread.ident, monotonic_ns()

    assert results_of(program) == {(True, False, 2, 0), (False, False, 2, 0)}


def test_a_join_with_a_timeout_ends_when_nobody_can_run() -> None:
    def program() -> object:
        event = Event()
        thread = Thread(target=event.wait)
        assert thread.name == "thread"
        thread.start()
        thread.join(timeout=1.0)
        alive = thread.is_alive()
        event.set()
        thread.join()
        return alive, thread.name

    assert results_of(program) == {(True, "thread-1")}


def test_a_daemon_is_left_behind() -> None:
    def program() -> str:
        Thread(target=Event().wait, daemon=True).start()
        return "over"

    assert results_of(program) == {"over"}


def test_what_is_thread_local_is_seen_by_its_own_thread_only() -> None:
    class Place(ThreadLocal):
        name = "nobody"

    def program() -> object:
        place, seen = Place(), list[str]()
        place.name = "main"
        in_thread(lambda: seen.append(place.name))
        del place.name
        with pytest.raises(AttributeError):
            del place.name
        return place.name, *seen

    assert results_of(program) == {("nobody", "nobody")}


def test_identities_differ_and_choices_are_all_tried() -> None:
    def program() -> object:
        seen = [get_ident()]
        in_thread(lambda: seen.append(get_ident()))
        return (*seen, choose("one", 1), choose("three", 3))

    assert results_of(program) == {(1, 2, 0, each) for each in range(3)}


def test_containers_do_what_they_always_do() -> None:
    def program() -> object:
        queue, items = Deque([2]), List([2])
        queue.appendleft(1)
        queue.extend([3, 4])
        items.extend([3, 4])
        items.append(5)
        queue.remove(3)
        items.remove(3)
        assert 4 in queue and 4 in items and 9 not in queue and 9 not in items
        assert len(queue) == 3 and len(items) == 3 and queue and items
        found = tuple(queue), tuple(items), queue.pop(), queue.popleft(), items.pop(0)
        queue.clear()
        items.clear()
        for empty in (queue.pop, queue.popleft, items.pop):
            with pytest.raises(IndexError):
                empty()
        return found

    assert results_of(program) == {((1, 2, 4), (2, 4, 5), 4, 1, 2)}


def test_a_deque_that_changes_under_an_iteration_is_noticed_as_always() -> None:
    def program() -> object:
        queue, seen = Deque([1, 2]), list[object]()

        def iterate() -> None:
            try:
                seen.append(tuple(queue))
            except RuntimeError as error:
                seen.append(str(error))

        thread = Thread(target=iterate)
        thread.start()
        queue.append(3)
        thread.join()
        return seen[0]

    assert results_of(program) == {(1, 2), (1, 2, 3), "deque mutated during iteration"}


def test_outside_of_an_exploration_there_are_no_steps() -> None:
    lock, event, cell, queue = RLock(), Event(), Cell(1), Deque([1])
    with lock, lock, uninterrupted():
        cell.set(cell.get() + 1)
        queue.append(2)
    event.set()
    assert event.wait() and event.wait(1.0) and list(queue) == [1, 2] and cell.get() == 2
    assert (get_ident(), monotonic_ns(), choose("any", 5)) == (0, 0, 0)
    wait_until(lambda: cell.get() == 2, cell)
    with pytest.raises(UsageError, match="nobody else is there"):
        wait_until(lambda: cell.get() == 3, cell)
    with pytest.raises(UsageError, match="in an exploration only"):
        Thread(target=lambda: None).start()
    plain = Lock()
    plain.acquire()
    with pytest.raises(UsageError, match="held by nobody"):
        plain.acquire()


def test_what_outlives_an_execution_is_new_in_the_next_one() -> None:
    lock, event, items = Lock(), Event(), Deque[int]()

    def program() -> object:
        assert lock.acquire(blocking=False) and not event.is_set()
        event.set()
        in_thread(lambda: items.append(1))
        return "new"

    assert results_of(program) == {"new"}
    assert results_of(program) == {"new"}
