"""The wait queue: order, constant-time leaving, and what becomes of a grant that nobody takes."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.helpers.manual_waker import ManualWaker
from tests.helpers.simulation import run_simulated
from zokio.core.poll import PENDING, Ready
from zokio.core.wait_queue import (
    CLOSED,
    GONE,
    GRANTED,
    WAITING,
    Waiter,
    WaiterState,
    WaitQueue,
    wake_all,
)
from zokio.errors import ClosedError, NoRuntimeError, UsageError
from zokio.runtime.spawn import spawn, yield_now

Queue = WaitQueue[Waiter[str]]


def standing(queue: Queue, count: int) -> list[Waiter[str]]:
    waiters: list[Waiter[str]] = [Waiter(queue) for _ in range(count)]
    for waiter in waiters:
        queue.append(waiter)
        queue.check_invariants()
    return waiters


def in_order(queue: Queue) -> list[Waiter[str]]:
    """Who stands there, in order."""
    queue.check_invariants()
    waiters, waiter = [], queue.first
    while waiter is not None:
        waiters.append(waiter)
        waiter = waiter.next
    return waiters


def test_who_came_first_stands_first() -> None:
    queue = Queue()
    assert in_order(queue) == []
    waiters = standing(queue, 3)
    assert in_order(queue) == waiters and queue.length == 3


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_whoever_leaves_in_whatever_order_the_others_keep_theirs(order: tuple[int, ...]) -> None:
    queue = Queue()
    waiters = standing(queue, 3)
    remaining = list(waiters)
    for number in order:
        waiters[number].leave()
        remaining.remove(waiters[number])
        assert in_order(queue) == remaining
        assert waiters[number].state is GONE


def test_a_grant_takes_the_waiter_out_and_is_its_value() -> None:
    queue, waker = Queue(), ManualWaker()
    (waiter,) = standing(queue, 1)
    assert waiter.poll(waker.context) is PENDING
    assert waiter.grant("value") and waiter.state is GRANTED
    assert in_order(queue) == []
    waiter.wake()
    assert waker.wakes == 1
    assert waiter.poll(waker.context) == Ready("value")


def test_nobody_is_granted_anything_twice() -> None:
    queue = Queue()
    first, second = standing(queue, 2)
    assert first.grant("value") is True
    assert first.grant("again") is False and first.refuse("no") is False
    second.leave()
    assert second.grant("value") is False
    assert first.poll(ManualWaker().context) == Ready("value")


def test_who_is_refused_gets_a_closed_error_that_says_why() -> None:
    queue = Queue()
    (waiter,) = standing(queue, 1)
    assert waiter.refuse("it was shut") and waiter.state is CLOSED
    with pytest.raises(ClosedError, match="it was shut"):
        waiter.poll(ManualWaker().context)


def test_whoever_is_told_why_it_was_refused_gets_an_error_of_its_own() -> None:
    queue = Queue()
    errors = []
    standing(queue, 2)
    for waiter in queue.refuse_all("shut"):
        with pytest.raises(ClosedError) as caught:
            waiter.poll(ManualWaker().context)
        errors.append(caught.value)
    assert len(errors) == 2 and errors[0] is not errors[1]


def test_an_answer_is_given_once() -> None:
    queue = Queue()
    (waiter,) = standing(queue, 1)
    waiter.grant("value")
    waiter.poll(ManualWaker().context)
    with pytest.raises(UsageError, match="ask for a new one"):
        waiter.poll(ManualWaker().context)


def test_whoever_leaves_tells_whether_it_had_been_granted() -> None:
    queue = Queue()
    told: list[tuple[int, bool]] = []
    waiters: list[Waiter[str]] = []

    def on_leave(waiter: Waiter[str], granted: bool) -> tuple[()]:
        assert waiter.state is GONE
        told.append((waiters.index(waiter), granted))
        return ()

    waiters += [Waiter(queue, on_leave) for _ in range(4)]
    for waiter in waiters:
        queue.append(waiter)
    waiters[0].grant("value")
    waiters[1].refuse("shut")
    waiters[2].grant("value")
    waiters[2].poll(ManualWaker().context)
    for waiter in waiters:
        waiter.close(ManualWaker().context)
        waiter.close(ManualWaker().context)
    assert told == [(0, True), (3, False)]


def test_whoever_a_leaving_waiter_hands_its_grant_to_is_woken_after_the_lock() -> None:
    queue, waker = Queue(), ManualWaker()

    def on_leave(waiter: Waiter[str], granted: bool) -> list[Waiter[str]]:
        first = queue.first
        assert granted and first is not None and first.grant(waiter.value)
        return [first]

    first, second = Waiter[str](queue, on_leave), Waiter[str](queue, on_leave)
    for each in (first, second):
        queue.append(each)
        each.poll(waker.context)
    first.grant("value")
    first.leave()
    assert waker.wakes == 1
    assert second.poll(waker.context) == Ready("value")


def test_who_stands_first_is_granted_until_nobody_stands_there() -> None:
    queue = Queue()
    first, second = standing(queue, 2)
    assert queue.grant_first("value") is first and first.value == "value"
    assert in_order(queue) == [second] and second.previous is None
    assert queue.grant_first("value") is second
    assert in_order(queue) == [] and queue.grant_first("value") is None
    assert [first.state, second.state] == [GRANTED, GRANTED]


def test_all_who_stand_there_are_granted_and_nobody_who_comes_later() -> None:
    queue = Queue()
    waiters = standing(queue, 2)
    assert queue.grant_all("value") == waiters
    (late,) = standing(queue, 1)
    assert in_order(queue) == [late]
    assert [waiter.state for waiter in waiters] == [GRANTED, GRANTED]


@pytest.mark.parametrize("state", [GRANTED, CLOSED], ids=str)
def test_one_who_leaves_while_all_are_told_is_passed_over(
    state: WaiterState, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a signal handler can make it leave, where `grant` is entered."""
    queue, grant = Queue(), Waiter.grant
    first, second = standing(queue, 2)

    def interrupted(waiter: Waiter[str], value: object, into: WaiterState = GRANTED) -> bool:
        if waiter is first and into is not GONE:
            first.leave()
        return grant(waiter, value, into)

    monkeypatch.setattr(Waiter, "grant", interrupted)
    told = queue.grant_all("value") if state is GRANTED else queue.refuse_all("why")
    assert told == [second] and second.state is state
    assert first.state is GONE and queue.length == 0


