"""The machines of OnceCell and LazyCell on the real ones. Who makes the value is told how."""

from __future__ import annotations

from spec.once_cell import State
from tests.refinement.waiting import NotedQueue, WaitingAdapter
from zokio.core.current import current_task
from zokio.core.suspend import suspend
from zokio.errors import UsageError
from zokio.sync import LazyCell, OnceCell

VALUE = "value"


class MakingError(Exception):
    """What making the value raises."""


class OnceCellAdapter(WaitingAdapter):
    """A cell."""

    def start(self, state: State) -> None:
        self.cell = self.make_cell()
        queue = self.cell._queue = NotedQueue()
        self.begin_tasks(queue)
        self.answer: str | None = None
        self.made = 0

    def make_cell(self) -> OnceCell[str]:
        return OnceCell()

    async def value_for(self, task: int) -> str:
        return await self.cell.get_or_init(lambda: self.make(task))

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
            assert await self.value_for(task) == VALUE
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


class LazyCellAdapter(OnceCellAdapter):
    """A LazyCell, by either of the two ways to its value."""

    def make_cell(self) -> OnceCell[str]:
        self.lazy = LazyCell(lambda: self.make(self.tasks.index(current_task())))
        return self.lazy._cell

    async def value_for(self, task: int) -> str:
        return await self.lazy if task % 2 else await self.lazy.get()

    def check_invariants(self) -> None:
        super().check_invariants()
        assert self.lazy.is_set() == (self.made > 0)
