"""A task of several workers, one transition at a time; and the queue that does things at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import copy_context

import pytest

from tests.helpers.simulation import forever
from zokio.core.outcome import ABORTED
from zokio.core.shared_queue import SharedQueue
from zokio.core.shared_task import SharedTask
from zokio.core.task import TaskId
from zokio.core.task_state import DONE, IDLE, QUEUED, RUNNING, RUNNING_WOKEN, TaskState
from zokio.errors import InternalError
from zokio.runtime.awaitable import as_coroutine

STATES = (IDLE, QUEUED, RUNNING, RUNNING_WOKEN, DONE)


@pytest.fixture
def scheduled() -> list[SharedTask]:
    """Whom the workers were given."""
    return []


@pytest.fixture
def task(scheduled: list[SharedTask]) -> Iterator[SharedTask]:
    """One that no runtime knows."""
    queue = SharedQueue(lambda: None, scheduled.append, lambda: False)
    coroutine = as_coroutine(forever(), "test")
    yield SharedTask(coroutine, queue, copy_context(), TaskId(7), "lone")
    coroutine.close()


@pytest.mark.parametrize("state", STATES)
def test_a_wake_queues_who_is_idle_and_marks_who_is_polled(
    task: SharedTask, scheduled: list[SharedTask], state: TaskState
) -> None:
    task.state = state
    task.wake()
    assert task.state is {IDLE: QUEUED, RUNNING: RUNNING_WOKEN}.get(state, state)
    assert scheduled == ([task] if state is IDLE else [])


@pytest.mark.parametrize("state", STATES)
def test_a_poll_begins_for_who_is_queued_and_changes_nobody_else(
    task: SharedTask, state: TaskState
) -> None:
    task.state = state
    if state is QUEUED:
        task.begin_poll()
        assert task.state.name == "RUNNING"
    else:
        with pytest.raises(InternalError, match="stood in a queue of the workers"):
            task.begin_poll()
        assert task.state is state


@pytest.mark.parametrize(
    ("state", "again", "queued"),
    [(RUNNING, False, False), (RUNNING, True, True), (RUNNING_WOKEN, False, True)],
)
def test_who_was_woken_during_the_poll_is_queued_again(
    task: SharedTask, state: TaskState, again: bool, queued: bool
) -> None:
    task.state = state
    assert task.end_pending(again) is queued
    assert task.state is (QUEUED if queued else IDLE)


def test_a_done_task_lets_go_of_everything_and_is_not_aborted(task: SharedTask) -> None:
    task.finish(ABORTED)
    task.abort()
    assert (task.coroutine, task.context, task.root, task.scope) == (None,) * 4


def test_what_is_injected_is_done_at_once_and_not_after_the_close() -> None:
    done: list[str] = []
    queue = SharedQueue(lambda: None, lambda task: None, lambda: False)
    queue.inject(lambda: done.append("open"))
    assert done == ["open"]
    queue.closed = True
    queue.inject(lambda: done.append("closed"))
    assert done == ["open"]
