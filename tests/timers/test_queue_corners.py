"""When the heap is built anew and when not, and what the queue's own check sees."""

from __future__ import annotations

import math

import pytest

from zokio.timers.deadline import NEVER_NS, duration_ns
from zokio.timers.queue import CANCELLED, FIRED, SHELLS_MIN, Timer, TimerQueue


def nothing() -> None:
    pass


def filled(pending: int, cancelled: int) -> TimerQueue:
    """A queue with so many pending timers and then so many cancelled."""
    queue = TimerQueue()
    timers = [queue.insert(number, nothing) for number in range(pending + cancelled)]
    for timer in timers[pending:]:
        queue.cancel(timer)
    return queue


@pytest.mark.parametrize(
    "pending",
    [SHELLS_MIN + 1, SHELLS_MIN + 30, 5 * SHELLS_MIN],
    ids=["half", "a third", "a sixth"],
)
def test_a_heap_that_is_at_most_half_cancelled_is_left_as_it_is(pending: int) -> None:
    queue = filled(pending, SHELLS_MIN + 1)
    assert len(queue.heap) == pending + SHELLS_MIN + 1
    assert len(queue) == pending
    queue.check_invariants()


def test_a_heap_that_was_built_anew_is_one() -> None:
    """Leaving entries out of a heap can break its order."""
    queue = TimerQueue()
    # Two halves: the small deadlines are cancelled, and the order of the rest is as it fell.
    timers = [queue.insert(number * 7919 % 1009, nothing) for number in range(3 * SHELLS_MIN)]
    early = sorted(timers, key=lambda timer: timer.deadline_ns)[: 2 * SHELLS_MIN]
    for timer in early:
        queue.cancel(timer)
        queue.check_invariants()
    assert queue.next_deadline_ns() == min(
        timer.deadline_ns for timer in timers if timer not in early
    )


def test_a_cleared_queue_lets_go_of_the_actions() -> None:
    queue = TimerQueue()
    timer = queue.insert(5, nothing)
    queue.clear()
    assert timer.state is CANCELLED and timer.action is not nothing
    assert len(queue) == len(queue.heap) == 0


def test_a_timer_knows_its_deadline() -> None:
    assert TimerQueue().insert(7, nothing).deadline_ns == 7


@pytest.mark.parametrize("deadlines_ns", [(0, 0), (0, 1), (1_000, 1_000)])
def test_a_heap_out_of_order_is_noticed(deadlines_ns: tuple[int, int]) -> None:
    queue = TimerQueue()
    for deadline_ns in deadlines_ns:
        queue.insert(deadline_ns, nothing)
    queue.check_invariants()
    queue.heap.reverse()
    with pytest.raises(AssertionError, match="out of order"):
        queue.check_invariants()


def test_shells_that_are_counted_wrong_are_noticed() -> None:
    queue = filled(2, 1)
    queue._shells += 1
    with pytest.raises(AssertionError, match="2 counted"):
        queue.check_invariants()


def test_a_fired_timer_in_the_heap_is_noticed() -> None:
    queue = filled(2, 1)
    timer: Timer = queue.heap[2][2]
    timer.state = FIRED
    with pytest.raises(AssertionError, match="a fired timer"):
        queue.check_invariants()


def test_never_is_the_greatest_number_of_64_bits_with_a_sign() -> None:
    assert NEVER_NS == 0x7FFF_FFFF_FFFF_FFFF


def test_the_longest_duration_is_exact_and_anything_longer_never_ends() -> None:
    longest_s = 9.0e9
    assert duration_ns(longest_s) == 9_000_000_000_000_000_000
    assert duration_ns(math.nextafter(longest_s, math.inf)) == NEVER_NS
