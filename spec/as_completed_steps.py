"""The variables of the machines of `as_completed.py` and `bounded_map.py`, and the steps of both.

What is modelled, and what the variables mean, is said in `as_completed.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

NEW, SUSPENDED, DONE = "new", "suspended", "done"
ROOM = "room"
WAIT, VALUE, ERROR, ABORTED, END = "wait", "value", "error", "aborted", "end"
AWAY, NEXT = "away", "next"
INSIDE, LEAVING, LEFT = "inside", "leaving", "left"
CALM, CANCELLED, HEARD = "calm", "cancelled", "heard"
FEEDER = -1


class State(NamedTuple):
    """The variables; see the head of `as_completed.py`."""

    block: str
    outside: str
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


class AsCompletedSteps(Machine[State]):
    """Everything that can happen to a block of results, one atomic step each."""

    items: int = 2

    def initial(self) -> Iterable[State]:
        """The block has begun with all that will ever run in it."""
        return [
            State(
                block=INSIDE,
                outside=CALM,
                consumer=AWAY,
                cancelling=False,
                owed_consumer=False,
                feeder=DONE,
                owed_feeder=False,
                tasks=(NEW,) * self.items,
                owed_tasks=(True,) * self.items,
                aborting=False,
                ended=(),
                line=(),
                given=(),
                failed=None,
                told=None,
                exhausted=True,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.items), "answer": (WAIT, VALUE, ERROR, ABORTED)}

    # What the steps are made of

    def alive(self, state: State) -> list[int]:
        """The items that run."""
        return [task for task, at in enumerate(state.tasks) if at != DONE]

    def is_over(self, state: State) -> bool:
        """Whether everything that was started has ended."""
        return state.feeder == DONE and not self.alive(state)

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

    def stand_in_line(self, state: State, task: int) -> State:
        """The value of an item that has ended comes after all that came before."""
        return state._replace(line=(*state.line, task))

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

    def is_away(self, state: State) -> bool:
        """Whether the consumer is in the block, waits for nothing of it, and may go on."""
        return state.block == INSIDE and state.consumer == AWAY and state.outside == CALM

    def go(self, state: State) -> State:
        """Cancel what runs, the consumer itself being inside of that, and wait for it."""
        return self.leave_if_over(self.abort(state._replace(owed_consumer=True)))

    def leave_if_over(self, state: State) -> State:
        """The block is left when everything has ended."""
        if not self.is_over(state):
            return state._replace(block=LEAVING)
        return state._replace(block=LEFT, owed_consumer=False, line=())

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
        if answer == VALUE:
            state = self.stand_in_line(state, task)
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
        return self.is_away(state) and state.told is None

    @action(
        writes=(
            *("consumer", "cancelling", "owed_consumer", "line", "given", "told", "owed_feeder"),
            *("block", "outside", "owed_tasks", "aborting"),
        )
    )
    def poll_consumer(self, state: State) -> State:
        """It hears of a cancellation and takes nothing, or looks again."""
        if state.outside == CANCELLED:
            return self.go(state._replace(outside=HEARD, consumer=AWAY, cancelling=False))
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
        return self.go(state)

    @leave.guard
    def can_leave(self, state: State) -> bool:
        return self.is_away(state)

    @action(
        writes=("outside", "owed_consumer", "aborting", "owed_feeder", "owed_tasks"), fair=False
    )
    def cancel_block(self, state: State) -> State:
        """A scope around the block is cancelled, or the consumer's task aborted."""
        state = state._replace(outside=CANCELLED)
        if state.block == LEAVING:
            return state  # what runs was cancelled, and the consumer waits behind a shield
        return self.abort(state._replace(owed_consumer=True))

    @cancel_block.guard
    def can_cancel_block(self, state: State) -> bool:
        return state.outside == CALM and state.block != LEFT

    @action(writes=("block", "owed_consumer", "line"))
    def poll_owner(self, state: State) -> State:
        """The consumer, who waits for all to end, looks again."""
        return self.leave_if_over(state._replace(owed_consumer=False))

    @poll_owner.guard
    def can_poll_owner(self, state: State) -> bool:
        return state.block == LEAVING and state.owed_consumer
