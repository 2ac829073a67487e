"""The machine of TaskGroup.start on the real runtime: a block, a caller, and what it starts."""

from __future__ import annotations

from collections.abc import Callable

from spec.task_start_steps import (
    ABSENT,
    BLOCK,
    CALLER,
    CANCELLED,
    DONE,
    ENDING,
    INSIDE,
    LEAVING,
    LEFT,
    MISUSE,
    NEW,
    REFUSED,
    STARTED,
    SUSPENDED,
    TASK,
    WAITING,
    State,
)
from tests.helpers.stage import (
    ABORTED,
    ERROR,
    VALUE,
    Actor,
    ActorError,
    Stage,
    is_done,
    is_new,
)
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.errors import AbortedError, Cancelled, ClosedError, UsageError
from zokio.runtime.group import TaskGroup
from zokio.runtime.starting import TaskStatus

READY_VALUE = "the value of started"


class Starter(Actor):
    """What is started; it says so once."""

    def __init__(self, note: Callable[[], None]) -> None:
        super().__init__("starter")
        self.note = note
        self.status: TaskStatus[str] | None = None
        self.has_called = False

    async def begin(self, *, task_status: TaskStatus[str]) -> str:
        self.status = task_status
        self.note()
        return await self.run()

    def act(self) -> None:
        if self.answer == STARTED and not self.has_called:
            self.has_called = True
            assert self.status is not None
            self.status.started(READY_VALUE)


class TaskStartAdapter:
    """See the head of this file."""

    def __init__(self, make_reactor: Callable[[], VirtualReactor]) -> None:
        self._make_reactor = make_reactor

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.group = TaskGroup()
        self.block = INSIDE
        self.may_leave = False
        self.failed = False
        self.answer: str | None = None  # what the call gave
        self.calls = 0
        self.cancelling = False
        self.starter = Starter(lambda: None)
        block = self.stage.task_of(self.stage.runtime.spawn(self.run_block()))
        self.stage.poll(block)
        caller = self.stage.task_of(self.stage.runtime.spawn(self.run_caller()))
        self.tasks: list[Task | None] = [block, caller, None]

    async def run_block(self) -> None:
        try:
            async with self.group:
                try:
                    while not self.may_leave:
                        await suspend()
                finally:
                    self.block = LEAVING
        except* ActorError:
            self.failed = True
        except* Cancelled:
            pass  # of a member that went on its own way out
        finally:
            self.block = LEFT

    async def run_caller(self) -> None:
        self.calls = 1
        try:
            value = await self.group.start(self.begin)
            assert value == READY_VALUE, value
            self.answer = VALUE
        except ActorError:
            self.answer = ERROR
        except AbortedError:
            self.answer = ABORTED
        except ClosedError:
            self.answer = REFUSED
        except UsageError:
            self.answer = MISUSE
        except Cancelled:
            self.answer = CANCELLED
            raise

    async def begin(self, *, task_status: TaskStatus[str]) -> str:
        return await self.starter.begin(task_status=task_status)

    # Actions

    def poll_caller(self) -> None:
        before = set(self.stage.runtime.tasks)
        self.poll(CALLER)
        for number in self.stage.runtime.tasks.keys() - before:
            self.tasks[TASK] = self.stage.runtime.tasks[number]

    def cancel_caller(self) -> None:
        self.cancelling = True
        self.task(CALLER).abort()

    def poll_task(self, answer: str) -> None:
        self.starter.answer = answer
        self.poll(TASK)

    def wake_task(self) -> None:
        self.stage.wake(self.task(TASK))

    def cancel_group(self) -> None:
        self.stage.call(self.group.cancel_scope.cancel)

    def leave(self) -> None:
        self.may_leave = True
        self.stage.wake(self.task(BLOCK))
        self.poll(BLOCK)

    def poll_block(self) -> None:
        self.poll(BLOCK)

    def poll(self, who: int) -> None:
        self.stage.poll(self.task(who))

    def task(self, who: int) -> Task:
        task = self.tasks[who]
        assert task is not None
        return task

    # What the runtime's state means

    def abstraction(self) -> State:
        block, caller, task = (self.stage.is_owed(each) for each in self.tasks)
        return State(
            owed=(block, caller, task),
            block=self.block,
            caller=self.state_of_caller(),
            task=self.state_of_task(),
            outcome=self.starter.outcome,
            is_member=self.is_member(),
            has_called=self.starter.has_called,
            cancelling=self.cancelling,
            cancelled=self.group.cancel_scope.cancel_called,
            failed=self.has_failed(),
        )

    def state_of_caller(self) -> str:
        if self.answer is not None:
            return self.answer
        if not self.calls:
            return NEW
        scope = self.task(CALLER).scope
        assert scope is not None
        return ENDING if scope.shield else WAITING

    def state_of_task(self) -> str:
        task = self.tasks[TASK]
        if task is None:
            return ABSENT
        return DONE if is_done(task) else NEW if is_new(task) else SUSPENDED

    def is_member(self) -> bool:
        """Whether it has become the group's: that cannot be seen of one that has ended."""
        task = self.tasks[TASK]
        if task is not None and not is_done(task):
            self.was_member = task in (self.group.cancel_scope.members or ())
        return task is not None and self.was_member

    def has_failed(self) -> bool:
        members = self.group._members
        assert members is not None
        return self.failed or bool(members.failures)

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        members = self.group._members
        assert members is not None
        starts = self.state_of_caller() in (WAITING, ENDING)
        assert members.alive == starts + (self.is_member() and self.state_of_task() != DONE)

    def stop(self) -> None:
        self.stage.stop()
