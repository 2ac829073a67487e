"""The machine of TaskTracker on the real runtime: what is tracked, and who waits."""

from __future__ import annotations

from collections.abc import Callable

from spec.task_tracker import AWAY, DONE, GRANTED, NEW, SUSPENDED, WAITING, State
from tests.helpers.stage import Actor, Caller, Stage, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.task import Task
from zokio.runtime.tracker import TaskTracker


class TaskTrackerAdapter:
    """See the head of this file."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], waiters: int) -> None:
        self._make_reactor = make_reactor
        self._waiters = waiters

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.tracker = TaskTracker()
        self.actors: list[Actor] = []
        self.tasks: list[Task] = []
        self.aborting: list[bool] = []
        self.waiters = [Caller(self.stage, self.tracker.wait) for _ in range(self._waiters)]

    # Actions

    def spawn(self) -> None:
        self.actors.append(Actor(str(len(self.actors))))
        self.aborting.append(False)
        handle = self.tracker.spawn_on(self.stage.runtime, self.actors[-1].run())
        self.stage.take_in()
        self.tasks.append(self.stage.task_of(handle))

    def poll_task(self, task: int, answer: str) -> None:
        self.actors[task].answer = answer
        self.stage.poll(self.tasks[task])

    def wake_task(self, task: int) -> None:
        self.stage.wake(self.tasks[task])

    def abort(self, task: int) -> None:
        self.aborting[task] = True
        self.stage.call(self.tasks[task].abort)

    def close(self) -> None:
        was_closed = self.tracker.is_closed()
        assert self.tracker.close() is not was_closed

    def reopen(self) -> None:
        was_closed = self.tracker.is_closed()
        assert self.tracker.reopen() is was_closed

    def wait(self, waiter: int) -> None:
        self.waiters[waiter].begin()

    def poll_waiter(self, waiter: int) -> None:
        self.waiters[waiter].poll()

    def cancel(self, waiter: int) -> None:
        self.waiters[waiter].cancel()

    # What the runtime's state means

    def abstraction(self) -> State:
        return State(
            closed=self.tracker.is_closed(),
            tasks=tuple(map(state_of, self.tasks)),
            aborting=tuple(self.aborting),
            owed_tasks=tuple(map(self.stage.is_owed, self.tasks)),
            waiters=tuple(map(self.state_of_waiter, self.waiters)),
            cancelling=tuple(waiter.is_cancelling() for waiter in self.waiters),
            owed=tuple(waiter.is_owed() for waiter in self.waiters),
            told=tuple(min(2, waiter.returned) for waiter in self.waiters),
        )

    def state_of_waiter(self, waiter: Caller) -> str:
        if waiter.scope is None:
            return AWAY
        return WAITING if waiter.task in self.standing() else GRANTED

    def standing(self) -> list[object]:
        """The tasks that stand in the queue."""
        found: list[object] = []
        each = self.tracker._waiting.first
        while each is not None:
            found.append(each.waker)
            each = each.next
        return found

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        self.tracker.check_invariants()
        assert len(self.tracker) == sum(not is_done(task) for task in self.tasks)
        assert self.tracker.is_empty() == (len(self.tracker) == 0)

    def stop(self) -> None:
        self.stage.stop()
        assert self.tracker.is_empty(), "a task that was dropped is still tracked"


def state_of(task: Task) -> str:
    """The model's word for where a task is."""
    return DONE if is_done(task) else NEW if is_new(task) else SUSPENDED
