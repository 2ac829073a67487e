"""The machines of select and join on the real runtime: one call, its owner, and its branches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from types import MethodType

from spec.branches_steps import (
    ABORTED,
    AGAIN,
    CALM,
    CANCELLED,
    ERROR,
    FINISHING,
    NEW,
    OVER,
    SHIELDED,
    SUSPENDED,
    TELLING,
    VALUE,
    WAITING,
    State,
)
from tests.helpers.stage import Actor, ActorError, Stage, is_done, is_new
from tests.helpers.virtual_time import VirtualReactor
from zokio.core.task import Task
from zokio.errors import AbortedError, Cancelled
from zokio.runtime.combine import _Branches
from zokio.runtime.scope import CancelScope


class BranchesAdapter(ABC):
    """See the head of this file.

    Args:
        make_reactor: what the runtime stands on.
        branches: how many.
        aborts: whether the owner's task is aborted, and not a scope around the call cancelled.
    """

    def __init__(
        self, make_reactor: Callable[[], VirtualReactor], branches: int, *, aborts: bool = False
    ) -> None:
        self._make_reactor = make_reactor
        self._branches = branches
        self._aborts = aborts

    @abstractmethod
    async def call(self, branches: list[Coroutine[None, None, str]]) -> tuple[int, ...]:
        """Make the call; the branches whose values it gave, in order."""

    def start(self, state: State) -> None:
        self.stage = Stage(self._make_reactor)
        self.actors = [Actor(str(number)) for number in range(self._branches)]
        self.outer, self.inner = CancelScope(), CancelScope()
        self.outside = CALM
        self.told: str | None = None
        self.given: tuple[int, ...] = ()
        self.failed: int | None = None
        self.chosen: int | None = None
        self.error: ActorError | None = None
        self.owner = self.stage.task_of(self.stage.runtime.spawn(self.own(state.outside)))
        self.stage.poll(self.owner)
        tasks = self.stage.runtime.tasks
        self.tasks = [tasks[number] for number in sorted(tasks) if tasks[number] is not self.owner]
        self.crew: _Branches | None = crew_of(self.tasks[0])

    async def own(self, outside: str) -> None:
        with self.outer:
            if outside == CANCELLED:
                self.outside = outside
                self.reach_in()
            with self.inner:
                await self.make_call()

    async def make_call(self) -> None:
        try:
            self.given = await self.call([actor.run() for actor in self.actors])
            self.told = VALUE
        except ActorError as error:
            self.told, self.error = ERROR, error  # kept: nothing may hang on it
        except AbortedError:
            self.told = ABORTED
        except Cancelled:
            self.told = CANCELLED
            raise

    # Actions

    def poll_branch(self, branch: int, answer: str) -> None:
        self.actors[branch].answer = answer
        self.stage.poll(self.tasks[branch])

    def wake_branch(self, branch: int) -> None:
        self.stage.wake(self.tasks[branch])

    def poll_owner(self) -> None:
        self.stage.poll(self.owner)
        self.look()
        if self.told is not None:
            assert all(map(is_done, self.tasks)), "the call has left branches behind"
            self.crew = None
            self.tasks.clear()  # errors that nobody asked for are reported now

    def cancel(self) -> None:
        self.outside = CANCELLED if self.outside == CALM else AGAIN
        self.stage.call(self.reach_in)

    def reach_in(self) -> None:
        self.inner.shield = False
        if self._aborts:
            self.owner.abort()
        else:
            self.outer.cancel()

    def shield(self) -> None:
        self.outside = SHIELDED
        self.stage.call(self.keep_out)

    def keep_out(self) -> None:
        self.inner.shield = True

    # What the runtime's state means

    def abstraction(self) -> State:
        self.look()
        call = self.state_of_call()
        heard = call == FINISHING and self.chosen is None
        owed = map(self.stage.is_owed, self.tasks)
        return State(
            call=call,
            outside=self.outside,
            owed_owner=self.stage.is_owed(self.owner),
            branches=tuple(map(self.state_of, range(self._branches))),
            owed_branches=tuple(owed) or (False,) * self._branches,
            failed=self.failed,
            chosen=self.chosen,
            told=CANCELLED if heard else self.told,
            given=self.given,
            reported=tuple(sorted(map(int, self.stage.reported))),
        )

    def look(self) -> None:
        """What the branches know of themselves, while they are there."""
        if self.crew is not None:
            self.failed = self.number_of(self.crew.failed)
            self.chosen = self.number_of(self.crew.chosen)

    def number_of(self, task: Task | None) -> int | None:
        return None if task is None else self.tasks.index(task)

    def state_of_call(self) -> str:
        if self.told is not None:
            return OVER
        assert self.crew is not None
        if self.crew.closed:
            return TELLING
        return FINISHING if self.crew.scope.cancel_called else WAITING

    def state_of(self, branch: int) -> str:
        outcome = self.actors[branch].outcome
        if outcome is not None:
            return outcome
        return NEW if is_new(self.tasks[branch]) else SUSPENDED

    def check_invariants(self) -> None:
        self.stage.runtime.check_invariants()
        running = [task for task in self.tasks if not is_done(task)]
        ended = [actor for actor in self.actors if actor.outcome is not None]
        assert len(running) + len(ended) == self._branches
        if self.told is None:
            assert self.crew is not None and self.crew.alive == len(running)
        else:
            assert is_done(self.owner) and not self.stage.runtime.tasks
        if self.error is not None:
            assert str(self.error) == str(self.chosen)

    def stop(self) -> None:
        self.stage.stop()


def crew_of(task: Task) -> _Branches:
    """Whom the task belongs to; it has not ended."""
    assert isinstance(task.on_done, MethodType)
    crew = task.on_done.__self__
    assert isinstance(crew, _Branches)
    return crew
