"""The machine of the bounded map on the real runtime: a source, its items, and a consumer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from spec.bounded_map_steps import (
    ABORTED,
    AWAY,
    DONE,
    END,
    ERROR,
    FEEDER,
    INSIDE,
    LEAVING,
    LEFT,
    NEW,
    NEXT,
    PULL,
    ROOM,
    SUSPENDED,
    VALUE,
    WAIT,
    State,
)
from tests.helpers.stage import Actor, ActorError, Stage, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.errors import AbortedError, Cancelled
from zokio.runtime.results import Crew, Results, map_bounded
from zokio.runtime.scope import CancelScope


class Source:
    """It gives one answer in each poll, and makes the feeder wait when it is asked again."""

    def __init__(self) -> None:
        self.answer = WAIT
        self.given = 0
        self.is_asked = False
        self.is_closed = False

    def __aiter__(self) -> Source:
        return self

    async def __anext__(self) -> int:
        self.is_asked = True
        try:
            return await self.next()
        finally:
            self.is_asked = False

    async def next(self) -> int:
        while True:
            answer, self.answer = self.answer, WAIT
            if answer == VALUE:
                self.given += 1
                return self.given - 1
            if answer == END:
                raise StopAsyncIteration
            if answer == ERROR:
                raise ActorError("source")
            try:
                await suspend()
            except Cancelled:
                if self.answer == ABORTED:
                    raise

    async def aclose(self) -> None:
        self.is_closed = True


class BoundedMapAdapter:
    """See the head of this file."""

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], *, limit: int, ordered: bool
    ) -> None:
        self._make_reactor = make_reactor
        self._limit = limit
        self._ordered = ordered

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.source = Source()
        self.actors: list[Actor] = []
        self.tasks: list[Task] = []
        self.ended: list[int] = []
        self.given: list[int] = []
        self.told: str | None = None
        self.exhausted = False
        self.is_told_to_ask = self.may_go = False
        self.call: CancelScope | None = None
        self.block = INSIDE
        self.results: Results[str] = map_bounded(
            self.begin_item, self.source, self._limit, ordered=self._ordered
        )
        self.consumer = self.stage.task_of(self.stage.runtime.spawn(self.consume()))
        self.stage.poll(self.consumer)
        feeder = self.crew().feeder
        assert feeder is not None
        self.feeder = feeder

    def crew(self) -> Crew:
        assert self.results._crew is not None
        return self.results._crew

    def begin_item(self, item: int) -> Awaitable[str]:
        self.actors.append(Actor(str(item)))
        return self.actors[-1].run()

    async def consume(self) -> None:
        async with self.results:
            while not self.may_go:
                if self.is_told_to_ask:
                    self.is_told_to_ask = False
                    await self.ask_once()
                await suspend()
            self.block = LEAVING
        self.block = LEFT

    async def ask_once(self) -> None:
        with CancelScope() as self.call:
            try:
                self.given.append(int(await anext(self.results)))
            except StopAsyncIteration:
                self.told = END
            except (ActorError, AbortedError):
                self.told = ERROR
        self.call = None

    # Actions

    def poll_feeder(self, answer: str) -> None:
        before = set(self.stage.runtime.tasks)
        self.source.answer = answer
        self.stage.poll(self.feeder)
        for number in sorted(self.stage.runtime.tasks.keys() - before):
            self.tasks.append(self.stage.runtime.tasks[number])
        self.exhausted = self.exhausted or answer == END

    def wake_source(self) -> None:
        self.stage.wake(self.feeder)

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

    def poll_owner(self) -> None:
        self.stage.poll(self.consumer)

    # What the runtime's state means

    def abstraction(self) -> State:
        crew = self.crew()
        return State(
            block=self.block,
            consumer=AWAY if self.call is None else NEXT,
            cancelling=self.call is not None and self.call.cancel_called,
            owed_consumer=self.stage.is_owed(self.consumer),
            feeder=self.state_of_feeder(),
            owed_feeder=self.stage.is_owed(self.feeder),
            tasks=tuple(map(state_of, self.tasks)),
            owed_tasks=tuple(map(self.stage.is_owed, self.tasks)),
            aborting=crew.failed is not None or crew.scope.cancel_called,
            ended=tuple(self.ended),
            line=tuple(self.tasks.index(task) for task in crew.line),
            given=tuple(self.given),
            failed=self.number_of(crew.failed),
            told=self.told,
            exhausted=self.exhausted,
        )

    def state_of_feeder(self) -> str:
        if is_done(self.feeder):
            return DONE
        return NEW if is_new(self.feeder) else PULL if self.source.is_asked else ROOM

    def number_of(self, task: Task | None) -> int | None:
        if task is None:
            return None
        return FEEDER if task is self.feeder else self.tasks.index(task)

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        running = [task for task in (self.feeder, *self.tasks) if not is_done(task)]
        assert self.crew().alive == len(running)
        begun = not is_new(self.feeder) if not is_done(self.feeder) else True
        assert self.source.is_closed == (is_done(self.feeder) and begun)

    def stop(self) -> None:
        self.stage.stop()


def state_of(task: Task) -> str:
    """The model's word for where a task is."""
    return DONE if is_done(task) else NEW if is_new(task) else SUSPENDED
