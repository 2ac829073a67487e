"""The variables of the machine of `bounded_map.py`, and its steps.

What is modelled, and what the variables mean, is said there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

NEW, SUSPENDED, DONE = "new", "suspended", "done"
ROOM, PULL = "room", "pull"
WAIT, VALUE, ERROR, ABORTED, END = "wait", "value", "error", "aborted", "end"
AWAY, NEXT = "away", "next"
INSIDE, LEAVING, LEFT = "inside", "leaving", "left"
FEEDER = -1


class State(NamedTuple):
    """The variables; see the head of `bounded_map.py`."""

    block: str
    consumer: str
    cancelling: bool
    owed_consumer: bool
    feeder: str
    owed_feeder: bool
    tasks: tuple[str, ...]
    owed_tasks: tuple[bool, ...]
    aborting: bool
    ended: tuple[int, ...]
    line: tuple[int, ...]
    given: tuple[int, ...]
    failed: int | None
    told: str | None
    exhausted: bool


class BoundedMapSteps(Machine[State]):
    """Everything that can happen, one atomic step each."""

    items: int = 2
    limit: int = 1
    ordered: bool = True

    def initial(self) -> Iterable[State]:
        return [
            State(
                block=INSIDE,
                consumer=AWAY,
                cancelling=False,
                owed_consumer=False,
                feeder=NEW,
                owed_feeder=True,
                tasks=(),
                owed_tasks=(),
                aborting=False,
                ended=(),
                line=(),
                given=(),
                failed=None,
                told=None,
                exhausted=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.items), "answer": (WAIT, VALUE, ERROR, ABORTED, END)}

    # What the steps are made of

    def alive(self, state: State) -> list[int]:
        """The items that run."""
        return [task for task, at in enumerate(state.tasks) if at != DONE]

    def is_over(self, state: State) -> bool:
        """Whether everything that was started has ended."""
        return state.feeder == DONE and not self.alive(state)

    def has_room(self, state: State) -> bool:
        """Whether fewer than `limit` run or were not taken."""
        return len(state.tasks) - len(state.given) < self.limit

    def has_answer(self, state: State) -> bool:
        """Whether whoever asks for the next value need not wait."""
        if state.failed is not None or (state.line and state.tasks[state.line[0]] == DONE):
            return True
        return self.is_over(state) and len(state.given) == len(state.tasks)

    def wake(self, state: State) -> State:
        """After an end: who waits for what has come true is owed a poll."""
        asked = state.consumer == NEXT and self.has_answer(state)
        leaves = state.block == LEAVING and self.is_over(state)
        return state._replace(owed_consumer=True) if asked or leaves else state

    def abort(self, state: State) -> State:
        """Everybody who runs is cancelled, and owed a poll."""
        alive = self.alive(state)
        return state._replace(
            aborting=True,
            owed_feeder=state.feeder != DONE,
            owed_tasks=tuple(task in alive for task in range(len(state.tasks))),
        )

    def end(self, state: State, who: int, outcome: str) -> State:
        """An item or the source has ended; the first failure cancels the rest."""
        if outcome in (ERROR, ABORTED) and state.failed is None:
            state = self.abort(state._replace(failed=who))
        return self.wake(state)

    def look(self, state: State) -> State:
        """The consumer is told of a failure, takes a value, is told of the end, or waits."""
        if not self.has_answer(state):
            return state._replace(consumer=NEXT)
        state = state._replace(consumer=AWAY)
        if state.failed is not None:
            return state._replace(told=ERROR)
        if not state.line:
            return state._replace(told=END)
        first, *rest = state.line
        state = state._replace(line=tuple(rest), given=(*state.given, first))
        return state._replace(owed_feeder=state.owed_feeder or state.feeder == ROOM)

    def leave_if_over(self, state: State) -> State:
        """The block is left when everything has ended."""
        if not self.is_over(state):
            return state._replace(block=LEAVING)
        return state._replace(block=LEFT, owed_consumer=False, line=())

    # The source

    @action(
        writes=(
            *("feeder", "owed_feeder", "tasks", "owed_tasks", "aborting", "line", "failed"),
            *("owed_consumer", "exhausted"),
        )
    )
    def poll_feeder(self, state: State, answer: str) -> State:
        """It looks for room, and asks the source, which answers at once or makes it wait."""
        state = state._replace(owed_feeder=False)
        if state.feeder == ROOM:
            if state.aborting:
                return self.end(state._replace(feeder=DONE), FEEDER, ABORTED)
            if not self.has_room(state):
                return state
        return self.hear(state, answer)

    @poll_feeder.guard
    def can_poll_feeder(self, state: State, answer: str) -> bool:
        if not state.owed_feeder:
            return False
        if state.feeder == ROOM and (state.aborting or not self.has_room(state)):
            return answer == WAIT  # the source is not asked
        if answer == ABORTED:
            return state.aborting and state.feeder == PULL
        return answer != VALUE or len(state.tasks) < self.items

    def hear(self, state: State, answer: str) -> State:
        """What the source answers. A value begins an item, and then there may be no more room."""
        if answer == WAIT:
            return state._replace(feeder=PULL, owed_feeder=state.aborting)
        if answer == VALUE and state.failed is None:
            state = state._replace(tasks=(*state.tasks, NEW), owed_tasks=(*state.owed_tasks, True))
            if self.ordered:
                state = state._replace(line=(*state.line, len(state.tasks) - 1))
            feeder = PULL if self.has_room(state) else ROOM
            return state._replace(feeder=feeder, owed_feeder=state.aborting)
        state = state._replace(feeder=DONE, exhausted=answer == END)
        return self.end(state, FEEDER, answer)

    @action(writes=("owed_feeder",), fair=False)
    def wake_source(self, state: State) -> State:
        return state._replace(owed_feeder=True)

    @wake_source.guard
    def can_wake_source(self, state: State) -> bool:
        return state.feeder == PULL and not state.owed_feeder

    # The items

    @action(
        writes=(
            *("tasks", "owed_tasks", "ended", "line", "failed", "aborting"),
            *("owed_feeder", "owed_consumer"),
        )
    )
    def poll_task(self, state: State, task: int, answer: str) -> State:
        """One poll, which ends as the item chooses; cancelled, it is owed the next one."""
        owed = state.aborting and answer == WAIT
        state = state._replace(owed_tasks=put(state.owed_tasks, task, owed))
        if answer == WAIT:
            return state._replace(tasks=put(state.tasks, task, SUSPENDED))
        state = state._replace(tasks=put(state.tasks, task, DONE), ended=(*state.ended, task))
        if answer == VALUE and not self.ordered:
            state = state._replace(line=(*state.line, task))
        return self.end(state, task, answer)

    @poll_task.guard
    def can_poll_task(self, state: State, task: int, answer: str) -> bool:
        if task >= len(state.tasks) or not state.owed_tasks[task] or answer == END:
            return False
        return answer != ABORTED or (state.aborting and state.tasks[task] == SUSPENDED)

    @action(writes=("owed_tasks",), fair=False)
    def wake_task(self, state: State, task: int) -> State:
        return state._replace(owed_tasks=put(state.owed_tasks, task, True))

    @wake_task.guard
    def can_wake_task(self, state: State, task: int) -> bool:
        if task >= len(state.tasks):
            return False
        return state.tasks[task] == SUSPENDED and not state.owed_tasks[task]

    # The consumer

    @action(writes=("consumer", "owed_consumer", "line", "given", "told", "owed_feeder"))
    def ask(self, state: State) -> State:
        """The consumer asks for the next value."""
        return self.look(state._replace(owed_consumer=False))

    @ask.guard
    def can_ask(self, state: State) -> bool:
        return state.block == INSIDE and state.consumer == AWAY and state.told is None

    @action(
        writes=("consumer", "cancelling", "owed_consumer", "line", "given", "told", "owed_feeder")
    )
    def poll_consumer(self, state: State) -> State:
        """It hears of its cancellation and takes nothing, or looks again."""
        state = state._replace(owed_consumer=state.cancelling)
        if state.cancelling:
            return state._replace(consumer=AWAY, cancelling=False)
        return self.look(state) if state.consumer == NEXT else state

    @poll_consumer.guard
    def can_poll_consumer(self, state: State) -> bool:
        return state.block == INSIDE and state.owed_consumer

    @action(writes=("cancelling", "owed_consumer"), fair=False)
    def cancel(self, state: State) -> State:
        return state._replace(cancelling=True, owed_consumer=True)

    @cancel.guard
    def can_cancel(self, state: State) -> bool:
        return state.consumer == NEXT and not state.cancelling

    @action(
        writes=("block", "owed_consumer", "line", "aborting", "owed_feeder", "owed_tasks"),
        fair=False,
    )
    def leave(self, state: State) -> State:
        """The consumer leaves the block: whatever runs is cancelled."""
        state = state._replace(owed_consumer=True)  # it is inside of what it cancels
        return self.leave_if_over(self.abort(state))

    @leave.guard
    def can_leave(self, state: State) -> bool:
        return state.block == INSIDE and state.consumer == AWAY

    @action(writes=("block", "owed_consumer", "line"))
    def poll_owner(self, state: State) -> State:
        """The consumer, who waits for all to end, looks again."""
        return self.leave_if_over(state._replace(owed_consumer=False))

    @poll_owner.guard
    def can_poll_owner(self, state: State) -> bool:
        return state.block == LEAVING and state.owed_consumer
