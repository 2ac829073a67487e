"""The variables and steps of the condition machine; what is modelled stands in `condition.py`."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, drop, put

AWAY, LOCKING, LOCKED, INSIDE = "away", "locking", "locked", "inside"
ASLEEP, NOTIFIED = "asleep", "notified"
RELOCKING, RELOCKED = "relocking", "relocked"
LEAVING, LEAVING_LOCKED = "leaving", "leaving, locked"

IN_LINE = {LOCKING: LOCKED, RELOCKING: RELOCKED, LEAVING: LEAVING_LOCKED}
"""Who waits for the mutex, and what becomes of it when it is its turn."""
OWNERS = (INSIDE, *IN_LINE.values())


class State(NamedTuple):
    """The variables; see the head of `condition.py`."""

    at: tuple[str, ...]
    line: tuple[int, ...]
    asleep: tuple[int, ...]
    by_one: tuple[bool, ...]
    cancelling: tuple[bool, ...]


class ConditionSteps(Machine[State]):
    """Everything that can happen, one atomic step each."""

    tasks: int = 3

    def initial(self) -> Iterable[State]:
        no = (False,) * self.tasks
        return [State((AWAY,) * self.tasks, (), (), no, no)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks)}

    @action(writes=("at", "line"), reads=("at", "line"), fair=False)
    def enter(self, state: State, task: int) -> State:
        """`async with condition:`, up to where it suspends if it does."""
        return self.lock(state, task, INSIDE, LOCKING)

    @enter.guard
    def can_enter(self, state: State, task: int) -> bool:
        return state.at[task] == AWAY

    @action(writes=("at", "line"), reads=("at", "line"))
    def leave(self, state: State, task: int) -> State:
        """The end of the block."""
        return self.settle(state._replace(at=put(state.at, task, AWAY)))

    @leave.guard
    def can_leave(self, state: State, task: int) -> bool:
        return state.at[task] == INSIDE

    @action(writes=("at", "line", "asleep"), reads=("at", "line", "asleep"), fair=False)
    def wait(self, state: State, task: int) -> State:
        """`wait`: fall asleep, and let go of the mutex."""
        at, asleep = put(state.at, task, ASLEEP), (*state.asleep, task)
        return self.settle(state._replace(at=at, asleep=asleep))

    @wait.guard
    def can_wait(self, state: State, task: int) -> bool:
        return state.at[task] == INSIDE

    @action(writes=("at", "asleep", "by_one"), reads=("at", "asleep", "by_one"), fair=False)
    def notify(self, state: State, task: int) -> State:
        """`notify`, by who holds the mutex."""
        return self.tell_first(state)

    @notify.guard
    def can_notify(self, state: State, task: int) -> bool:
        return state.at[task] == INSIDE

    @action(writes=("at", "asleep"), reads=("at", "asleep"), fair=False)
    def notify_all(self, state: State, task: int) -> State:
        """`notify_all`, by who holds the mutex."""
        at = state.at
        for other in state.asleep:
            at = put(at, other, NOTIFIED)
        return state._replace(at=at, asleep=())

    @notify_all.guard
    def can_notify_all(self, state: State, task: int) -> bool:
        return state.at[task] == INSIDE

    @action(writes=("cancelling",), reads=("at", "cancelling"), fair=False)
    def cancel(self, state: State, task: int) -> State:
        """One that is suspended is cancelled; behind its shield it does not hear of it."""
        return state._replace(cancelling=put(state.cancelling, task, True))

    @cancel.guard
    def can_cancel(self, state: State, task: int) -> bool:
        return state.at[task] not in (AWAY, INSIDE) and not state.cancelling[task]

    @action(
        writes=("at", "line", "asleep", "by_one", "cancelling"),
        reads=("at", "line", "asleep", "by_one", "cancelling"),
    )
    def poll(self, state: State, task: int) -> State:
        """The task goes on with what it was told, or it is cancelled where it is suspended."""
        at = state.at[task]
        if at == LEAVING_LOCKED:
            return self.end(state, task)
        if state.cancelling[task]:
            return self.give_up(state, task)
        if at == NOTIFIED:
            state = self.lock(state, task, INSIDE, RELOCKING)
        else:
            state = state._replace(at=put(state.at, task, INSIDE))
        # Who holds the mutex again has taken its notification.
        by_one = state.by_one[task] and state.at[task] != INSIDE
        return state._replace(by_one=put(state.by_one, task, by_one))

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        cancelled = state.cancelling[task] and state.at[task] != LEAVING
        return cancelled or state.at[task] in (LOCKED, NOTIFIED, RELOCKED, LEAVING_LOCKED)

    @action(writes=("at",), reads=("at", "cancelling"), fair=False)
    def wake_for_no_reason(self, state: State, task: int) -> State:
        """Somebody wakes the task, which is polled and waits on."""
        return state

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: State, task: int) -> bool:
        waits = state.at[task] in (LOCKING, ASLEEP, RELOCKING)
        return state.at[task] == LEAVING or (waits and not state.cancelling[task])

    # Pieces of the steps

    def give_up(self, state: State, task: int) -> State:
        """Cancelled: hand on what it was granted; who had the mutex takes it again, shielded."""
        before = state.at[task]
        state = state._replace(
            at=put(state.at, task, AWAY),
            line=drop(state.line, task) if task in state.line else state.line,
            asleep=drop(state.asleep, task) if task in state.asleep else state.asleep,
        )
        state = self.settle(state)
        if before in (LOCKING, LOCKED):
            return self.end(state, task)
        if state.by_one[task]:
            state = self.tell_first(state._replace(by_one=put(state.by_one, task, False)))
        state = self.lock(state, task, LEAVING_LOCKED, LEAVING)
        return self.end(state, task) if state.at[task] == LEAVING_LOCKED else state

    def end(self, state: State, task: int) -> State:
        """The block is left by the cancellation."""
        at, cancelling = put(state.at, task, AWAY), put(state.cancelling, task, False)
        return self.settle(state._replace(at=at, cancelling=cancelling))

    def lock(self, state: State, task: int, owner: str, in_line: str) -> State:
        """Take the mutex if it is free, or stand in line for it."""
        if self.is_free(state) and not state.line:
            return state._replace(at=put(state.at, task, owner))
        return self.settle(
            state._replace(at=put(state.at, task, in_line), line=(*state.line, task))
        )

    def settle(self, state: State) -> State:
        """If the mutex is free, it is the turn of the first in line."""
        if not state.line or not self.is_free(state):
            return state
        first = state.line[0]
        at = put(state.at, first, IN_LINE[state.at[first]])
        return state._replace(at=at, line=state.line[1:])

    def tell_first(self, state: State) -> State:
        """Notify the first who is asleep, if anybody is."""
        if not state.asleep:
            return state
        first = state.asleep[0]
        return state._replace(
            at=put(state.at, first, NOTIFIED),
            asleep=state.asleep[1:],
            by_one=put(state.by_one, first, True),
        )

    def is_free(self, state: State) -> bool:
        """Whether nobody has the mutex."""
        return not any(at in OWNERS for at in state.at)
