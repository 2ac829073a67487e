"""The machine of Condition on the real one, whose tasks wait in two queues."""

from __future__ import annotations

from typing import Any

from spec.condition_steps import (
    ASLEEP,
    AWAY,
    INSIDE,
    LEAVING,
    LEAVING_LOCKED,
    LOCKED,
    LOCKING,
    NOTIFIED,
    RELOCKED,
    RELOCKING,
    State,
)
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.core.task import Task
from zokio.core.wait_queue import GRANTED, WAITING, Waiter
from zokio.runtime.scope import CancelScope
from zokio.sync import Condition

IN_LINE = {"enter": (LOCKING, LOCKED), "wait": (RELOCKING, RELOCKED)}


class ConditionAdapter(WaitingAdapter):
    """A condition with a mutex of its own."""

    def start(self, state: State) -> None:
        self.condition = Condition()
        self.line = NotedQueue()
        self.condition.mutex._queue = self.line
        queue = self.condition._queue = NotedQueue()
        self.begin_tasks(queue)
        self.does = [""] * self.count

    def enter(self, task: int) -> None:
        self.does[task] = "enter"
        self.tell(task, self.condition.__aenter__)

    def leave(self, task: int) -> None:
        async def leave() -> bool:
            await self.condition.__aexit__(None, None, None)
            return False

        self.tell(task, leave)

    def wait(self, task: int) -> None:
        self.does[task] = "wait"
        self.puppets[task].inside = False
        self.tell(task, self.sleep)

    async def sleep(self) -> None:
        """Wait, and leave the block if that raises."""
        try:
            await self.condition.wait()
        except BaseException as error:
            await self.condition.__aexit__(type(error), error, None)
            raise

    def notify(self, task: int) -> None:
        self.act(task, self.condition.notify)

    def notify_all(self, task: int) -> None:
        self.act(task, self.condition.notify_all)

    def waiter_of(self, queue: NotedQueue, task: int) -> Waiter[Any] | None:
        """The last place in a queue that the task has taken."""
        found = [waiter for waiter in queue.noted if waiter.waker is self.tasks[task]]
        return found[-1] if found else None

    def place(self, task: int) -> str:
        """Where the task is."""
        sleeper, turn = self.waiter_of(self.queue, task), self.waiter_of(self.line, task)
        if sleeper is not None and sleeper.state in (WAITING, GRANTED):
            return ASLEEP if sleeper.state is WAITING else NOTIFIED
        if turn is not None and turn.state in (WAITING, GRANTED):
            scope = self.tasks[task].scope
            shielded = isinstance(scope, CancelScope) and scope.shield
            names = (LEAVING, LEAVING_LOCKED) if shielded else IN_LINE[self.does[task]]
            return names[turn.state is GRANTED]
        return INSIDE if self.puppets[task].inside else AWAY

    def standing(self, queue: NotedQueue) -> tuple[int, ...]:
        """Who stands in a queue."""
        found, waiter = [], queue.first
        while waiter is not None:
            found.append(self.tasks.index(waiter.waker))
            waiter = waiter.next
        return tuple(found)

    def abstraction(self) -> State:
        at = tuple(map(self.place, range(self.count)))
        sleepers = [self.waiter_of(self.queue, task) for task in range(self.count)]
        return State(
            at=at,
            line=self.standing(self.line),
            asleep=self.standing(self.queue),
            by_one=tuple(
                sleeper is not None
                and sleeper.value is True
                and at[task] in (NOTIFIED, RELOCKING, RELOCKED)
                for task, sleeper in enumerate(sleepers)
            ),
            cancelling=tuple(
                puppet.scope is not None and puppet.scope.cancel_called for puppet in self.puppets
            ),
        )

    def check_invariants(self) -> None:
        self.runtime.check_invariants()
        self.queue.check_invariants()
        self.line.check_invariants()
        state = self.abstraction()
        told = (LOCKED, NOTIFIED, RELOCKED, LEAVING_LOCKED)
        owed = {
            task
            for task, at in enumerate(state.at)
            if at in told or (state.cancelling[task] and at != LEAVING)
        }
        ready = {self.tasks.index(task) for task in self.runtime.queue.ready}
        assert ready == owed, f"ready are {ready}, and owed a poll {owed}"
        owner = self.condition.mutex._owner
        inside = [task for task, at in enumerate(state.at) if at == INSIDE]
        assert all(self.tasks[task] is owner for task in inside), "who is inside is not the owner"
        assert owner is None or isinstance(owner, Task)
