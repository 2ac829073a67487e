"""Tasks: what they keep, what they let go of, and when."""

from __future__ import annotations

import gc
import weakref
from contextvars import ContextVar, copy_context

from tests.helpers.manual_waker import ManualWaker
from tests.helpers.simulation import forever, simulated_runtime, value
from zokio.core.outcome import ABORTED
from zokio.core.poll import Ready
from zokio.core.run_queue import RunQueue
from zokio.core.suspend import suspend
from zokio.core.task import Task, TaskId
from zokio.core.task_state import DONE
from zokio.env.threads import Thread
from zokio.runtime.awaitable import as_coroutine


def lone_task() -> Task:
    """A task that no runtime knows."""
    return Task(
        as_coroutine(forever(), "test"), RunQueue(lambda: None), copy_context(), TaskId(7), "lone"
    )


def test_a_task_that_nobody_owns_ends_all_the_same() -> None:
    task = lone_task()
    assert task.coroutine is not None
    task.coroutine.close()
    task.finish(Ready(1))
    assert task.state is DONE
    assert task.outcome == Ready(1)


def test_a_finished_task_has_let_go_of_its_coroutine_and_variables() -> None:
    class Held:
        """Something whose end can be seen."""

    async def hold(held: Held) -> str:
        await suspend()
        return "kept"

    variable: ContextVar[Held] = ContextVar("variable")

    def spawn_it() -> weakref.ref[Held]:
        held = Held()
        variable.set(held)
        runtime.spawn(hold(held))
        return weakref.ref(held)

    with simulated_runtime() as runtime:
        gone = copy_context().run(spawn_it)
        (task,) = runtime.tasks.values()
        runtime.step()
        task.wake()
        assert gone() is not None
        runtime.step()
        gc.collect()
        assert gone() is None
        assert task.outcome == Ready("kept")
        assert task.coroutine is None
        assert task.context is None


def test_a_done_task_has_let_go_of_its_context_variables() -> None:
    variable = ContextVar("variable", default="")
    variable.set("of the task")
    task = lone_task()
    assert task.variables.run(variable.get) == "of the task"
    assert task.coroutine is not None
    task.coroutine.close()
    task.finish(ABORTED)
    assert task.variables.run(variable.get) == ""


def test_joiners_are_woken_in_order_before_the_owner_is_told() -> None:
    told: list[object] = []

    class Teller(ManualWaker):
        def wake(self) -> None:
            told.append(self)

    task = lone_task()
    assert task.coroutine is not None
    task.coroutine.close()
    first, second = Teller(), Teller()
    task.joiners = [first, second]
    task.on_done = told.append
    task.finish(ABORTED)
    assert told == [first, second, task]
    assert task.joiners is None


def test_a_task_says_who_it_is_and_how_it_stands() -> None:
    with simulated_runtime() as runtime:
        runtime.spawn(value(1), name="busy")
        (task,) = runtime.tasks.values()
        assert repr(task) == "<Task 1 busy queued>"
        runtime.step()
        assert repr(task) == "<Task 1 busy done>"


def test_an_abort_from_another_thread_waits_for_the_owner() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(forever())
        (task,) = runtime.tasks.values()
        runtime.step()
        other = Thread(target=handle.abort)
        other.start()
        other.join()
        assert task.state.value == "idle" and not task.cancel_requested
        runtime.step()
        assert handle.is_finished()
        assert task.outcome is ABORTED


def test_aborting_a_done_task_does_nothing() -> None:
    with simulated_runtime() as runtime:
        handle = runtime.spawn(value(1))
        (task,) = runtime.tasks.values()
        runtime.step()
        task.abort()
        assert task.root is None
        assert handle.result() == 1
        assert not runtime.step()
