"""A tripwire on a task: it trips at the next poll, and nobody else notices it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import zokio
from zokio.core.task import LET_GO, Task
from zokio.core.tripwire import Tripwire
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime.runtime import Runtime


def new_task(runtime: Runtime, work: Callable[[], object]) -> Task:
    async def run() -> None:
        await zokio.yield_now()
        work()

    return runtime.tasks[runtime.spawn(run()).id]


@pytest.mark.one_thread  # it takes single steps
def test_a_tripwire_trips_at_the_next_poll_and_steps_aside() -> None:
    with Runtime(reactor=SimulatedReactor()) as runtime:
        task = new_task(runtime, lambda: None)
        variables = task.variables
        wire = Tripwire(task)
        assert (task.variables is wire, wire.tripped) == (True, False)
        runtime.step()
        assert (task.variables == variables, wire.tripped) == (True, True)
        wire.take_up()
        assert task.variables == variables


@pytest.mark.one_thread  # it takes single steps
def test_a_traceback_shows_neither_the_scheduler_nor_the_tripwire() -> None:
    def fail() -> None:
        raise LookupError("mine")

    with Runtime(reactor=SimulatedReactor()) as runtime:
        handle = runtime.spawn(poll_and(fail))
        runtime.step()
        Tripwire(runtime.tasks[handle.id])
        runtime.step()
        with pytest.raises(LookupError) as caught:
            handle.result()
        names = [entry.name for entry in caught.traceback]
        assert names[-2:] == ["poll_and", "fail"] and "run" not in names


async def poll_and(work: Callable[[], object]) -> None:
    await zokio.yield_now()
    work()


@pytest.mark.one_thread  # it takes single steps
def test_a_cancellation_passes_through_a_tripwire() -> None:
    with Runtime(reactor=SimulatedReactor()) as runtime:
        handle = runtime.spawn(zokio.sleep(1_000))
        runtime.step()
        wire = Tripwire(runtime.tasks[handle.id])
        handle.abort()
        runtime.step()
        assert wire.tripped and handle.is_finished()


@pytest.mark.one_thread  # it takes single steps
def test_a_task_that_has_ended_gets_no_context_back_from_a_tripwire() -> None:
    with Runtime(reactor=SimulatedReactor()) as runtime:
        task = new_task(runtime, lambda: None)
        wire = Tripwire(task)
        runtime.step()
        runtime.step()
        late = Tripwire(task)
        assert task.variables is not late
        for each in (wire, late):
            each.take_up()
        assert task.variables is LET_GO


def test_a_tripwire_that_is_taken_up_leaves_a_later_one_where_it_is() -> None:
    with Runtime(reactor=SimulatedReactor()) as runtime:
        task = new_task(runtime, lambda: None)
        variables = task.variables
        first = Tripwire(task)
        first.take_up()
        second = Tripwire(task)
        first.take_up()
        assert task.variables is second
        second.take_up()
        assert task.variables == variables
