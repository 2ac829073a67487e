"""The queue of one worker: the order in which its owner and thieves take from it."""

from __future__ import annotations

from collections import deque
from typing import Any, cast

import pytest

from zokio.core.shared_task import SharedTask
from zokio.scheduler.injection import InjectionQueue
from zokio.scheduler.stealing_queue import SLOT_RUNS_MAX, StealingQueue


def named(*names: str) -> list[SharedTask]:
    """Stand-ins: a queue does nothing with what stands in it."""
    return [cast(SharedTask, name) for name in names]


def plain(things: object) -> Any:  # Any: the stand-ins are names
    """To be compared with names."""
    return things


def taken(queue: StealingQueue) -> list[Any]:  # Any: the stand-ins are names
    """Everything, in the order in which the owner takes it."""
    tasks: list[Any] = []
    while (task := queue.take()) is not None:
        tasks.append(task)
    return tasks


def test_an_empty_queue_gives_nothing() -> None:
    assert StealingQueue().take() is None


def test_pushed_tasks_come_first_in_first_out() -> None:
    queue = StealingQueue()
    for task in named("a", "b"):
        queue.push(task)
    queue.push_batch(named("c", "d"))
    assert len(queue) == 4
    assert taken(queue) == ["a", "b", "c", "d"]


def test_the_task_in_the_slot_comes_before_the_others() -> None:
    queue = StealingQueue()
    queue.push_batch(named("a", "b"))
    queue.push_slot(*named("hot"))
    assert taken(queue) == ["hot", "a", "b"]
    assert queue.slot_hits == 1


def test_whoever_is_displaced_from_the_slot_goes_to_the_right_end() -> None:
    queue = StealingQueue()
    queue.push(*named("a"))
    queue.push_slot(*named("first"))
    queue.push_slot(*named("second"))
    assert len(queue.slot) == 1
    assert taken(queue) == ["second", "a", "first"]


def test_two_tasks_that_wake_each_other_let_the_others_run_after_the_cap() -> None:
    queue = StealingQueue()
    queue.push_batch(named("other", "next"))
    order: list[Any] = []
    queue.push_slot(*named("ping"))
    for _ in range(2 * SLOT_RUNS_MAX + 2):
        task = cast(Any, queue.take())
        order.append(task)
        if task in ("ping", "pong"):
            queue.push_slot(*named("pong" if task == "ping" else "ping"))
    hot = ["ping", "pong"] * SLOT_RUNS_MAX
    first, second = hot[:SLOT_RUNS_MAX], hot[SLOT_RUNS_MAX : 2 * SLOT_RUNS_MAX]
    assert order == [*first, "other", *second, "next"]
    assert (queue.slot_hits, queue.slot_capped) == (2 * SLOT_RUNS_MAX, 2)


def test_the_cap_does_not_matter_while_nothing_else_is_there() -> None:
    queue = StealingQueue()
    for _ in range(3 * SLOT_RUNS_MAX):
        queue.push_slot(*named("only"))
        assert plain(queue.take()) == "only"
    assert (queue.slot_hits, queue.slot_capped) == (3 * SLOT_RUNS_MAX, 0)


@pytest.mark.parametrize(("length", "half"), [(1, 1), (2, 1), (3, 2), (8, 4), (9, 5)])
def test_a_thief_takes_the_older_half_rounded_up(length: int, half: int) -> None:
    victim, thief = StealingQueue(), StealingQueue()
    names = [str(number) for number in range(length)]
    victim.push_batch(named(*names))
    stolen = thief.steal(victim)
    assert plain(stolen) == names[:half]
    assert taken(thief) == names[1:half]  # the first one is in the thief's hands
    assert taken(victim) == names[half:]


def test_a_thief_takes_from_the_slot_only_when_the_queue_is_empty() -> None:
    victim, thief = StealingQueue(), StealingQueue()
    victim.push_slot(*named("hot"))
    victim.push(*named("cold"))
    assert plain(thief.steal(victim)) == ["cold"]
    assert plain(thief.steal(victim)) == ["hot"]
    assert plain(thief.steal(victim)) == []
    assert len(thief) == 0


def test_a_thief_makes_do_with_what_the_others_leave() -> None:
    class Emptied(list[SharedTask]):
        """A queue that says it is longer than it is: others have been faster."""

        def __len__(self) -> int:
            return 6

        def popleft(self) -> SharedTask:
            return self.pop(0)

    victim, thief = StealingQueue(), StealingQueue()
    victim.ready = cast(Any, Emptied(named("a", "b")))
    assert plain(thief.steal(victim)) == ["a", "b"]
    assert taken(thief) == ["b"]


def test_pinned_tasks_take_turns_with_the_others_and_no_thief_sees_them() -> None:
    queue = StealingQueue()
    queue.pinned.extend(named("p", "q", "r"))
    queue.push_batch(named("a"))
    assert plain(StealingQueue().steal(queue)) == ["a"]
    assert not queue.has_work()
    queue.push_batch(named("b", "c"))
    assert taken(queue) == ["p", "b", "q", "c", "r"]


def test_whether_there_is_work_is_one_look_at_the_queue() -> None:
    """Seen there and gone at a second look, it would hide what stands in the slot."""

    class Emptied(deque[SharedTask]):
        looks = 0

        def __bool__(self) -> bool:
            """Others take what is there right after it was seen."""
            self.looks += 1
            return self.looks == 1

    queue = StealingQueue()
    queue.push_slot(*named("slot"))
    queue.ready = emptied = Emptied()
    assert queue.has_work()
    assert emptied.looks == 1
    assert queue.has_work(), "and then the slot"


def test_clearing_forgets_everything() -> None:
    queue = StealingQueue()
    queue.push(*named("a"))
    queue.push_slot(*named("b"))
    queue.pinned.extend(named("c"))
    assert queue.has_work()
    queue.clear()
    assert len(queue) == 0
    assert queue.take() is None
    assert not queue.has_work()


def test_the_injection_queue_is_first_in_first_out() -> None:
    injection = InjectionQueue()
    assert injection.take() is None
    for task in named("a", "b"):
        injection.push(task)
    assert len(injection) == 2
    assert plain([injection.take(), injection.take(), injection.take()]) == ["a", "b", None]
