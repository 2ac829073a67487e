"""The variables and steps of the semaphore machine; what is modelled stands in `semaphore.py`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, put

from .waiting import AWAY, GRANTED, INSIDE, WAITING, Tasks, all_away
from .waiting_steps import WaitingSteps


class State(NamedTuple):
    """The variables; see the head of `semaphore.py`."""

    free: int
    tasks: Tasks
    needs: tuple[int, ...]
    closed: bool


class SemaphoreSteps(WaitingSteps):
    """Everything that can happen, one atomic step each."""

    tasks: int = 3
    permits: int = 2
    sizes: tuple[int, ...] = (1, 2)

    def initial(self) -> Iterable[State]:
        return [State(self.permits, all_away(self.tasks), (0,) * self.tasks, False)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks), "need": self.sizes}

    @action(
        writes=("free", "tasks", "needs"), reads=("free", "tasks", "needs", "closed"), fair=False
    )
    def ask(self, state: State, task: int, need: int) -> State:
        """`acquire`, up to where it suspends if it does. A closed one refuses at once."""
        if state.closed:
            return state
        if self.can_take(state, need):
            return self.take(state, task, need)
        return state._replace(tasks=state.tasks.stand(task), needs=put(state.needs, task, need))

    @ask.guard
    def can_ask(self, state: State, task: int, need: int) -> bool:
        return state.tasks.at[task] == AWAY

    @action(
        writes=("free", "tasks", "needs"), reads=("free", "tasks", "needs", "closed"), fair=False
    )
    def try_ask(self, state: State, task: int, need: int) -> State:
        """`try_acquire`: nothing happens unless it can be at once."""
        if state.closed or not self.can_take(state, need):
            return state
        return self.take(state, task, need)

    @try_ask.guard
    def can_try_ask(self, state: State, task: int, need: int) -> bool:
        return state.tasks.at[task] == AWAY

    @action(writes=("free", "tasks", "needs"), reads=("free", "tasks", "needs"))
    def poll(self, state: State, task: int) -> State:
        """The task goes on with what it was granted, or it leaves."""
        at, need = state.tasks.at[task], state.needs[task]
        if at == GRANTED and not state.tasks.cancelling[task]:
            return state._replace(tasks=state.tasks.go(task, INSIDE))
        free = state.free + need if at == GRANTED else state.free
        return self.give_back(state, task, free)

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.is_owed(task)

    @action(writes=("free", "tasks", "needs"), reads=("free", "tasks", "needs"))
    def release(self, state: State, task: int) -> State:
        """`release`, of all that the task has."""
        return self.give_back(state, task, state.free + state.needs[task])

    @release.guard
    def can_release(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == INSIDE

    def can_take(self, state: State, need: int) -> bool:
        """Whether there are so many permits, and nobody waits."""
        return need <= state.free and not state.tasks.queue()

    def take(self, state: State, task: int, need: int) -> State:
        """The task has the permits at once."""
        return state._replace(
            free=state.free - need,
            tasks=state.tasks.go(task, INSIDE),
            needs=put(state.needs, task, need),
        )

    def give_back(self, state: State, task: int, free: int) -> State:
        """The task goes away, and so many permits are free then."""
        tasks, needs = state.tasks.go(task, AWAY), put(state.needs, task, 0)
        return self.settle(state._replace(free=free, tasks=tasks, needs=needs))

    def settle(self, state: State) -> State:
        """Grant to the first who wait, for as long as there is enough."""
        for task in state.tasks.queue():
            if state.needs[task] > state.free:
                break
            free = state.free - state.needs[task]
            state = state._replace(free=free, tasks=state.tasks.tell(task, GRANTED))
        return state

    def is_first(self, state: State, task: int) -> bool:
        """Whether the task is the one whose turn comes next."""
        return state.tasks.at[task] == WAITING and state.tasks.queue()[0] == task
