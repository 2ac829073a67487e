"""Tasks that wait in a primitive of `zokio.sync`, on the real scheduler, polled in any order.

Each task of the model is a real task that lives as long as the runtime and does what it is told,
one thing at a time, in a cancel scope. A step of the model is one step of `Runtime.step()`: the
task that the model polls is moved to the front of the run queue before.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from spec.waiting import AWAY, GRANTED, INSIDE, REFUSED, WAITING, Tasks
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.core.wait_queue import CLOSED, Waiter, WaiterState, WaitQueue
from zokio.core.wait_queue import GRANTED as REALLY_GRANTED
from zokio.core.wait_queue import WAITING as REALLY_WAITING
from zokio.errors import ClosedError
from zokio.runtime.runtime import Runtime
from zokio.runtime.scope import CancelScope

Command = Callable[[], Awaitable[object]]

PLACES: dict[WaiterState, str] = {REALLY_WAITING: WAITING, REALLY_GRANTED: GRANTED, CLOSED: REFUSED}


class NotedQueue(WaitQueue[Any]):
    """A queue which notes who came, in order. The waiters are of any kind."""

    __slots__ = ("noted",)

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[Waiter[Any]] = []

    def append(self, waiter: Waiter[Any]) -> None:
        super().append(waiter)
        self.noted.append(waiter)


class Puppet:
    """A task that is told what to do."""

    def __init__(self) -> None:
        self.command: Command | None = None
        self.scope: CancelScope | None = None
        """What it does now can be cancelled with it."""
        self.inside = False

    async def live(self) -> None:
        """Do what it is told, for ever."""
        while True:
            while self.command is None:
                await suspend()
            command, self.command = self.command, None
            with CancelScope() as self.scope:
                try:
                    self.inside = await command() is not False
                except ClosedError:
                    pass
            self.scope = None


class WaitingAdapter:
    """`count` puppets, and what every machine of waiting tasks has. Give it the `queue`s."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], count: int) -> None:
        self._make_reactor = make_reactor
        self.count = count

    def begin_tasks(self, queue: NotedQueue) -> None:
        """Start the tasks; `queue` is where they will wait."""
        self.queue = queue
        self.runtime = Runtime(reactor=self._make_reactor())
        self.puppets = [Puppet() for _ in range(self.count)]
        handles = [self.runtime.spawn(puppet.live()) for puppet in self.puppets]
        self.tasks = [self.runtime.tasks[handle.id] for handle in handles]
        while self.runtime.step():
            pass

    # Words of the runtime

    def tell(self, task: int, command: Command) -> None:
        """Have the task do something, up to where it suspends or is done with it."""
        self.puppets[task].command = command
        self.wake(task)
        self.step(task)

    def act(self, task: int, function: Callable[[], object]) -> None:
        """Have the task call something in its poll; a False: it is not inside afterwards."""

        async def command() -> object:
            return function()

        self.tell(task, command)

    def act_and_leave(self, task: int, function: Callable[[], None]) -> None:
        """Have the task call something in its poll, after which it is not inside."""

        async def command() -> bool:
            function()
            return False

        self.tell(task, command)

    def wake(self, task: int) -> None:
        with self.runtime.entered():
            self.tasks[task].wake()

    def step(self, task: int) -> None:
        """Poll this task, which is owed a poll."""
        ready, real = self.runtime.queue.ready, self.tasks[task]
        assert real in ready, f"task {task} is owed no poll"
        ready.remove(real)
        ready.appendleft(real)
        cancelled = real.cancel_requested
        assert self.runtime.step()
        # The scheduler owes a task one more poll after it has raised Cancelled in it, or when it
        # has left a shield in a cancelled scope.
        if real in ready and (cancelled or self.puppets[task].scope is None):
            self.step(task)

    # Actions that are the same everywhere

    def poll(self, task: int) -> None:
        self.step(task)

    def cancel(self, task: int) -> None:
        scope = self.puppets[task].scope
        assert scope is not None
        with self.runtime.entered():
            scope.cancel()

    def wake_for_no_reason(self, task: int) -> None:
        self.wake(task)
        self.step(task)

    # What the runtime's state means

    def waiters(self) -> dict[int, Waiter[Any]]:
        """By task that is suspended in the primitive, in the order in which they came."""
        found = {}
        for waiter in self.queue.noted:
            if isinstance(waiter.waker, Task) and waiter.state in PLACES:
                found[self.tasks.index(waiter.waker)] = waiter
        return found

    def places(self) -> Tasks:
        """Where the tasks are."""
        waiters = self.waiters()
        return Tasks(
            at=tuple(
                PLACES[waiters[task].state]
                if task in waiters
                else (INSIDE if self.puppets[task].inside else AWAY)
                for task in range(self.count)
            ),
            asked=tuple(waiters),
            cancelling=tuple(
                puppet.scope is not None and puppet.scope.cancel_called for puppet in self.puppets
            ),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        tasks = self.places()
        self.check_queues(tasks)
        ready = {self.tasks.index(task) for task in self.runtime.queue.ready}
        owed = {
            task
            for task, at in enumerate(tasks.at)
            if tasks.cancelling[task] or at in (GRANTED, REFUSED)
        }
        assert ready == owed, f"ready are {ready}, and owed a poll {owed}"

    def check_queues(self, tasks: Tasks) -> None:
        """Assert that those who wait stand where they should."""
        assert self.standing(self.queue) == tasks.queue(), "the queue is not in the order of coming"

    def standing(self, queue: NotedQueue) -> tuple[int, ...]:
        """The tasks in a queue, in order."""
        queue.check_invariants()
        found, waiter = [], queue.first
        while waiter is not None:
            found.append(self.tasks.index(waiter.waker))
            waiter = waiter.next
        return tuple(found)

    def stop(self) -> None:
        self.runtime.shutdown(0)
