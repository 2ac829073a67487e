"""Condition: a mutex, and tasks that wait under it until they are notified.

Modelled: the block, `wait`, `notify` and `notify_all` by who is inside, and a cancellation of
whoever is suspended: for the mutex, asleep, after the notification, and for the mutex again. Who is
cancelled in `wait` takes the mutex again behind a shield before it leaves. Tasks are polled in any
order.

Variables:
    at          by task: away; locking, and locked: its turn has come; inside; asleep, and notified;
                relocking, and relocked, after the notification; leaving, and leaving with the
                mutex, after a cancellation
    line        who waits for the mutex, in order
    asleep      who waits for a notification, in order
    by_one      by task: it was notified by `notify`, and does not hold the mutex yet
    cancelling  by task: it is being cancelled

Facts: who is asleep does not hold the mutex, nor wait for it.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .condition_steps import (
    ASLEEP,
    AWAY,
    IN_LINE,
    INSIDE,
    LEAVING,
    NOTIFIED,
    OWNERS,
    RELOCKED,
    RELOCKING,
    ConditionSteps,
    State,
)


class ConditionMachine(ConditionSteps):
    """See the head of this file."""

    # Safety

    @always
    def one_holds_the_mutex(self, state: State) -> bool:
        return sum(at in OWNERS for at in state.at) <= 1

    @always
    def nobody_waits_for_a_free_mutex(self, state: State) -> bool:
        return not state.line or not self.is_free(state)

    @always
    def a_notification_is_not_lost_with_a_cancelled_task(self, state: State) -> bool:
        """If another is asleep when one leaves that was notified alone, that one is notified."""
        leaving = [task for task, cancelled in enumerate(state.cancelling) if cancelled]
        told = sum(state.by_one)
        return not state.asleep or all(
            sum(self.poll(state, task).by_one) == told for task in leaving
        )

    @always
    def everybody_stands_where_it_waits(self, state: State) -> bool:
        in_line = [task for task, at in enumerate(state.at) if at in IN_LINE]
        asleep = [task for task, at in enumerate(state.at) if at == ASLEEP]
        return sorted(state.line) == in_line and sorted(state.asleep) == asleep

    @always
    def only_who_was_notified_was_notified_alone(self, state: State) -> bool:
        places = zip(state.at, state.by_one, strict=True)
        return all(at in (NOTIFIED, RELOCKING, RELOCKED) for at, by_one in places if by_one)

    @always
    def who_leaves_is_cancelled(self, state: State) -> bool:
        places = zip(state.at, state.cancelling, strict=True)
        return all(cancelled or "leaving" not in at for at, cancelled in places)

    # Progress

    def is_in_line(self, state: State, task: int) -> bool:
        """Whether the task waits for the mutex."""
        return task in state.line

    @eventually(after="is_in_line", of="task")
    def who_waits_for_the_mutex_gets_its_turn(self, state: State, task: int) -> bool:
        return task not in state.line

    def is_told(self, state: State, task: int) -> bool:
        """Whether the task was notified."""
        return state.at[task] == NOTIFIED

    @eventually(after="is_told", of="task")
    def who_is_notified_comes_back(self, state: State, task: int) -> bool:
        return state.at[task] in (INSIDE, AWAY)

    # Reachability

    @sometimes
    def one_is_cancelled_after_its_notification_while_another_sleeps(self, state: State) -> bool:
        flags = zip(state.by_one, state.cancelling, strict=True)
        return bool(state.asleep) and any(by_one and cancelled for by_one, cancelled in flags)

    @sometimes
    def one_is_cancelled_when_it_has_the_mutex_again(self, state: State) -> bool:
        places = zip(state.at, state.cancelling, strict=True)
        return any(at == RELOCKED and cancelled for at, cancelled in places)

    @sometimes
    def one_that_leaves_waits_for_the_mutex(self, state: State) -> bool:
        return LEAVING in state.at

    # Canaries

    @always(canary="one_holds_the_mutex")
    def nobody_holds_the_mutex(self, state: State) -> bool:
        return self.is_free(state)

    @always(canary="nobody_waits_for_a_free_mutex")
    def nobody_waits_for_the_mutex(self, state: State) -> bool:
        return not state.line

    @always(canary="a_notification_is_not_lost_with_a_cancelled_task")
    def nobody_is_cancelled_after_its_notification(self, state: State) -> bool:
        flags = zip(state.by_one, state.cancelling, strict=True)
        return not any(by_one and cancelled for by_one, cancelled in flags)

    @always(canary="everybody_stands_where_it_waits")
    def nobody_is_asleep(self, state: State) -> bool:
        return not state.asleep

    @always(canary="only_who_was_notified_was_notified_alone")
    def nobody_is_notified_alone(self, state: State) -> bool:
        return not any(state.by_one)

    @always(canary="who_leaves_is_cancelled")
    def nobody_leaves(self, state: State) -> bool:
        return LEAVING not in state.at

    @eventually(after="is_in_line", of="task", canary="who_waits_for_the_mutex_gets_its_turn")
    def who_waits_for_the_mutex_gets_inside(self, state: State, task: int) -> bool:
        return state.at[task] == INSIDE

    def sleeps(self, state: State, task: int) -> bool:
        """Whether the task waits for a notification."""
        return state.at[task] == ASLEEP

    @eventually(after="sleeps", of="task", canary="who_is_notified_comes_back")
    def who_sleeps_comes_back(self, state: State, task: int) -> bool:
        return state.at[task] in (INSIDE, AWAY)


CONFIGURATIONS = (ConditionMachine(tasks=3),)