def test_the_newest_waker_counts() -> None:
    queue, old, new = Queue(), ManualWaker(), ManualWaker()
    (waiter,) = standing(queue, 1)
    waiter.wake()  # nobody has polled it: nobody is woken
    waiter.poll(old.context)
    waiter.poll(new.context)
    waiter.wake()
    assert (old.wakes, new.wakes) == (0, 1)


def test_a_waker_that_raises_keeps_nobody_asleep() -> None:
    class Raises(ManualWaker):
        def wake(self) -> None:
            raise ZeroDivisionError

    queue = Queue()
    wakers = [Raises(), ManualWaker(), Raises(), ManualWaker()]
    for waiter, waker in zip(standing(queue, 4), wakers, strict=True):
        waiter.poll(waker.context)
    with pytest.raises(ZeroDivisionError):
        wake_all(queue.grant_all("value"))
    assert [waker.wakes for waker in wakers] == [0, 1, 0, 1]


def test_a_task_awaits_what_another_grants() -> None:
    async def main() -> str:
        queue = Queue()
        (waiter,) = standing(queue, 1)

        async def grant() -> None:
            await yield_now()
            waiter.grant("value")
            waiter.wake()

        spawn(grant())
        return await waiter

    assert run_simulated(main()) == "value"


def test_a_waiter_made_by_one_task_wakes_the_one_that_awaits_it() -> None:
    async def main() -> str:
        queue = Queue()
        (waiter,) = standing(queue, 1)

        async def wait() -> str:
            return await waiter

        handle = spawn(wait())
        await yield_now()
        waiter.grant("value")
        waiter.wake()
        return await handle

    assert run_simulated(main()) == "value"


def test_an_aborted_task_leaves_the_queue() -> None:
    async def main() -> list[Waiter[str]]:
        queue = Queue()
        first, second = standing(queue, 2)

        async def wait() -> str:
            return await first

        handle = spawn(wait())
        await yield_now()
        handle.abort()
        await yield_now()
        assert second.state is WAITING
        return [waiter for waiter in in_order(queue) if waiter is not second]

    assert run_simulated(main()) == []


def test_without_a_runtime_it_can_be_polled_and_not_awaited() -> None:
    queue = Queue()
    (waiter,) = standing(queue, 1)
    with pytest.raises(NoRuntimeError):
        next(waiter.__await__())


def test_a_queue_that_has_lost_its_last_or_its_count_is_found_out() -> None:
    queue = Queue()
    standing(queue, 2)
    last, queue.last = queue.last, None
    with pytest.raises(AssertionError, match="the last one is not the last"):
        queue.check_invariants()
    queue.last, queue.length = last, 3
    with pytest.raises(AssertionError, match="3 are counted, 2 stand there"):
        queue.check_invariants()


def test_two_queues_may_share_their_lock() -> None:
    queue = Queue()
    other: Queue = WaitQueue(queue.lock)
    assert other.lock is queue.lock


def test_many_waiters_leave_in_constant_time_each() -> None:
    """From the front, the back and the middle: quadratic time would not end within the timeout."""
    queue = Queue()
    waiters: list[Waiter[str]] = [Waiter(queue) for _ in range(200_000)]
    for waiter in waiters:
        queue.append(waiter)
    for number in [*range(0, 200_000, 2), *reversed(range(1, 200_000, 2))]:
        waiters[number].leave()
    assert queue.length == 0 and queue.first is None and queue.last is None
