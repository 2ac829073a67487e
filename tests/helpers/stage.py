"""Stage: real tasks in one runtime, polled one at a time and in any order.

A specification that says who is owed a poll, and not in which order, is about every order; so the
adapter picks the task that is polled. `Actor` is what a task does that is told, poll by poll.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from inspect import CORO_CREATED, getcoroutinestate

from tests.helpers.virtual_time import VirtualReactor
from zokio.core.join import JoinHandle
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.core.task_state import DONE
from zokio.errors import Cancelled
from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime
from zokio.runtime.scope import CancelScope

WAIT, VALUE, ERROR, ABORTED = "wait", "value", "error", "aborted"


class ActorError(Exception):
    """What an actor raises when it is told to."""


class Stage:
    """One runtime; `reported` are the errors that nobody asked for."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor]) -> None:
        self.reactor = make_reactor()
        self.reported: list[str] = []
        config = RuntimeConfig(on_task_panic=lambda _, error: self.reported.append(str(error)))
        self.runtime = Runtime(config, reactor=self.reactor)

    def task_of(self, handle: JoinHandle[object]) -> Task:
        """The task behind a handle; it has not ended."""
        return self.runtime.tasks[handle.id]

    def is_owed(self, task: Task | None) -> bool:
        """Whether the task stands in the run queue."""
        return task is not None and task in self.runtime.queue.ready

    def poll(self, task: Task) -> None:
        """Poll this task, which is ready, and no other; the reactor is not visited."""
        ready = self.runtime.queue.ready
        ready.remove(task)
        ready.appendleft(task)
        with self.runtime.entered():
            assert self.runtime.scheduler.poll_ready(1) == 1

    def wake(self, task: Task) -> None:
        """Wake it as an event does."""
        with self.runtime.entered():
            task.wake()

    def call(self, function: Callable[[], object]) -> None:
        """Call a function on the thread that runs the runtime, in no task."""
        with self.runtime.entered():
            function()

    def take_in(self) -> None:
        """Visit the reactor, the injection queue and the timers; nobody is polled."""
        with self.runtime.entered():
            self.runtime.turn(may_wait=False)

    def stop(self) -> None:
        """End everything."""
        self.runtime.shutdown(0)


class Actor:
    """In each of its polls it does what `answer` says: wait, or end in one of three ways."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answer = WAIT
        self.outcome: str | None = None

    async def run(self) -> str:
        """Until it is told to end."""
        while True:
            if self.answer == VALUE:
                self.outcome = VALUE
                return self.name
            if self.answer == ERROR:
                self.outcome = ERROR
                raise ActorError(self.name)
            self.act()
            try:
                await suspend()
            except Cancelled:
                if self.answer == ABORTED:
                    self.outcome = ABORTED
                    raise

    def act(self) -> None:
        """What else a subclass does in a poll that does not end it."""


def is_new(task: Task) -> bool:
    """Whether the living task was not polled yet."""
    assert task.coroutine is not None
    return getcoroutinestate(task.coroutine) == CORO_CREATED


def is_done(task: Task) -> bool:
    """Whether the task has ended."""
    return task.state is DONE


def is_cancelling(task: Task) -> bool:
    """Whether the task was aborted."""
    return task.root is not None and task.root.cancel_called


class Caller:
    """A task that makes the same call again and again, each time when it is told to.

    Attributes:
        scope: around the call that goes on; None: none does.
        returned: how many calls have returned.
    """

    def __init__(self, stage: Stage, call: Callable[[], Awaitable[object]]) -> None:
        self._stage = stage
        self.make = call
        self._is_told = False
        self.scope: CancelScope | None = None
        self.returned = 0
        self.task = stage.task_of(stage.runtime.spawn(self._run()))
        stage.poll(self.task)

    async def _run(self) -> None:
        while True:
            if self._is_told:
                self._is_told = False
                with CancelScope() as self.scope:
                    await self.make()
                    self.returned += 1
                self.scope = None
            await suspend()

    def begin(self) -> None:
        """Make the call, up to its first suspension."""
        self._is_told = True
        self._stage.wake(self.task)
        self._stage.poll(self.task)

    def poll(self) -> None:
        """Poll the task, which is ready."""
        self._stage.poll(self.task)

    def cancel(self) -> None:
        """Cancel the call."""
        assert self.scope is not None
        self._stage.call(self.scope.cancel)

    def is_cancelling(self) -> bool:
        """Whether the call was cancelled and has not heard of it."""
        return self.scope is not None and self.scope.cancel_called

    def is_owed(self) -> bool:
        """Whether the task stands in the run queue."""
        return self._stage.is_owed(self.task)
