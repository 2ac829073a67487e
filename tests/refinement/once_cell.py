"""The machine of OnceCell on the real one. Who makes the value suspends until it is told how."""

from __future__ import annotations

from spec.once_cell import State
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.core.suspend import suspend
from zokio.errors import UsageError
from zokio.sync import OnceCell

VALUE = "value"


class MakingError(Exception):
    """What making the value raises."""


class OnceCellAdapter(WaitingAdapter):
    """A cell."""

    def start(self, state: State) -> None:
        self.cell: OnceCell[str] = OnceCell()
        queue = self.cell._queue = NotedQueue()
        self.begin(queue)
        self.answer: str | None = None
        self.made = 0

    async def make(self, task: int) -> str:
        puppet = self.puppets[task]
        puppet.inside = True
        try:
            while self.answer is None:
                await suspend()
            answer, self.answer = self.answer, None
            if answer != VALUE:
                raise MakingError
            self.made += 1
            return answer
        finally:
            puppet.inside = False

    async def get(self, task: int) -> bool:
        try:
            assert await self.cell.get_or_init(lambda: self.make(task)) == VALUE
        except MakingError:
            assert not self.cell.is_set()
        return False

    def ask(self, task: int) -> None:
        self.tell(task, lambda: self.get(task))

    def finish(self, task: int) -> None:
        self.answer = VALUE
        self.wake(task)
        self.step(task)

    def fail(self, task: int) -> None:
        self.answer = "failure"
        self.wake(task)
        self.step(task)

    def give(self) -> None:
        try:
            self.cell.set(VALUE)
        except UsageError:
            return
        self.made += 1

    def abstraction(self) -> State:
        return State(made=self.made, tasks=self.places())

    def check_invariants(self) -> None:
        super().check_invariants()
        assert self.cell.is_set() == (self.made > 0)
