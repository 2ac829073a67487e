"""Semaphore: permits, and tasks that wait for one or several of them in one queue.

Modelled: acquiring and trying to acquire one permit or several, releasing them, closing, and a
cancellation of whoever is suspended, before and after it was granted its permits. The tasks are
polled in any order, so what is said here holds under every scheduler, with any number of workers:
a step is what the code does under its lock. A mutex is the semaphore of one permit (`mutex.py`), a
readers-writer lock one whose writers take all (`rwlock.py`).

Left out: permits that are made or taken away by who has acquired none.

Variables:
    free    permits that nobody has
    tasks   where each task is, and who has asked before whom: see `waiting.py`
    needs   by task: how many permits it has, was granted, or waits for
    closed  the semaphore was closed

Facts: all that are inside or were granted have their permits; who waits has none yet.
"""

from __future__ import annotations

from zokio.model import action, always, eventually, sometimes

from .semaphore_steps import SemaphoreSteps, State
from .waiting import GRANTED, INSIDE, REFUSED, WAITING

__all__ = ["CONFIGURATIONS", "SemaphoreMachine", "State"]


class SemaphoreMachine(SemaphoreSteps):
    """See the head of this file."""

    # Safety

    @always
    def no_permit_is_made_or_lost(self, state: State) -> bool:
        return state.free + self.out(state) == self.permits

    @always
    def no_more_are_out_than_there_are(self, state: State) -> bool:
        return 0 <= state.free <= self.permits

    @always
    def first_come_first_served(self, state: State) -> bool:
        return state.closed or state.tasks.are_served_in_order()

    @always
    def nobody_waits_for_what_is_free(self, state: State) -> bool:
        queue = state.tasks.queue()
        return not queue or state.needs[queue[0]] > state.free

    @always
    def who_has_asked_is_known_once(self, state: State) -> bool:
        return state.tasks.is_whole()

    @always
    def who_is_away_has_no_permits(self, state: State) -> bool:
        places = zip(state.tasks.at, state.needs, strict=True)
        return all((need > 0) == (at != "away") for at, need in places)

    # Progress

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits for permits."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task")
    def who_waits_is_served_or_leaves(self, state: State, task: int) -> bool:
        return state.tasks.at[task] != WAITING

    # Reachability

    @sometimes
    def one_is_cancelled_after_it_was_granted(self, state: State) -> bool:
        return any(
            state.tasks.cancelling[task] and state.tasks.at[task] == GRANTED
            for task in state.tasks.asked
        )

    @sometimes
    def one_is_cancelled_while_another_waits(self, state: State) -> bool:
        return len(state.tasks.queue()) > 1 and any(state.tasks.cancelling)

    # Canaries

    @always(canary="no_permit_is_made_or_lost")
    def no_permit_is_given(self, state: State) -> bool:
        return state.free == self.permits

    @always(canary="no_more_are_out_than_there_are")
    def one_permit_is_always_free(self, state: State) -> bool:
        return state.free > 0

    @always(canary="first_come_first_served")
    def the_last_to_come_is_never_granted(self, state: State) -> bool:
        return not state.tasks.asked or state.tasks.at[state.tasks.asked[-1]] != GRANTED

    @always(canary="nobody_waits_for_what_is_free")
    def nobody_waits(self, state: State) -> bool:
        return not state.tasks.queue()

    @always(canary="who_has_asked_is_known_once")
    def nobody_is_cancelled(self, state: State) -> bool:
        return not any(state.tasks.cancelling)

    @always(canary="who_is_away_has_no_permits")
    def nobody_has_permits(self, state: State) -> bool:
        return not any(state.needs)

    @eventually(after="waits", of="task", canary="who_waits_is_served_or_leaves")
    def who_waits_gets_in(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == INSIDE

    def out(self, state: State) -> int:
        """How many permits are out."""
        places = zip(state.tasks.at, state.needs, strict=True)
        return sum(need for at, need in places if at in (GRANTED, INSIDE))


class ClosableSemaphore(SemaphoreMachine):
    """It can be closed, and requests of several permits are among the others."""

    @action(writes=("tasks", "closed"), reads=("tasks", "closed"), fair=False)
    def close(self, state: State) -> State:
        """Whoever waits is refused."""
        tasks = state.tasks
        for task in tasks.queue():
            tasks = tasks.tell(task, REFUSED)
        return state._replace(tasks=tasks, closed=True)

    @close.guard
    def can_close(self, state: State) -> bool:
        return not state.closed

    @always
    def nobody_waits_for_what_was_closed(self, state: State) -> bool:
        return not state.closed or not state.tasks.queue()

    @always
    def only_a_closed_one_refuses(self, state: State) -> bool:
        return state.closed or REFUSED not in state.tasks.at

    @always(canary="nobody_waits_for_what_was_closed")
    def nobody_is_told_anything_later(self, state: State) -> bool:
        return not state.tasks.asked

    @always(canary="only_a_closed_one_refuses")
    def who_asks_is_always_let_in(self, state: State) -> bool:
        return all(state.tasks.at[task] == GRANTED for task in state.tasks.asked)

    @sometimes
    def a_large_request_holds_back_a_small_one(self, state: State) -> bool:
        queue = state.tasks.queue()
        return len(queue) > 1 and state.needs[queue[1]] <= state.free

    @sometimes
    def two_are_granted_at_once(self, state: State) -> bool:
        return state.tasks.at.count(GRANTED) > 1


CONFIGURATIONS = (ClosableSemaphore(tasks=3, permits=2, sizes=(1, 2)),)
