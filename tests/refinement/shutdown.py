"""The shutdown machine on the real runtime, which runs on a thread that stops where it is told.

The runtime's thread stops inside of each poll, inside of each task that is dropped, and before the
reactor waits during a shutdown. There the test's own thread is the other thread: it spawns, wakes
and hands in calls. What happens on the runtime's thread is run at the stop. Between two stops the
real `Runtime.step` and `Runtime.shutdown` run as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from spec.shutdown_state import (
    CALL,
    CANCELLING,
    CLOSED,
    DROPPED,
    DROPPING,
    END,
    FINISHED,
    NEW,
    NOBODY,
    OPEN,
    SENT,
    SHIELD,
    SHIELDED,
    SPAWN,
    TOO_LATE,
    UNBORN,
    WAIT,
    WAITING,
    WAKE,
    Report,
    State,
)
from tests.helpers.controlled_thread import ENDED, ControlledThread
from tests.helpers.stopping_reactor import StoppingReactor
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.core.task_state import DONE, RUNNING_WOKEN
from zokio.env.clock import SECOND_NS
from zokio.errors import Cancelled, ClosedError
from zokio.runtime.runtime import Runtime
from zokio.runtime.scope import CancelScope
from zokio.runtime.shutdown import ShutdownReport


class ShutdownAdapter:
    """A runtime on a thread of its own; a unit of the model is a second."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, tasks: int, timeout: int
    ) -> None:
        self._make_reactor = make_reactor
        self._tasks_max = tasks
        self._timeout = timeout

    def start(self, state: State) -> None:
        self.released = False
        self.phase = OPEN
        self.tasks: list[Task] = []
        self.begun: set[int] = set()
        self.shielded: set[int] = set()
        self.finished: set[int] = set()
        self.finished_before = 0
        self.polling = NOBODY
        self.told = WAIT
        self.calls = 0
        self.late = 0
        self.report: ShutdownReport | None = None
        self.thread = ControlledThread()
        self.thread.run(self.make_runtime)

    def make_runtime(self) -> None:
        """On the thread that is to own it."""
        reactor = StoppingReactor(self._make_reactor(), self.before_wait)
        self.clock = reactor.clock
        self.deadline_ns = self._timeout * SECOND_NS
        self.runtime = Runtime(reactor=reactor)

    def before_wait(self) -> None:
        if self.phase == CANCELLING:
            self.thread.stop_here("turn")

    # What the tasks do

    async def work(self, task: int) -> None:
        """In each poll, and when it is dropped, what it is told. It may ignore a cancellation."""
        cancelled: Cancelled | None = None
        try:
            while (answer := self.ask(task)) == WAIT:
                try:
                    await suspend()
                except Cancelled as error:
                    cancelled = error
            if answer == SHIELD:
                with CancelScope(shield=True):
                    self.shielded.add(task)
                    await suspend()
                    while self.ask(task) == WAIT:
                        await suspend()
        except GeneratorExit:
            self.phase = DROPPING
            self.stop_in(task, "drop")
            raise
        self.finished.add(task)
        if cancelled is not None:
            raise cancelled

    def ask(self, task: int) -> str:
        """Stop inside of a poll; how it is to end."""
        self.stop_in(task, "poll")
        self.begun.add(task)
        return END if self.released else self.told

    def stop_in(self, task: int, what: str) -> None:
        self.late += self.phase == CLOSED
        self.polling = task
        self.thread.stop_here(what)
        self.polling = NOBODY

    # Actions: the runtime's thread goes on to its next stop

    def step(self) -> None:
        self.thread.run(self.runtime.step)

    def shut_down(self) -> None:
        self.phase = CANCELLING
        self.finished_before = len(self.finished)
        self.deadline_ns = self.clock.now_ns() + self._timeout * SECOND_NS
        self.note_the_end(self.thread.run(self.call_shutdown))

    def call_shutdown(self) -> None:
        self.report = self.runtime.shutdown(self._timeout)

    def turn(self) -> None:
        self.note_the_end(self.thread.go_on())

    def answer(self, answer: str) -> None:
        self.told = answer
        self.note_the_end(self.thread.go_on())

    def leave(self) -> None:
        self.note_the_end(self.thread.go_on())

    def note_the_end(self, place: str) -> None:
        if place == ENDED and self.phase != OPEN:
            self.phase = CLOSED

    def advance(self) -> None:
        self.clock.advance(SECOND_NS)

    # Actions on the runtime's thread, where it has stopped

    def spawn(self, task: int) -> None:
        self.thread.run(partial(self.start_task, task))

    def wake(self, task: int) -> None:
        self.thread.run(self.tasks[task].wake)

    # Actions of another thread, which is the test's own

    def spawn_elsewhere(self, task: int) -> None:
        try:
            self.start_task(task)
        except ClosedError:
            assert self.phase == CLOSED

    def wake_elsewhere(self, task: int) -> None:
        self.tasks[task].wake()

    def call_elsewhere(self) -> None:
        self.runtime.queue.inject(self.call)

    def start_task(self, task: int) -> None:
        """What `Runtime.spawn` does; it gives the task and not a handle."""
        forget = self.runtime.forget
        self.tasks.append(self.runtime.start_task(self.work(task), f"task {task}", forget, "spawn"))

    def call(self) -> None:
        self.calls += 1
        self.late += self.phase == CLOSED

    # What the runtime's state means

    def abstraction(self) -> State:
        running = self.phase in (OPEN, CANCELLING)
        left_ns = self.deadline_ns - self.clock.now_ns()
        return State(
            phase=self.phase,
            tasks=tuple(map(self.state_of, range(self._tasks_max))),
            alive=tuple(map(self.number_of, self.runtime.tasks.values())),
            queue=() if not running else tuple(map(self.number_of, self.runtime.queue.ready)),
            polling=self.polling,
            woken=self.polling != NOBODY and self.tasks[self.polling].state is RUNNING_WOKEN,
            injected=tuple(map(self.handed_in, self.runtime.queue.injected)),
            time_left=max(0, left_ns // SECOND_NS),
            finished_before=self.finished_before,
            calls=self.calls,
            late=self.late,
            report=self.abstract_report(),
        )

    def number_of(self, task: Task) -> int:
        return self.tasks.index(task)

    def handed_in(self, work: object) -> tuple[str, int]:
        """What an entry from another thread will do."""
        if isinstance(work, partial):
            return SPAWN, self.number_of(work.args[0])
        if work == self.call:
            return CALL, NOBODY
        return WAKE, self.number_of(getattr(work, "__self__"))  # noqa: B009  # mypy knows no method

    def state_of(self, task: int) -> str:
        if task >= len(self.tasks):
            return UNBORN
        real = self.tasks[task]
        if real.state is DONE:
            return FINISHED if task in self.finished else self.drop_of(real)
        if real.id not in self.runtime.tasks:
            return SENT
        return NEW if task not in self.begun else SHIELDED if task in self.shielded else WAITING

    def drop_of(self, task: Task) -> str:
        """How a task that was dropped is counted."""
        known = self.report is None or task.name in self.report.dropped
        return DROPPED if known else TOO_LATE

    def abstract_report(self) -> Report | None:
        if self.report is None:
            return None
        numbers = sorted(int(name.removeprefix("task ")) for name in self.report.dropped)
        return Report(self.report.cancelled, tuple(numbers))

    def check_invariants(self) -> None:
        if self.phase == CLOSED:
            self.check_closed()
        elif self.polling == NOBODY:
            self.runtime.check_invariants()

    def check_closed(self) -> None:
        """Nothing is left, and nothing can be done any more."""
        assert self.report is not None and self.report.blocking_pending == 0
        assert len(self.runtime.timers) == 0 and not self.runtime.queue.ready
        assert all(task.state is DONE and task.coroutine is None for task in self.tasks)
        again = self.runtime.shutdown()
        assert (again.cancelled, again.dropped) == (0, ())
        try:
            self.runtime.step()
        except ClosedError:
            return
        raise AssertionError("a runtime that was shut down made a step")

    def stop(self) -> None:
        self.released = True
        self.thread.release()
        self.thread.join()
        self.runtime.shutdown(0)
