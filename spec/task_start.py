"""TaskGroup.start: a task that belongs to its caller until it says that it has started.

Modelled: one group with its block, a caller that is no task of the group, and the task that it
starts; each is polled when it is owed a poll, in any order; the task's ways to end, before it has
begun, while it starts and afterwards; cancellation of the caller and of the group at any time; the
block that is left at any time.

Left out: the order of the run queue (`scheduler.py`), further tasks of the group and scopes with
shields (`cancel_scopes.py`).

Variables:
    owed        who is owed a poll: BLOCK, CALLER, TASK
    block       inside its body, leaving (it waits for all to end), left
    caller      new, waiting, ending (cancelled, it waits for the task), or how the call has ended
    task        absent, new, suspended, done
    outcome     how the task has ended
    is_member   the task has become one of the group
    has_called  the task has called started
    cancelling  the caller was cancelled
    cancelled   the group was cancelled
    failed      the group has noted a failure

Facts: the task is the caller's or the group's, never of both and never of nobody.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .task_start_steps import (
    ABORTED,
    BLOCK,
    CALLER,
    CANCELLED,
    DONE,
    ERROR,
    LEAVING,
    LEFT,
    MISUSE,
    NEW,
    REFUSED,
    STARTED,
    SUSPENDED,
    VALUE,
    WAIT,
    WAITING,
    State,
    TaskStartSteps,
)


class TaskStartMachine(TaskStartSteps):
    """See the head of this file."""

    # Safety

    @always
    def nobody_is_left_behind(self, state: State) -> bool:
        """Whoever has called `start` goes on when the task is over, or the group's."""
        return self.starts(state) or not self.is_alive(state) or state.is_member

    @always
    def the_block_ends_last(self, state: State) -> bool:
        return state.block != LEFT or self.is_empty(state)

    @always
    def an_error_before_it_has_started_is_the_callers(self, state: State) -> bool:
        """Also when the caller was cancelled, and never the group's."""
        if state.outcome != ERROR or state.is_member:
            return True
        return not state.failed and (state.caller == ERROR or self.starts(state))

    @always
    def an_error_after_it_has_started_is_the_groups(self, state: State) -> bool:
        if state.outcome != ERROR or not state.is_member:
            return not state.failed
        return state.failed and state.cancelled and state.caller != ERROR

    @always
    def the_value_is_told_of_a_member_only(self, state: State) -> bool:
        return state.caller != VALUE or state.is_member

    @always
    def a_task_that_has_started_outlives_its_caller(self, state: State) -> bool:
        """The caller's cancellation does not reach it."""
        return not (state.is_member and state.outcome == ABORTED) or state.cancelled

    @always
    def who_waits_for_something_that_was_is_owed_a_poll(self, state: State) -> bool:
        settled = self.starts(state) and (state.is_member or state.task == DONE)
        empty = state.block == LEAVING and self.is_empty(state)
        return (not settled or state.owed[CALLER]) and (not empty or state.owed[BLOCK])

    @always
    def only_who_is_owed_a_poll_is_polled(self, state: State) -> bool:
        polls_task = any(self.can_poll_task(state, answer) for answer in (WAIT, STARTED, ABORTED))
        polled = (self.can_poll_block(state), self.can_poll_caller(state), polls_task)
        return all(map(max, zip(state.owed, (not each for each in polled), strict=True)))

    @always
    def started_is_called_once(self, state: State) -> bool:
        return not (state.has_called and self.can_poll_task(state, STARTED))

    @always
    def it_ends_by_a_cancellation_that_has_reached_it(self, state: State) -> bool:
        """And at a suspension: whoever has not begun runs to the first one."""
        reached = state.task == SUSPENDED and self.is_cancelled(state)
        return reached or not self.can_poll_task(state, ABORTED)

    # Progress

    def has_been_settled(self, state: State) -> bool:
        """Whether the call waits for something that has happened."""
        return self.starts(state) and (state.is_member or state.task == DONE)

    @eventually(after="has_been_settled")
    def the_call_ends(self, state: State) -> bool:
        return not self.starts(state)

    def could_leave(self, state: State) -> bool:
        """Whether the block waits for tasks that have ended, with no call to come."""
        return state.block == LEAVING and state.caller != NEW and self.is_empty(state)

    @eventually(after="could_leave")
    def the_block_is_left(self, state: State) -> bool:
        return state.block == LEFT

    def has_not_begun(self, state: State) -> bool:
        """Whether it waits for its first poll."""
        return state.task == NEW

    @eventually(after="has_not_begun")
    def whoever_was_spawned_begins(self, state: State) -> bool:
        return not self.has_not_begun(state)

    # Reachability

    @sometimes
    def an_error_in_the_cleanup_of_a_cancelled_start_is_told(self, state: State) -> bool:
        return state.cancelling and state.caller == ERROR

    @sometimes
    def started_comes_too_late_for_a_cancelled_call(self, state: State) -> bool:
        return state.has_called and not state.is_member and state.caller == CANCELLED

    @sometimes
    def the_caller_is_cancelled_when_the_task_has_started(self, state: State) -> bool:
        return state.caller == CANCELLED and state.is_member and self.is_alive(state)

    @sometimes
    def it_starts_in_a_group_that_is_cancelled(self, state: State) -> bool:
        return state.is_member and state.cancelled and state.task == SUSPENDED

    @sometimes
    def the_block_waits_for_a_task_that_starts(self, state: State) -> bool:
        return state.block == LEAVING and state.caller == WAITING and not state.is_member

    @sometimes
    def it_returns_without_having_started(self, state: State) -> bool:
        return state.caller == MISUSE

    @sometimes
    def the_block_is_over_when_the_call_comes(self, state: State) -> bool:
        return state.caller == REFUSED

    # Canaries

    @always(canary="only_who_is_owed_a_poll_is_polled")
    def nobody_is_polled(self, state: State) -> bool:
        return not (self.can_poll_block(state) or self.can_poll_caller(state))

    @always(canary="started_is_called_once")
    def started_is_not_called(self, state: State) -> bool:
        return not state.has_called

    @always(canary="it_ends_by_a_cancellation_that_has_reached_it")
    def it_never_ends_by_a_cancellation(self, state: State) -> bool:
        return not self.can_poll_task(state, ABORTED)

    @eventually(after="has_not_begun", canary="whoever_was_spawned_begins")
    def whoever_was_spawned_suspends(self, state: State) -> bool:
        return state.task == SUSPENDED

    @always(canary="nobody_is_left_behind")
    def the_task_has_ended_when_the_call_has(self, state: State) -> bool:
        return self.starts(state) or not self.is_alive(state)

    @always(canary="the_block_ends_last")
    def the_block_waits_for_calls_to_come(self, state: State) -> bool:
        return state.block != LEFT or state.caller != NEW

    @always(canary="an_error_before_it_has_started_is_the_callers")
    def a_cancelled_caller_is_told_of_no_error(self, state: State) -> bool:
        return not (state.cancelling and state.caller == ERROR)

    @always(canary="an_error_after_it_has_started_is_the_groups")
    def the_group_never_fails(self, state: State) -> bool:
        return not state.failed

    @always(canary="the_value_is_told_of_a_member_only")
    def whoever_calls_started_is_told_of(self, state: State) -> bool:
        return not state.has_called or self.starts(state) or state.caller == VALUE

    @always(canary="a_task_that_has_started_outlives_its_caller")
    def a_task_that_has_started_is_never_cancelled(self, state: State) -> bool:
        return not (state.is_member and state.outcome == ABORTED)

    @always(canary="who_waits_for_something_that_was_is_owed_a_poll")
    def whoever_waits_is_owed_a_poll(self, state: State) -> bool:
        return not self.starts(state) or state.owed[CALLER]

    @eventually(after="starts", canary="the_call_ends")
    def every_call_ends(self, state: State) -> bool:
        return not self.starts(state)

    @eventually(after="is_leaving", canary="the_block_is_left")
    def every_block_is_left(self, state: State) -> bool:
        return state.block == LEFT

    def is_leaving(self, state: State) -> bool:
        """Whether the block waits, for tasks that may never end."""
        return state.block == LEAVING


CONFIGURATIONS = (TaskStartMachine(),)
