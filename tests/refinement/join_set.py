"""The machine of JoinSet on the real runtime: its tasks, those who join, and the owner's block."""

from __future__ import annotations

from collections.abc import Callable

from spec.join_set_steps import (
    AWAY,
    DONE,
    INSIDE,
    JOINING,
    LEAVING,
    LEFT,
    NEW,
    OWNER,
    SUSPENDED,
    State,
)
from tests.helpers.stage import Actor, Stage, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.join import JoinHandle
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.runtime.join_set import JoinSet
from zokio.runtime.scope import CancelScope


class Joiner:
    """A task that calls `join_next` when it is told to."""

    def __init__(self, tasks: JoinSet[str], note: Callable[[JoinHandle[str] | None], None]) -> None:
        self.tasks = tasks
        self.note = note
        self.is_told = False
        self.call: CancelScope | None = None
        self.may_go = False

    async def run(self) -> None:
        while not self.may_go:
            if self.is_told:
                self.is_told = False
                with CancelScope() as self.call:
                    self.note(await self.tasks.join_next())
                self.call = None
            await suspend()


class JoinSetAdapter:
    """See the head of this file."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor], joiners: int) -> None:
        self._make_reactor = make_reactor
        self._joiners = joiners

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.set: JoinSet[str] = JoinSet()
        self.block = INSIDE
        self.actors: list[Actor] = []
        self.tasks: list[Task] = []
        self.ended: list[int] = []
        self.given: list[int] = []
        self.told_empty = 0
        self.joiners = [Joiner(self.set, self.note) for _ in range(self._joiners)]
        bodies = [self.own(), *(joiner.run() for joiner in self.joiners[1:])]
        handles = [self.stage.runtime.spawn(body) for body in bodies]
        self.joining = [self.stage.task_of(handle) for handle in handles]
        for task in self.joining:
            self.stage.poll(task)

    async def own(self) -> None:
        async with self.set:
            await self.joiners[OWNER].run()
            self.block = LEAVING
        self.block = LEFT

    def note(self, handle: JoinHandle[str] | None) -> None:
        if handle is None:
            self.told_empty = min(2, self.told_empty + 1)
        else:
            assert handle.is_finished()
            self.given.append(self.number_of(handle.id))

    def number_of(self, id: int) -> int:
        return next(number for number, task in enumerate(self.tasks) if task.id == id)

    # Actions

    def spawn(self) -> None:
        self.actors.append(Actor(str(len(self.actors))))

        def spawn() -> None:
            handle = self.set.spawn(self.actors[-1].run())
            self.tasks.append(self.stage.task_of(handle))

        self.stage.call(spawn)

    def poll_task(self, task: int, answer: str) -> None:
        self.actors[task].answer = answer
        self.stage.poll(self.tasks[task])
        if is_done(self.tasks[task]):
            self.ended.append(task)

    def wake_task(self, task: int) -> None:
        self.stage.wake(self.tasks[task])

    def abort_all(self) -> None:
        self.stage.call(self.set.abort_all)

    def join_next(self, joiner: int) -> None:
        self.joiners[joiner].is_told = True
        self.stage.wake(self.joining[joiner])
        self.stage.poll(self.joining[joiner])

    def poll_joiner(self, joiner: int) -> None:
        self.stage.poll(self.joining[joiner])

    def cancel(self, joiner: int) -> None:
        scope = self.joiners[joiner].call
        assert scope is not None
        self.stage.call(scope.cancel)

    def leave(self) -> None:
        self.joiners[OWNER].may_go = True
        self.stage.wake(self.joining[OWNER])
        self.stage.poll(self.joining[OWNER])

    def poll_owner(self) -> None:
        self.stage.poll(self.joining[OWNER])

    # What the runtime's state means

    def abstraction(self) -> State:
        crew = self.set._crew
        assert crew is not None
        calls = [joiner.call for joiner in self.joiners]
        return State(
            block=self.block,
            joiners=tuple(AWAY if call is None else JOINING for call in calls),
            cancelling=tuple(call is not None and call.cancel_called for call in calls),
            owed_joiners=tuple(map(self.stage.is_owed, self.joining)),
            tasks=tuple(map(state_of, self.tasks)),
            aborting=tuple(task.cancel_requested for task in self.tasks),
            owed_tasks=tuple(map(self.stage.is_owed, self.tasks)),
            ended=tuple(self.ended),
            finished=tuple(self.number_of(task.id) for task in crew.finished),
            given=tuple(self.given),
            told_empty=self.told_empty,
        )

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        alive = sum(not is_done(task) for task in self.tasks)
        dropped = len(self.ended) - len(self.given) if self.block == LEFT else 0
        assert len(self.set) == alive + len(self.ended) - len(self.given) - dropped

    def stop(self) -> None:
        self.stage.stop()


def state_of(task: Task) -> str:
    """The model's word for where a task is."""
    return DONE if is_done(task) else NEW if is_new(task) else SUSPENDED
