"""The variables of the machine of `task_start.py`, and its steps.

What is modelled, and what the variables mean, is said there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

BLOCK, CALLER, TASK = 0, 1, 2
INSIDE, LEAVING, LEFT = "inside", "leaving", "left"
ABSENT, NEW, SUSPENDED, DONE = "absent", "new", "suspended", "done"
WAITING, ENDING = "waiting", "ending"
VALUE, ERROR, ABORTED = "value", "error", "aborted"
MISUSE, CANCELLED, REFUSED = "misuse", "cancelled", "refused"
WAIT, STARTED = "wait", "started"


class State(NamedTuple):
    """The variables; see the head of `task_start.py`."""

    owed: tuple[bool, ...]
    block: str
    caller: str
    task: str
    outcome: str | None
    is_member: bool
    has_called: bool
    cancelling: bool
    cancelled: bool
    failed: bool


class TaskStartSteps(Machine[State]):
    """Everything that can happen, one atomic step each."""

    def initial(self) -> Iterable[State]:
        return [
            State(
                owed=(False, True, False),
                block=INSIDE,
                caller=NEW,
                task=ABSENT,
                outcome=None,
                is_member=False,
                has_called=False,
                cancelling=False,
                cancelled=False,
                failed=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"answer": (WAIT, STARTED, VALUE, ERROR, ABORTED)}

    # What the steps are made of

    def owe(self, state: State, who: int, owed: bool = True) -> State:
        """Owe somebody a poll, or have polled them."""
        return state._replace(owed=put(state.owed, who, owed))

    def starts(self, state: State) -> bool:
        """Whether the call goes on."""
        return state.caller in (WAITING, ENDING)

    def is_alive(self, state: State) -> bool:
        """Whether there is a task."""
        return state.task in (NEW, SUSPENDED)

    def is_empty(self, state: State) -> bool:
        """Whether the group has no task, and none that starts."""
        return not self.starts(state) and not (state.is_member and self.is_alive(state))

    def is_cancelled(self, state: State) -> bool:
        """Whether a cancellation reaches the task."""
        if not self.is_alive(state):
            return False
        return state.cancelled if state.is_member else state.cancelling

    def wake_block(self, state: State) -> State:
        """The block that is leaving looks again when the group has become empty."""
        waits = state.block == LEAVING and self.is_empty(state)
        return self.owe(state, BLOCK) if waits else state

    def cancel_members(self, state: State) -> State:
        """The group is cancelled: its body hears of it, and the task if it is a member."""
        if state.cancelled:
            return state
        state = state._replace(cancelled=True)
        if state.block == INSIDE:
            state = self.owe(state, BLOCK)
        return self.owe(state, TASK) if state.is_member and self.is_alive(state) else state

    def end_call(self, state: State) -> State:
        """The task has started or ended, and the caller goes on."""
        if state.cancelling and state.outcome == ERROR and not state.is_member:
            ended = ERROR
        elif state.cancelling:
            ended = CANCELLED
        elif state.is_member:
            ended = VALUE
        else:
            ended = {VALUE: MISUSE, ERROR: ERROR, ABORTED: ABORTED}[state.outcome or VALUE]
        return self.wake_block(state._replace(caller=ended))

    # The caller

    @action(writes=("owed", "caller", "task"))
    def poll_caller(self, state: State) -> State:
        """It begins, hears of its cancellation where it waits, or goes on."""
        state = self.owe(state, CALLER, False)
        if state.caller == NEW and state.block == LEFT:
            return state._replace(caller=REFUSED)
        if state.caller == NEW:
            state = state._replace(caller=WAITING, task=NEW)
            return self.owe(self.owe(state, TASK), CALLER, state.cancelling)
        settled = state.is_member or state.task == DONE
        if state.caller == WAITING and state.cancelling and not settled:
            return self.owe(state._replace(caller=ENDING), CALLER)
        return self.end_call(state) if settled else state

    @poll_caller.guard
    def can_poll_caller(self, state: State) -> bool:
        return state.owed[CALLER]

    @action(writes=("owed", "cancelling"), fair=False)
    def cancel_caller(self, state: State) -> State:
        """The task that is starting hears of it, too."""
        state = self.owe(state._replace(cancelling=True), CALLER)
        return self.owe(state, TASK) if self.is_alive(state) and not state.is_member else state

    @cancel_caller.guard
    def can_cancel_caller(self, state: State) -> bool:
        return not state.cancelling and state.caller in (NEW, WAITING)

    # The task

    @action(writes=("owed", "task", "outcome", "is_member", "has_called", "cancelled", "failed"))
    def poll_task(self, state: State, answer: str) -> State:
        """One poll, which ends as the task chooses; cancelled, it is owed the next one."""
        state = self.owe(state, TASK, False)
        if answer in (VALUE, ERROR, ABORTED):
            return self.end_task(state._replace(task=DONE, outcome=answer))
        if answer == STARTED:
            state = self.call_started(state)
        state = state._replace(task=SUSPENDED)
        return self.owe(state, TASK) if self.is_cancelled(state) else state

    @poll_task.guard
    def can_poll_task(self, state: State, answer: str) -> bool:
        if not state.owed[TASK] or (answer == STARTED and state.has_called):
            return False
        return answer != ABORTED or (state.task == SUSPENDED and self.is_cancelled(state))

    def call_started(self, state: State) -> State:
        """The hand-over: nothing happens if the call is being cancelled."""
        state = state._replace(has_called=True)
        if state.cancelling:
            return state
        return self.owe(state._replace(is_member=True), CALLER)

    def end_task(self, state: State) -> State:
        """Whose the task is learns how it ended."""
        if not state.is_member:
            return self.owe(state, CALLER)
        if state.outcome in (ERROR, ABORTED):
            state = self.cancel_members(state)
        return self.wake_block(state._replace(failed=state.failed or state.outcome == ERROR))

    @action(writes=("owed",), fair=False)
    def wake_task(self, state: State) -> State:
        """What the task waits for has happened."""
        return self.owe(state, TASK)

    @wake_task.guard
    def can_wake_task(self, state: State) -> bool:
        return state.task == SUSPENDED and not state.owed[TASK]

    # The group

    @action(writes=("owed", "cancelled"), fair=False)
    def cancel_group(self, state: State) -> State:
        return self.cancel_members(state)

    @cancel_group.guard
    def can_cancel_group(self, state: State) -> bool:
        return not state.cancelled and state.block != LEFT

    @action(writes=("owed", "block"), fair=False)
    def leave(self, state: State) -> State:
        """The body of the block ends."""
        return self.poll_block(self.owe(state, BLOCK))

    @leave.guard
    def can_leave(self, state: State) -> bool:
        return state.block == INSIDE and not state.cancelled

    @action(writes=("owed", "block"))
    def poll_block(self, state: State) -> State:
        """The body is cancelled, or the block looks whether all have ended."""
        first = state.block == INSIDE and state.cancelled
        if self.is_empty(state):
            return self.owe(state, BLOCK, False)._replace(block=LEFT)
        return self.owe(state, BLOCK, first)._replace(block=LEAVING)

    @poll_block.guard
    def can_poll_block(self, state: State) -> bool:
        return state.owed[BLOCK]
