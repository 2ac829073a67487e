"""The run queue: what other threads inject, and when they ring."""

from __future__ import annotations

from functools import partial

from tests.helpers.simulation import simulated_runtime, value
from zokio.core.run_queue import RunQueue
from zokio.core.suspend import suspend
from zokio.env.threads import Thread


class Bell:
    """Counts its rings."""

    def __init__(self) -> None:
        self.rings = 0

    def ring(self) -> None:
        self.rings += 1


def test_whoever_injects_while_the_owner_is_parked_rings() -> None:
    bell = Bell()
    queue = RunQueue(bell.ring)
    queue.inject(lambda: None)
    assert bell.rings == 0
    queue.parked = True
    queue.inject(lambda: None)
    assert bell.rings == 1


def test_injected_work_is_done_in_order_and_once() -> None:
    done: list[int] = []
    queue = RunQueue(Bell().ring)
    for number in range(3):
        queue.inject(partial(done.append, number))
    queue.drain_injected()
    queue.drain_injected()
    assert done == [0, 1, 2]


def test_work_that_injects_more_does_not_keep_the_owner() -> None:
    done: list[str] = []
    queue = RunQueue(Bell().ring)

    def again() -> None:
        done.append("again")
        queue.inject(again)

    queue.inject(again)
    queue.drain_injected()
    assert done == ["again"]
    assert len(queue.injected) == 1


def test_a_closed_queue_takes_nothing_and_rings_nobody() -> None:
    bell = Bell()
    queue = RunQueue(bell.ring)
    queue.parked = queue.closed = True
    queue.inject(lambda: None)
    assert not queue.injected
    assert bell.rings == 0


def test_a_queue_that_a_forked_child_abandons_is_empty_and_closed() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(suspend())
        (task,) = runtime.queue.ready
    queue = RunQueue(Bell().ring)
    queue.inject(lambda: None)
    queue.ready.append(task)
    queue.task = task
    queue.abandon()
    assert [queue.task, queue.closed] == [None, True]
    assert not queue.ready and not queue.injected


def test_the_queue_knows_its_own_thread() -> None:
    queue = RunQueue(Bell().ring)
    answers: list[bool] = []
    other = Thread(target=lambda: answers.append(queue.is_local()))
    other.start()
    other.join()
    assert queue.is_local()
    assert answers == [False]


def test_a_batch_wakes_the_idle_ones_in_order_and_each_once() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(suspend())
        runtime.spawn(suspend())
        runtime.spawn(value("done"))
        first, second, done = runtime.tasks.values()
        while runtime.step():
            pass
        runtime.spawn(value("queued"))
        (queued,) = runtime.queue.ready
        runtime.queue.wake_batch([second, first, done, queued, second])
        assert list(runtime.queue.ready) == [queued, second, first]
        runtime.check_invariants()
