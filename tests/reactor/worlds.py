"""A reactor with everything around it that the conformance suite needs, one for each backend."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context

from tests.helpers.connected_pair import ConnectedPair, local_pair, simulated_pair
from zokio.core.run_queue import RunQueue
from zokio.core.suspend import suspend
from zokio.core.task import Task, TaskId
from zokio.core.task_state import IDLE
from zokio.reactor.backends import make_reactor
from zokio.reactor.contract import Reactor
from zokio.reactor.registration import Registration
from zokio.runtime.awaitable import as_coroutine

BACKENDS = ("epoll", "portable", "poll", "select", "simulated")


async def _nothing() -> None:
    await suspend()


class World:
    """A reactor, connected pairs, and tasks that sleep."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        self.reactor: Reactor = make_reactor(backend)
        self.is_edge_triggered = backend in ("epoll", "simulated")
        self._queue = RunQueue(self.reactor.unpark)
        self._tasks: list[Task] = []
        self._closers: list[Callable[[], None]] = []

    def wait(self, timeout_ns: int | None) -> list[Task]:
        """One wait; whom it gives is woken, as the runtime does it."""
        batch = self.reactor.wait(timeout_ns)
        for task in batch:
            task.wake()
        return batch

    def pair(self, number: int | None = None) -> ConnectedPair:
        """A connected pair of this reactor's world."""
        pair: ConnectedPair
        if self.backend == "simulated":
            pair = simulated_pair(self.reactor, number)
        else:
            pair = local_pair(self.reactor, number)
        self._closers += [pair.ours.close, pair.close_theirs]
        return pair

    def successor(self, number: int) -> ConnectedPair:
        """A connected pair whose descriptor on our side has this number, which is free."""
        pair = self.pair(number)
        assert pair.ours.fileno() == number
        return pair

    def task(self) -> Task:
        """A task that sleeps."""
        number = len(self._tasks)
        coroutine = as_coroutine(_nothing(), "test")
        coroutine.send(None)
        task = Task(coroutine, self._queue, copy_context(), TaskId(number), f"task {number}")
        task.state = IDLE
        self._tasks.append(task)
        return task

    def waits_to_read(self, registration: Registration) -> Task:
        """A new task, which waits until there is something to read."""
        registration.reader = task = self.task()
        self._tell(registration)
        return task

    def waits_to_write(self, registration: Registration) -> Task:
        """A new task, which waits until there is room."""
        registration.writer = task = self.task()
        self._tell(registration)
        return task

    def stops_waiting(self, registration: Registration) -> None:
        """Whoever waits there goes away."""
        registration.reader = registration.writer = None
        self._tell(registration)

    def _tell(self, registration: Registration) -> None:
        if registration.on_wait is not None:
            registration.on_wait(registration)

    def close(self) -> None:
        """Give everything back."""
        self.reactor.close()
        for close in self._closers:
            close()
        for task in self._tasks:
            assert task.coroutine is not None
            task.coroutine.close()
