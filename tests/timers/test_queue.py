"""The timer queue: firing in order, cancelling, and a heap that is cleaned when it is worth it."""

from __future__ import annotations

from functools import partial

import pytest

from zokio.timers.deadline import NEVER_NS
from zokio.timers.queue import CANCELLED, FIRED, PENDING, SHELLS_MIN, Timer, TimerQueue, TimerState

MILLION = 1_000_000


def nothing() -> None:
    """What a timer does whose firing nobody looks at."""


def state_of(timer: Timer) -> TimerState:
    """The state as it is now, whatever mypy concludes from what it was."""
    return timer.state


def test_timers_fire_by_deadline_and_equal_ones_in_order_of_creation() -> None:
    queue, fired = TimerQueue(), list[str]()
    for name, deadline_ns in (("c", 3), ("a", 1), ("d", 3), ("b", 2), ("e", 3)):
        queue.insert(deadline_ns, partial(fired.append, name))
        queue.check_invariants()
    assert queue.expire(3) == 5
    assert fired == ["a", "b", "c", "d", "e"]
    assert queue.fired == 5 and len(queue) == 0


def test_a_timer_fires_at_its_deadline_and_not_one_nanosecond_before() -> None:
    queue = TimerQueue()
    timer = queue.insert(10, nothing)
    assert queue.expire(9) == 0 and state_of(timer) is PENDING
    assert queue.expire(10) == 1 and state_of(timer) is FIRED
    assert queue.expire(11) == 0


def test_a_timer_that_never_comes_does_not_fire_at_the_end_of_time() -> None:
    queue = TimerQueue()
    queue.insert(NEVER_NS, nothing)
    assert queue.expire(NEVER_NS) == 0 and len(queue) == 1


def test_a_cancelled_timer_never_fires_and_lets_go_of_its_action() -> None:
    queue, fired = TimerQueue(), list[int]()
    timer = queue.insert(1, lambda: fired.append(1))
    queue.cancel(timer)
    queue.cancel(timer)
    assert timer.state is CANCELLED and len(queue) == 0
    timer.action()
    assert queue.expire(1) == 0 and not fired and queue.fired == 0
    queue.check_invariants()


def test_cancelling_a_timer_that_has_fired_changes_nothing() -> None:
    queue = TimerQueue()
    timer = queue.insert(1, nothing)
    queue.expire(1)
    queue.cancel(timer)
    assert timer.state is FIRED and len(queue) == 0
    queue.check_invariants()


def test_a_timer_that_cancels_itself_while_it_fires_counts_as_fired() -> None:
    queue = TimerQueue()
    timer = queue.insert(1, lambda: queue.cancel(timer))
    assert queue.expire(1) == 1 and timer.state is FIRED
    queue.check_invariants()


def test_a_timer_inserted_by_one_that_fires_fires_in_the_same_turn_if_it_is_due() -> None:
    queue, fired = TimerQueue(), list[str]()

    def insert_two() -> None:
        queue.insert(2, lambda: fired.append("due"))
        queue.insert(3, lambda: fired.append("to come"))

    queue.insert(1, insert_two)
    assert queue.expire(2) == 2 and fired == ["due"]
    assert queue.next_deadline_ns() == 3


def test_the_next_deadline_is_that_of_a_pending_timer() -> None:
    queue = TimerQueue()
    assert queue.next_deadline_ns() is None
    first, _second = queue.insert(1, nothing), queue.insert(2, nothing)
    assert queue.next_deadline_ns() == 1
    queue.cancel(first)
    assert queue.next_deadline_ns() == 2
    assert len(queue.heap) == 1, "the cancelled entry at the top was not taken away"
    queue.check_invariants()


def test_clear_cancels_what_is_pending_and_nothing_fires_afterwards() -> None:
    queue = TimerQueue()
    pending, cancelled = queue.insert(1, nothing), queue.insert(2, nothing)
    queue.cancel(cancelled)
    queue.clear()
    assert pending.state is cancelled.state is CANCELLED
    assert len(queue) == 0 and queue.expire(NEVER_NS) == 0
    queue.check_invariants()


def test_an_error_in_a_timer_leaves_the_queue_whole() -> None:
    queue = TimerQueue()

    def fail() -> None:
        raise LookupError

    queue.insert(1, fail)
    queue.insert(1, nothing)
    with pytest.raises(LookupError):
        queue.expire(1)
    queue.check_invariants()
    assert len(queue) == 1 and queue.expire(1) == 1


def test_few_cancelled_entries_stay_until_they_reach_the_top() -> None:
    queue = TimerQueue()
    timers = [queue.insert(number, nothing) for number in range(SHELLS_MIN)]
    for timer in timers:
        queue.cancel(timer)
    assert len(queue.heap) == SHELLS_MIN and len(queue) == 0
    queue.check_invariants()


def test_the_heap_is_built_anew_when_more_than_half_of_it_is_cancelled() -> None:
    queue, fired = TimerQueue(), list[int]()
    timers = [
        queue.insert(number, partial(fired.append, number)) for number in range(2 * SHELLS_MIN)
    ]
    for timer in timers[:SHELLS_MIN]:
        queue.cancel(timer)
    assert len(queue.heap) == 2 * SHELLS_MIN
    queue.cancel(timers[SHELLS_MIN])
    assert len(queue.heap) == len(queue) == SHELLS_MIN - 1
    queue.check_invariants()
    queue.expire(2 * SHELLS_MIN)
    assert fired == list(range(SHELLS_MIN + 1, 2 * SHELLS_MIN))


def test_a_cleaning_from_inside_a_firing_timer_loses_and_repeats_nothing() -> None:
    queue, fired = TimerQueue(), list[int]()
    doomed = [queue.insert(5, nothing) for _ in range(SHELLS_MIN + 1)]

    def cancel_all() -> None:
        fired.append(0)
        for timer in doomed:
            queue.cancel(timer)

    queue.insert(1, cancel_all)
    queue.insert(2, lambda: fired.append(1))
    assert queue.expire(5) == 2 and fired == [0, 1]
    assert len(queue) == 0
    queue.check_invariants()


@pytest.mark.uncounted
def test_a_million_timers_cancelled_one_by_one_are_cleaned_in_amortised_constant_work() -> None:
    queue = TimerQueue()
    timers = [queue.insert(number * 7919 % MILLION, nothing) for number in range(MILLION)]
    heap, moved, cleanings = queue.heap, 0, 0
    before, bound = MILLION, 2 * MILLION + SHELLS_MIN + 1
    for timer in timers:
        queue.cancel(timer)
        bound -= 2
        length = len(heap)
        if length < before:
            moved += before
            cleanings += 1
            before = length
        assert length <= bound, f"{length} entries for {len(queue)} pending timers"
    assert len(queue) == 0
    assert moved <= 2 * MILLION + SHELLS_MIN, f"the cleanings went through {moved} entries"
    assert cleanings <= 20  # each halves the heap
    queue.check_invariants()


def test_timeouts_that_never_fire_keep_the_heap_small_however_many_there_were() -> None:
    queue = TimerQueue()
    for number in range(100_000):
        queue.cancel(queue.insert(number, nothing))
        assert len(queue.heap) <= SHELLS_MIN + 1
    assert len(queue) == 0 and queue.expire(100_000) == 0
