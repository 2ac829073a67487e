"""The semaphore machine on the real Semaphore and on the real Mutex."""

from __future__ import annotations

from collections.abc import Callable

from spec.semaphore import State
from spec.waiting import AWAY
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.errors import ClosedError
from zokio.sync import Mutex, RwLock, Semaphore
from zokio.sync.rwlock import RwSide


class SemaphoreAdapter(WaitingAdapter):
    """A semaphore of so many permits."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, tasks: int, permits: int
    ) -> None:
        super().__init__(make_reactor, tasks)
        self._permits = permits

    def start(self, state: State) -> None:
        self.semaphore = Semaphore(self._permits, permits_max=self._permits)
        queue = self.semaphore._queue = NotedQueue()
        self.begin_tasks(queue)
        self.needs = [0] * self.count

    def ask(self, task: int, need: int) -> None:
        self.needs[task] = need
        self.tell(task, lambda: self.semaphore.acquire(need))

    def try_ask(self, task: int, need: int) -> None:
        try:
            if not self.semaphore.try_acquire(need):
                return
        except ClosedError:
            return
        self.needs[task] = need
        self.puppets[task].inside = True

    def release(self, task: int) -> None:
        self.puppets[task].inside = False
        with self.runtime.entered():
            self.semaphore.release(self.needs[task])

    def close(self) -> None:
        with self.runtime.entered():
            self.semaphore.close()

    def abstraction(self) -> State:
        tasks = self.places()
        return State(
            free=self.semaphore.available,
            tasks=tasks,
            needs=tuple(
                0 if at == AWAY else need for at, need in zip(tasks.at, self.needs, strict=True)
            ),
            closed=self.semaphore.is_closed,
        )


class MutexAdapter(WaitingAdapter):
    """A mutex. What a task does with it, it does in its own polls: it knows its owner."""

    def start(self, state: State) -> None:
        self.mutex = Mutex()
        queue = self.mutex._queue = NotedQueue()
        self.begin_tasks(queue)

    def ask(self, task: int, need: int) -> None:
        self.tell(task, self.mutex.lock)

    def try_ask(self, task: int, need: int) -> None:
        self.act(task, self.mutex.try_lock)

    def release(self, task: int) -> None:
        self.act_and_leave(task, self.mutex.unlock)

    def abstraction(self) -> State:
        tasks = self.places()
        return State(
            free=int(not self.mutex.is_locked()),
            tasks=tasks,
            needs=tuple(int(at != AWAY) for at in tasks.at),
            closed=False,
        )

    def check_invariants(self) -> None:
        super().check_invariants()
        owner = self.mutex._owner
        inside = [task for task, puppet in enumerate(self.puppets) if puppet.inside]
        assert all(self.tasks[task] is owner for task in inside), "who is inside is not the owner"


class RwLockAdapter(WaitingAdapter):
    """A readers-writer lock; who needs all permits writes."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, tasks: int, readers_max: int
    ) -> None:
        super().__init__(make_reactor, tasks)
        self._readers_max = readers_max

    def start(self, state: State) -> None:
        self.lock = RwLock(readers_max=self._readers_max)
        queue = self.lock._semaphore._queue = NotedQueue()
        self.begin_tasks(queue)
        self.needs = [0] * self.count

    def side(self, need: int) -> RwSide:
        return self.lock.write() if need == self._readers_max else self.lock.read()

    def ask(self, task: int, need: int) -> None:
        self.needs[task] = need
        self.tell(task, self.side(need).acquire)

    def try_ask(self, task: int, need: int) -> None:
        self.needs[task] = need
        self.act(task, self.side(need).try_acquire)

    def release(self, task: int) -> None:
        self.act_and_leave(task, self.side(self.needs[task]).release)

    def abstraction(self) -> State:
        tasks = self.places()
        needs = tuple(
            0 if at == AWAY else need for at, need in zip(tasks.at, self.needs, strict=True)
        )
        return State(self.lock._semaphore.available, tasks, needs, closed=False)

    def check_invariants(self) -> None:
        super().check_invariants()
        inside = [task for task, puppet in enumerate(self.puppets) if puppet.inside]
        writes = any(self.needs[task] == self._readers_max for task in inside)
        assert self.lock.is_written() == writes
