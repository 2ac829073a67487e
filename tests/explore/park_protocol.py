"""The park protocol of the current-thread runtime, as a program to explore.

One owner runs the real `Runtime` on a simulated reactor: its loop, its run queue, its tasks, its
park. Other threads wake a task, spawn one, or abort one. A wake that is lost leaves the owner
asleep for ever, which the exploration reports as nobody being able to go on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from zokio.core import current, join, run_queue, task
from zokio.core.future import Future
from zokio.core.join import JoinHandle
from zokio.core.outcome import Aborted
from zokio.core.poll import PENDING, Poll, Ready
from zokio.core.run_queue import RunQueue
from zokio.core.suspend import yield_now
from zokio.core.task import Task
from zokio.core.task_state import DONE
from zokio.core.waker import Context
from zokio.explore import Cell, Thread, replaced
from zokio.reactor import simulated
from zokio.reactor.simulated import SimulatedReactor
from zokio.runtime import current as runtime_current
from zokio.runtime import entry, runtime, shutdown
from zokio.runtime.runtime import Runtime
from zokio.scheduler import current_thread

MODULES = (
    current,
    current_thread,
    entry,
    join,
    run_queue,
    runtime,
    runtime_current,
    shutdown,
    simulated,
    task,
)
SHARED = {
    RunQueue: ("parked", "closed"),
    Task: ("state", "wake_injected", "outcome"),
    Runtime: ("closing",),
}


@contextmanager
def modelled() -> Iterator[None]:
    """The runtime's modules in the modelled world."""
    with replaced(MODULES, SHARED):
        yield


class Gate(Future[None]):
    """Opens when each of its signals has been given."""

    def __init__(self, signals: int) -> None:
        self.signals = [Cell(False, f"signal {number}") for number in range(1, signals + 1)]

    def poll(self, cx: Context) -> Poll[None]:
        given = [signal.get() for signal in self.signals]  # each looked at, in this order
        return Ready(None) if all(given) else PENDING

    def give(self, number: int, task: Task) -> None:
        """One of the signals, from another thread."""
        self.signals[number].set(True)
        task.wake()


def started(runtime: Runtime, gate: Gate) -> Task:
    """A task that waits for the gate."""

    async def wait() -> None:
        await gate

    return runtime.start_task(wait(), "waiter", runtime.forget, "the test")


def in_threads(*bodies: Callable[[], object]) -> list[Thread]:
    """Each in a thread of its own, begun."""
    threads = [Thread(target=body, name=f"other {n}") for n, body in enumerate(bodies, 1)]
    for thread in threads:
        thread.start()
    return threads


def two_wakers() -> object:
    """Two threads wake one task that needs both."""
    runtime = Runtime(reactor=SimulatedReactor())
    gate = Gate(2)
    with runtime.entered():
        waiter = started(runtime, gate)
        threads = in_threads(lambda: gate.give(0, waiter), lambda: gate.give(1, waiter))
        runtime.run_until(lambda: waiter.state is DONE)
    for thread in threads:
        thread.join()
    assert not waiter.wake_injected or runtime.queue.injected, "a flag stands for no entry"
    return runtime.scheduler.polls


def two_wakes() -> object:
    """One thread wakes the same task twice, each time for something new."""
    runtime = Runtime(reactor=SimulatedReactor())
    gate = Gate(2)
    with runtime.entered():
        waiter = started(runtime, gate)

        def give_both() -> None:
            gate.give(0, waiter)
            gate.give(1, waiter)

        threads = in_threads(give_both)
        runtime.run_until(lambda: waiter.state is DONE)
    for thread in threads:
        thread.join()
    return runtime.scheduler.polls


def two_tasks() -> object:
    """Two threads wake a task each."""
    runtime = Runtime(reactor=SimulatedReactor())
    gates = Gate(1), Gate(1)
    with runtime.entered():
        tasks = [started(runtime, gate) for gate in gates]
        threads = in_threads(lambda: gates[0].give(0, tasks[0]), lambda: gates[1].give(0, tasks[1]))
        runtime.run_until(lambda: all(task.state is DONE for task in tasks))
    for thread in threads:
        thread.join()
    return runtime.scheduler.polls


def spawned_outside() -> object:
    """A thread spawns a task, while the owner parks."""
    runtime = Runtime(reactor=SimulatedReactor())
    gate = Gate(1)

    async def open_gate(waiter: Task) -> None:
        gate.give(0, waiter)
        await yield_now()

    with runtime.entered():
        waiter = started(runtime, gate)
        threads = in_threads(lambda: runtime.spawn(open_gate(waiter)))
        runtime.run_until(lambda: waiter.state is DONE)
    for thread in threads:
        thread.join()
    return "done"


def aborted_outside() -> object:
    """A thread aborts a task that another one wakes."""
    runtime = Runtime(reactor=SimulatedReactor())
    gate = Gate(1)
    with runtime.entered():
        waiter = started(runtime, gate)
        threads = in_threads(waiter.abort, lambda: gate.give(0, waiter))
        runtime.run_until(lambda: waiter.state is DONE)
    for thread in threads:
        thread.join()
    return isinstance(waiter.outcome, Aborted)


def spawned_while_it_closes() -> object:
    """A thread spawns while the owner shuts down: the task ends in some way, or is refused."""
    from zokio.errors import ClosedError

    runtime = Runtime(reactor=SimulatedReactor())
    handles: list[JoinHandle[None]] = []
    refused = Cell(False, "refused")

    async def nothing() -> None:
        await yield_now()

    def spawn() -> None:
        try:
            handles.append(runtime.spawn(nothing(), "late"))
        except ClosedError:
            refused.set(True)

    threads = in_threads(spawn)
    runtime.shutdown(timeout=1.0)
    for thread in threads:
        thread.join()
    assert refused.get() or handles[0].is_finished(), "a task that nobody will ever poll"
    return refused.get()


PROGRAMS = (
    two_wakers,
    two_wakes,
    two_tasks,
    spawned_outside,
    aborted_outside,
    spawned_while_it_closes,
)
