"""The machine of as_completed on the real runtime: the tasks of a block, and its consumer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import zokio
from spec.as_completed_steps import (
    AWAY,
    CALM,
    CANCELLED,
    DONE,
    END,
    ERROR,
    FEEDER,
    HEARD,
    INSIDE,
    LEAVING,
    LEFT,
    NEW,
    NEXT,
    SUSPENDED,
    State,
)
from tests.helpers.stage import Actor, ActorError, Stage, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.errors import AbortedError, Cancelled
from zokio.runtime.results import Crew, Results
from zokio.runtime.scope import CancelScope


class AsCompletedAdapter:
    """See the head of this file.

    Args:
        make_reactor: what the runtime stands on.
        items: how many tasks.
        aborts: whether the consumer's task is aborted, and not a scope around the block cancelled.
    """

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], items: int, *, aborts: bool = False
    ) -> None:
        self._make_reactor = make_reactor
        self._items = items
        self._aborts = aborts

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.actors: list[Actor] = []
        self.ended: list[int] = []
        self.given: list[int] = []
        self.told: str | None = None
        self.is_told_to_ask = self.may_go = False
        self.call: CancelScope | None = None
        self.block = INSIDE
        self.outer = CancelScope()
        self.is_cancelled = self.has_heard = self.went_on = False
        self.results = self.make_results()
        self.consumer = self.stage.task_of(self.stage.runtime.spawn(self.consume()))
        self.stage.poll(self.consumer)
        feeder = self.crew().feeder
        spawned = self.stage.runtime.tasks.items()
        self.tasks = [task for _, task in sorted(spawned) if task not in (self.consumer, feeder)]

    # Any: what a value is differs between as_completed and map_bounded.
    def make_results(self) -> Results[Any]:
        """The real thing."""
        self.actors += [Actor(str(number)) for number in range(self._items)]
        return zokio.as_completed(*(actor.run() for actor in self.actors))

    def note(self, value: Any) -> None:
        """A value was given."""
        position, name = value
        assert name == str(position)
        self.given.append(position)

    def crew(self) -> Crew:
        assert self.results._crew is not None
        return self.results._crew

    async def consume(self) -> None:
        with self.outer:
            try:
                async with self.results:
                    await self.ask_and_leave()
                self.block = LEFT
            except Cancelled:
                self.block, self.went_on = LEFT, True
                raise

    async def ask_and_leave(self) -> None:
        try:
            while not self.may_go:
                if self.is_told_to_ask:
                    self.is_told_to_ask = False
                    await self.ask_once()
                await suspend()
        except Cancelled:
            self.has_heard = True
            raise
        finally:
            self.block = LEAVING

    async def ask_once(self) -> None:
        try:
            with CancelScope() as self.call:
                self.note(await anext(self.results))
        except StopAsyncIteration:
            self.told = END
        except (ActorError, AbortedError):
            self.told = ERROR
        finally:
            self.call = None

    # Actions

    def poll_task(self, task: int, answer: str) -> None:
        self.actors[task].answer = answer
        self.stage.poll(self.tasks[task])
        if is_done(self.tasks[task]):
            self.ended.append(task)

    def wake_task(self, task: int) -> None:
        self.stage.wake(self.tasks[task])

    def ask(self) -> None:
        self.is_told_to_ask = True
        self.stage.wake(self.consumer)
        self.stage.poll(self.consumer)

    def poll_consumer(self) -> None:
        self.stage.poll(self.consumer)

    def cancel(self) -> None:
        assert self.call is not None
        self.stage.call(self.call.cancel)

    def leave(self) -> None:
        self.may_go = True
        self.stage.wake(self.consumer)
        self.stage.poll(self.consumer)

    def cancel_block(self) -> None:
        self.is_cancelled = True
        self.stage.call(self.consumer.abort if self._aborts else self.outer.cancel)

    def poll_owner(self) -> None:
        self.stage.poll(self.consumer)

    # What the runtime's state means

    def abstraction(self) -> State:
        crew = self.crew()
        return State(
            block=self.block,
            outside=self.state_of_outside(),
            consumer=AWAY if self.call is None else NEXT,
            cancelling=self.call is not None and self.call.cancel_called,
            owed_consumer=self.stage.is_owed(self.consumer),
            feeder=self.state_of_feeder(),
            owed_feeder=self.stage.is_owed(crew.feeder),
            tasks=tuple(map(state_of, self.tasks)),
            owed_tasks=tuple(map(self.stage.is_owed, self.tasks)),
            aborting=crew.failed is not None or crew.scope.cancelled,
            ended=tuple(self.ended),
            line=tuple(self.tasks.index(task) for task in crew.line),
            given=tuple(self.given),
            failed=self.number_of(crew.failed),
            told=self.told,
            exhausted=self.is_exhausted(),
        )

    def state_of_outside(self) -> str:
        if not self.is_cancelled:
            return CALM
        went = self.went_on if self.block == LEFT else self.has_heard
        return HEARD if went else CANCELLED

    def state_of_feeder(self) -> str:
        assert self.crew().feeder is None
        return DONE

    def is_exhausted(self) -> bool:
        return True

    def number_of(self, task: Task | None) -> int | None:
        if task is None:
            return None
        return FEEDER if task is self.crew().feeder else self.tasks.index(task)

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        assert self.crew().alive == sum(not is_done(task) for task in self.tasks)

    def stop(self) -> None:
        self.stage.stop()


def state_of(task: Task) -> str:
    """The model's word for where a task is."""
    return DONE if is_done(task) else NEW if is_new(task) else SUSPENDED
