"""The variables of the machine of `join_set.py`, and its steps.

What is modelled, and what the variables mean, is said there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

NEW, SUSPENDED, DONE = "new", "suspended", "done"
WAIT, VALUE, ERROR, ABORTED = "wait", "value", "error", "aborted"
AWAY, JOINING = "away", "joining"
INSIDE, LEAVING, LEFT = "inside", "leaving", "left"
OWNER = 0


class State(NamedTuple):
    """The variables; see the head of `join_set.py`."""

    block: str
    joiners: tuple[str, ...]
    cancelling: tuple[bool, ...]
    owed_joiners: tuple[bool, ...]
    tasks: tuple[str, ...]
    aborting: tuple[bool, ...]
    owed_tasks: tuple[bool, ...]
    ended: tuple[int, ...]
    finished: tuple[int, ...]
    given: tuple[int, ...]
    told_empty: int


class JoinSetSteps(Machine[State]):
    """Everything that can happen, one atomic step each."""

    tasks: int = 2
    joiners: int = 2

    def initial(self) -> Iterable[State]:
        nobody = (False,) * self.joiners
        return [
            State(
                block=INSIDE,
                joiners=(AWAY,) * self.joiners,
                cancelling=nobody,
                owed_joiners=nobody,
                tasks=(),
                aborting=(),
                owed_tasks=(),
                ended=(),
                finished=(),
                given=(),
                told_empty=0,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "task": range(self.tasks),
            "joiner": range(self.joiners),
            "answer": (WAIT, VALUE, ERROR, ABORTED),
        }

    # What the steps are made of

    def alive(self, state: State) -> list[int]:
        """The tasks that have not ended."""
        return [task for task, at in enumerate(state.tasks) if at != DONE]

    def has_news(self, state: State) -> bool:
        """Whether `join_next` has an answer."""
        return bool(state.finished) or not self.alive(state)

    def wake(self, state: State) -> State:
        """After the end of a task: who waits for what has come true is owed a poll."""
        if self.has_news(state):
            waiting = tuple(at == JOINING for at in state.joiners)
            state = state._replace(
                owed_joiners=tuple(map(max, zip(state.owed_joiners, waiting, strict=True)))
            )
        if state.block == LEAVING and not self.alive(state):
            state = state._replace(owed_joiners=put(state.owed_joiners, OWNER, True))
        return state

    def abort(self, state: State) -> State:
        """Every task that has not ended is cancelled, and owed a poll."""
        alive = self.alive(state)
        numbers = range(len(state.tasks))
        return state._replace(
            aborting=tuple(state.aborting[each] or each in alive for each in numbers),
            owed_tasks=tuple(state.owed_tasks[each] or each in alive for each in numbers),
        )

    def look(self, state: State, joiner: int) -> State:
        """`join_next` takes what has ended first, says that there is nothing, or waits."""
        if state.finished:
            first, *rest = state.finished
            state = state._replace(finished=tuple(rest), given=(*state.given, first))
        elif not self.alive(state):
            state = state._replace(told_empty=min(2, state.told_empty + 1))
        else:
            return state._replace(joiners=put(state.joiners, joiner, JOINING))
        return state._replace(joiners=put(state.joiners, joiner, AWAY))

    def leave_if_empty(self, state: State) -> State:
        """The block is left when every task has ended; what nobody took is dropped."""
        if self.alive(state):
            return state._replace(block=LEAVING)
        state = state._replace(owed_joiners=put(state.owed_joiners, OWNER, False))
        return state._replace(block=LEFT, finished=())

    # The tasks

    @action(writes=("tasks", "aborting", "owed_tasks"), fair=False)
    def spawn(self, state: State) -> State:
        return state._replace(
            tasks=(*state.tasks, NEW),
            aborting=(*state.aborting, False),
            owed_tasks=(*state.owed_tasks, True),
        )

    @spawn.guard
    def can_spawn(self, state: State) -> bool:
        return len(state.tasks) < self.tasks and state.block == INSIDE

    @action(writes=("tasks", "owed_tasks", "owed_joiners", "ended", "finished"))
    def poll_task(self, state: State, task: int, answer: str) -> State:
        """One poll, which ends as the task chooses; cancelled, it is owed the next one."""
        if answer != WAIT:
            state = state._replace(
                tasks=put(state.tasks, task, DONE),
                owed_tasks=put(state.owed_tasks, task, False),
                ended=(*state.ended, task),
                finished=(*state.finished, task),
            )
            return self.wake(state)
        return state._replace(
            tasks=put(state.tasks, task, SUSPENDED),
            owed_tasks=put(state.owed_tasks, task, state.aborting[task]),
        )

    @poll_task.guard
    def can_poll_task(self, state: State, task: int, answer: str) -> bool:
        if task >= len(state.tasks) or not state.owed_tasks[task]:
            return False
        return answer != ABORTED or (state.aborting[task] and state.tasks[task] == SUSPENDED)

    @action(writes=("owed_tasks",), fair=False)
    def wake_task(self, state: State, task: int) -> State:
        return state._replace(owed_tasks=put(state.owed_tasks, task, True))

    @wake_task.guard
    def can_wake_task(self, state: State, task: int) -> bool:
        if task >= len(state.tasks):
            return False
        return state.tasks[task] == SUSPENDED and not state.owed_tasks[task]

    @action(writes=("aborting", "owed_tasks"), fair=False)
    def abort_all(self, state: State) -> State:
        return self.abort(state)

    @abort_all.guard
    def can_abort_all(self, state: State) -> bool:
        return any(not state.aborting[task] for task in self.alive(state))

    # Who joins

    @action(writes=("joiners", "owed_joiners", "finished", "given", "told_empty"), fair=False)
    def join_next(self, state: State, joiner: int) -> State:
        """The joiner is polled, and calls `join_next`."""
        owed = put(state.owed_joiners, joiner, False)
        return self.look(state._replace(owed_joiners=owed), joiner)

    @join_next.guard
    def can_join_next(self, state: State, joiner: int) -> bool:
        free = state.joiners[joiner] == AWAY and state.told_empty < 2
        return free and (joiner != OWNER or state.block == INSIDE)

    @action(writes=("joiners", "cancelling", "owed_joiners", "finished", "given", "told_empty"))
    def poll_joiner(self, state: State, joiner: int) -> State:
        """It hears of its cancellation and takes nothing, or looks again."""
        state = state._replace(owed_joiners=put(state.owed_joiners, joiner, False))
        if state.cancelling[joiner]:
            return state._replace(
                joiners=put(state.joiners, joiner, AWAY),
                cancelling=put(state.cancelling, joiner, False),
                owed_joiners=put(state.owed_joiners, joiner, True),  # a level: once more
            )
        return self.look(state, joiner) if state.joiners[joiner] == JOINING else state

    @poll_joiner.guard
    def can_poll_joiner(self, state: State, joiner: int) -> bool:
        leaves = joiner == OWNER and state.block != INSIDE
        return state.owed_joiners[joiner] and not leaves

    @action(writes=("cancelling", "owed_joiners"), fair=False)
    def cancel(self, state: State, joiner: int) -> State:
        return state._replace(
            cancelling=put(state.cancelling, joiner, True),
            owed_joiners=put(state.owed_joiners, joiner, True),
        )

    @cancel.guard
    def can_cancel(self, state: State, joiner: int) -> bool:
        return state.joiners[joiner] == JOINING and not state.cancelling[joiner]

    # The block

    @action(writes=("block", "aborting", "owed_tasks", "owed_joiners", "finished"), fair=False)
    def leave(self, state: State) -> State:
        """The owner leaves the block: whoever has not ended is cancelled."""
        state = state._replace(owed_joiners=put(state.owed_joiners, OWNER, True))  # it is inside
        return self.leave_if_empty(self.abort(state))

    @leave.guard
    def can_leave(self, state: State) -> bool:
        return state.block == INSIDE and state.joiners[OWNER] == AWAY

    @action(writes=("block", "owed_joiners", "finished"))
    def poll_owner(self, state: State) -> State:
        """The owner, who waits for all to end, looks again."""
        state = state._replace(owed_joiners=put(state.owed_joiners, OWNER, False))
        return self.leave_if_empty(state)

    @poll_owner.guard
    def can_poll_owner(self, state: State) -> bool:
        return state.block == LEAVING and state.owed_joiners[OWNER]
