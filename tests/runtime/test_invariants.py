"""check_invariants: every assertion can fail. Each test corrupts one thing of a sound runtime."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import zokio
from tests.helpers.simulation import forever, simulated_runtime
from zokio.core.cancel import CancelNode
from zokio.core.poll import Ready
from zokio.core.task import Task
from zokio.core.task_state import DONE, IDLE, QUEUED, RUNNING, RUNNING_WOKEN, TaskState


@pytest.fixture
def runtime() -> Iterator[zokio.Runtime]:
    """A sound runtime: task 1 waits, task 2 stands in the run queue."""
    runtime = simulated_runtime()
    runtime.spawn(waiting())
    runtime.step()
    runtime.spawn(waiting())
    runtime.check_invariants()
    yield runtime
    for task in list(runtime.tasks.values()):  # a corrupt runtime cannot clean up by itself
        assert task.coroutine is not None
        task.coroutine.close()
    runtime.tasks.clear()
    runtime.queue.ready.clear()
    runtime.shutdown()


async def waiting() -> None:
    with zokio.CancelScope():
        await forever()


def tasks(runtime: zokio.Runtime) -> list[Task]:
    return list(runtime.tasks.values())


def assert_broken(runtime: zokio.Runtime, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        runtime.check_invariants()


def test_a_task_that_stands_in_the_queue_twice_is_noticed(runtime: zokio.Runtime) -> None:
    _, queued = tasks(runtime)
    runtime.queue.ready.append(queued)
    assert_broken(runtime, "a task stands in the run queue twice")


@pytest.mark.parametrize("state", [IDLE, RUNNING, RUNNING_WOKEN, DONE])
def test_a_task_in_the_queue_that_is_not_queued_is_noticed(
    runtime: zokio.Runtime, state: TaskState
) -> None:
    _, queued = tasks(runtime)
    queued.state = state
    assert_broken(runtime, f"<Task 2 waiting {state.value}> stands in the run queue")


def test_a_queued_task_that_is_not_among_the_living_is_noticed(runtime: zokio.Runtime) -> None:
    _, queued = tasks(runtime)
    del runtime.tasks[queued.id]
    assert_broken(runtime, "is queued and not among the living")
    runtime.tasks[queued.id] = queued


def test_a_queued_task_that_stands_in_no_queue_is_noticed(runtime: zokio.Runtime) -> None:
    runtime.queue.ready.clear()
    assert_broken(runtime, r"\[<Task 2 waiting queued>\] are QUEUED, \[\] stand in the run queue")


@pytest.mark.parametrize("state", [RUNNING, RUNNING_WOKEN, DONE])
def test_a_living_task_that_is_neither_queued_nor_idle_is_noticed(
    runtime: zokio.Runtime, state: TaskState
) -> None:
    idle, _ = tasks(runtime)
    idle.state = state
    assert_broken(runtime, f"<Task 1 waiting {state.value}> is alive between two polls")


def test_a_living_task_with_an_outcome_is_noticed(runtime: zokio.Runtime) -> None:
    idle, _ = tasks(runtime)
    idle.outcome = Ready(1)
    assert_broken(runtime, "is alive and has an outcome")


def test_a_task_in_a_cancelled_scope_that_has_not_heard_of_it_is_noticed(
    runtime: zokio.Runtime,
) -> None:
    idle, _ = tasks(runtime)
    assert idle.scope is not None
    idle.scope.cancel_called = idle.scope.cancelled = True
    assert_broken(runtime, "<Task 1 waiting idle> has not heard of a cancellation")


def test_a_task_that_heard_of_a_cancellation_which_there_is_not_is_noticed(
    runtime: zokio.Runtime,
) -> None:
    idle, _ = tasks(runtime)
    idle.cancel_requested = True
    assert_broken(runtime, "<Task 1 waiting idle> has not heard of a cancellation")


def test_a_cancelled_task_that_is_owed_no_poll_is_noticed(runtime: zokio.Runtime) -> None:
    idle, _ = tasks(runtime)
    assert idle.scope is not None
    idle.scope.cancel_called = idle.scope.cancelled = idle.cancel_requested = True
    assert_broken(runtime, "is cancelled and owed no poll")


def test_a_scope_that_has_not_heard_of_its_own_cancellation_is_noticed(
    runtime: zokio.Runtime,
) -> None:
    idle, _ = tasks(runtime)
    assert idle.root is not None
    idle.root.cancel_called = True
    assert_broken(runtime, "has not heard of a cancellation")


def test_a_scope_below_that_names_another_parent_is_noticed(runtime: zokio.Runtime) -> None:
    idle, _ = tasks(runtime)
    assert idle.scope is not None
    idle.scope.parent = CancelNode()
    assert_broken(runtime, "has another parent than")


def test_a_member_of_a_scope_that_is_done_is_noticed(runtime: zokio.Runtime) -> None:
    idle, queued = tasks(runtime)
    assert idle.root is not None
    idle.root.members = {queued: None}
    assert queued.scope is None
    assert_broken(runtime, "is done and still in its scope")


def test_timers_out_of_order_are_noticed(runtime: zokio.Runtime) -> None:
    for deadline_ns in (5, 1):
        runtime.timers.insert(deadline_ns, lambda: None)
    runtime.timers.heap.reverse()
    assert_broken(runtime, "the heap is out of order")
    runtime.timers.heap.clear()


def test_a_registration_under_another_descriptor_is_noticed(runtime: zokio.Runtime) -> None:
    registration = runtime.reactor.register(7)
    registration.fd = 8
    with pytest.raises(AssertionError):
        runtime.check_invariants()


def test_a_step_leaves_a_sound_runtime_sound(runtime: zokio.Runtime) -> None:
    assert QUEUED in {task.state for task in tasks(runtime)}
    while runtime.step():
        runtime.check_invariants()
