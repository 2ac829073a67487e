"""What is left of a task at its end, and wakes that go wrong more than once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import zokio
from tests.core.test_task import lone_task
from tests.helpers.manual_waker import ManualWaker
from tests.helpers.simulation import simulated_runtime, value
from zokio.core.cancel import CancelNode
from zokio.core.outcome import ABORTED
from zokio.core.poll import Ready
from zokio.core.task import Task
from zokio.env.threads import Thread


def ended(task: Task) -> Task:
    """The task, finished without having run."""
    assert task.coroutine is not None
    task.coroutine.close()
    task.finish(ABORTED)
    return task


def test_a_done_task_has_neither_scope_nor_root_nor_context() -> None:
    task = lone_task()
    task.poll_context()
    root = task.own_root()
    ended(task)
    assert (task.scope, task.root, task.context, task.coroutine) == (None,) * 4
    assert root.task is None


def test_the_root_of_a_done_task_stands_in_no_scope() -> None:
    scope, task = CancelNode(), lone_task()
    scope.add_member(task)
    task.own_root()
    assert scope.children
    ended(task)
    assert scope.children == {}


def test_asking_a_done_task_registers_nobody() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(5))
        (task,) = runtime.tasks.values()
        runtime.step()
        assert handle.poll(ManualWaker().context) == Ready(5)
        assert task.joiners is None


class Refusing(deque[Callable[[], None]]):
    """A queue that refuses so many entries, as if signal handlers had raised there."""

    refusals = 2

    def append(self, work: Callable[[], None], /) -> None:
        if self.refusals:
            self.refusals -= 1
            raise KeyboardInterrupt
        super().append(work)


def test_a_wake_that_is_interrupted_twice_does_not_swallow_the_next_one() -> None:
    task = lone_task()
    task.queue.injected = Refusing()
    caught: list[BaseException] = []

    def wake() -> None:
        try:
            task.wake()
        except KeyboardInterrupt as error:
            caught.append(error)

    for _ in range(2):
        thread = Thread(target=wake)
        thread.start()
        thread.join()
    assert len(caught) == 1
    assert list(task.queue.injected) == [task.wake_injected_now]
    ended(task)


def test_a_handle_asks_its_own_task() -> None:
    with simulated_runtime() as runtime:
        handle: zokio.JoinHandle[int] = runtime.spawn(value(5), name="five")
        assert (handle.id, handle.name, handle.is_finished()) == (
            next(iter(runtime.tasks)),
            "five",
            False,
        )
        runtime.step()
        assert handle.is_finished()
