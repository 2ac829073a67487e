"""Notify: waking one task or all, and one notification that is kept while nobody waits.

Modelled: waiting, `notify_one`, `notify_all`, and a cancellation of whoever is suspended, before
and after it was notified. The tasks are polled in any order.

Variables:
    kept    a notification is kept for who asks next
    tasks   where each task is, and who has asked before whom: see `waiting.py`
    by_one  by task: it was told by `notify_one`, so what it was told is to be handed on

Facts: a notification is kept only while nobody waits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, always, eventually, put, sometimes

from .waiting import AWAY, GRANTED, WAITING, Tasks, all_away
from .waiting_steps import WaitingSteps


class State(NamedTuple):
    """The variables; see the head of this file."""

    kept: bool
    tasks: Tasks
    by_one: tuple[bool, ...]


class NotifyMachine(WaitingSteps):
    """See the head of this file."""

    tasks: int = 3

    def initial(self) -> Iterable[State]:
        return [State(False, all_away(self.tasks), (False,) * self.tasks)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks)}

    @action(writes=("kept", "tasks"), reads=("kept", "tasks"), fair=False)
    def ask(self, state: State, task: int) -> State:
        """`notified`: take what is kept, or wait."""
        if state.kept:
            return state._replace(kept=False)
        return state._replace(tasks=state.tasks.stand(task))

    @ask.guard
    def can_ask(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    @action(writes=("kept", "tasks", "by_one"), reads=("kept", "tasks", "by_one"), fair=False)
    def notify_one(self, state: State) -> State:
        """Tell the first, or keep it."""
        queue = state.tasks.queue()
        if not queue:
            return state._replace(kept=True)
        tasks, by_one = state.tasks.tell(queue[0], GRANTED), put(state.by_one, queue[0], True)
        return state._replace(tasks=tasks, by_one=by_one)

    @action(writes=("tasks",), reads=("tasks",), fair=False)
    def notify_all(self, state: State) -> State:
        """Tell all who wait."""
        tasks = state.tasks.tell_all(GRANTED)
        return state._replace(tasks=tasks)

    @action(writes=("kept", "tasks", "by_one"), reads=("kept", "tasks", "by_one"))
    def poll(self, state: State, task: int) -> State:
        """The task goes on, or it leaves; then what it was told alone goes to the next."""
        handed_on = state.tasks.cancelling[task] and state.by_one[task]
        state = state._replace(
            tasks=state.tasks.go(task, AWAY), by_one=put(state.by_one, task, False)
        )
        return self.notify_one(state) if handed_on else state

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.is_owed(task)

    # Safety

    @always
    def nobody_waits_while_a_notification_is_kept(self, state: State) -> bool:
        return not (state.kept and state.tasks.queue())

    @always
    def a_notification_is_not_lost_with_a_cancelled_task(self, state: State) -> bool:
        """Whenever one leaves that was told alone, another is told so, or it is kept."""
        leaving = [task for task in state.tasks.asked if state.tasks.cancelling[task]]
        afterwards = [self.poll(state, task) for task in leaving]
        told = sum(state.by_one)
        return all(after.kept or sum(after.by_one) == told for after in afterwards)

    @always
    def first_come_first_served(self, state: State) -> bool:
        return state.tasks.are_served_in_order()

    @always
    def only_who_was_told_was_told_alone(self, state: State) -> bool:
        places = zip(state.tasks.at, state.by_one, strict=True)
        return all(at == GRANTED for at, by_one in places if by_one)

    @always
    def who_has_asked_is_known_once(self, state: State) -> bool:
        return state.tasks.is_whole()

    # Progress

    def is_told(self, state: State, task: int) -> bool:
        """Whether the task was told, and is suspended still."""
        return state.tasks.at[task] == GRANTED

    @eventually(after="is_told", of="task")
    def who_is_told_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    # Reachability

    @sometimes
    def one_told_alone_is_cancelled_while_another_waits(self, state: State) -> bool:
        told = [task for task in state.tasks.asked if state.by_one[task]]
        return bool(state.tasks.queue()) and any(state.tasks.cancelling[task] for task in told)

    @sometimes
    def all_are_told_at_once(self, state: State) -> bool:
        return state.tasks.at == (GRANTED,) * self.tasks and not any(state.by_one)

    # Canaries

    @always(canary="nobody_waits_while_a_notification_is_kept")
    def nothing_is_kept(self, state: State) -> bool:
        return not state.kept

    @always(canary="a_notification_is_not_lost_with_a_cancelled_task")
    def nobody_who_was_told_alone_is_cancelled(self, state: State) -> bool:
        return not any(
            state.by_one[task] and state.tasks.cancelling[task] for task in state.tasks.asked
        )

    @always(canary="first_come_first_served")
    def the_last_to_come_is_never_told(self, state: State) -> bool:
        return not state.tasks.asked or state.tasks.at[state.tasks.asked[-1]] != GRANTED

    @always(canary="only_who_was_told_was_told_alone")
    def who_was_told_was_told_alone(self, state: State) -> bool:
        return state.tasks.at.count(GRANTED) == sum(state.by_one)

    @always(canary="who_has_asked_is_known_once")
    def nobody_is_cancelled(self, state: State) -> bool:
        return not any(state.tasks.cancelling)

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task", canary="who_is_told_goes_on")
    def who_waits_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY


CONFIGURATIONS = (NotifyMachine(tasks=3),)
