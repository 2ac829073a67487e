"""What the calling thread is doing."""

from __future__ import annotations

import pytest

from tests.helpers.simulation import simulated_runtime
from zokio.core.current import CURRENT, current_context, current_task
from zokio.core.run_queue import RunQueue
from zokio.errors import NoRuntimeError


def test_a_task_finds_itself_and_its_context() -> None:
    async def look() -> None:
        task = current_task()
        assert current_context() is task.poll_context()
        assert current_context().waker is task

    with simulated_runtime() as runtime:
        handle = runtime.spawn(look())
        runtime.step()
        handle.result()


def test_without_a_task_it_says_where_to_call_it() -> None:
    for look in (current_task, current_context):
        with pytest.raises(NoRuntimeError, match="no zokio task is running on this thread"):
            look()


def test_a_queue_without_a_task_is_no_task_either() -> None:
    CURRENT.queue = RunQueue(lambda: None)
    try:
        with pytest.raises(NoRuntimeError):
            current_task()
    finally:
        CURRENT.queue = None
