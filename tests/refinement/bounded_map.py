"""The machine of the bounded map on the real runtime: a source, its items, and a consumer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import zokio
from spec.as_completed_steps import (
    ABORTED,
    DONE,
    END,
    ERROR,
    NEW,
    ROOM,
    VALUE,
    WAIT,
    State,
)
from spec.bounded_map_steps import PULL
from tests.helpers.stage import Actor, ActorError, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from tests.refinement.as_completed import AsCompletedAdapter
from zokio.core.suspend import suspend
from zokio.core.task import Task
from zokio.errors import Cancelled
from zokio.runtime.results import Results


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


class BoundedMapAdapter(AsCompletedAdapter):
    """See the head of this file, and `AsCompletedAdapter`."""

    def __init__(
        self,
        make_reactor: Callable[[], VirtualReactor],
        *,
        limit: int,
        ordered: bool,
        aborts: bool = False,
    ) -> None:
        super().__init__(make_reactor, 0, aborts=aborts)
        self._limit = limit
        self._ordered = ordered

    def start(self, state: State) -> None:
        self.source = Source()
        self.exhausted = False
        super().start(state)

    def make_results(self) -> Results[Any]:
        return zokio.map_bounded(self.begin_item, self.source, self._limit, ordered=self._ordered)

    def begin_item(self, item: int) -> Awaitable[str]:
        self.actors.append(Actor(str(item)))
        return self.actors[-1].run()

    def note(self, value: Any) -> None:
        self.given.append(int(value))

    # Actions

    def poll_feeder(self, answer: str) -> None:
        before = set(self.stage.runtime.tasks)
        self.source.answer = answer
        self.stage.poll(self.feeder())
        for number in sorted(self.stage.runtime.tasks.keys() - before):
            self.tasks.append(self.stage.runtime.tasks[number])
        self.exhausted = self.exhausted or answer == END

    def wake_source(self) -> None:
        self.stage.wake(self.feeder())

    # What the runtime's state means

    def feeder(self) -> Task:
        feeder = self.crew().feeder
        assert feeder is not None
        return feeder

    def state_of_feeder(self) -> str:
        if is_done(self.feeder()):
            return DONE
        return NEW if is_new(self.feeder()) else PULL if self.source.is_asked else ROOM

    def is_exhausted(self) -> bool:
        return self.exhausted

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        running = [task for task in (self.feeder(), *self.tasks) if not is_done(task)]
        assert self.crew().alive == len(running)
        begun = is_done(self.feeder()) or not is_new(self.feeder())
        assert self.source.is_closed == (is_done(self.feeder()) and begun)
