"""Event: a flag that tasks wait for.

Modelled: setting and clearing it, waiting, and a cancellation of whoever is suspended. The tasks
are polled in any order, so the flag may be down again when one that was told goes on.

Variables:
    flag   the event is set
    tasks  where each task is, and who has asked before whom: see `waiting.py`
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, always, eventually, sometimes

from .waiting import AWAY, GRANTED, WAITING, Tasks, all_away
from .waiting_steps import WaitingSteps


class State(NamedTuple):
    """The variables; see the head of this file."""

    flag: bool
    tasks: Tasks


class EventMachine(WaitingSteps):
    """See the head of this file."""

    tasks: int = 3

    def initial(self) -> Iterable[State]:
        return [State(False, all_away(self.tasks))]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks)}

    @action(writes=("tasks",), reads=("flag", "tasks"), fair=False)
    def ask(self, state: State, task: int) -> State:
        """`wait`, which does not suspend while the flag is up."""
        return state if state.flag else state._replace(tasks=state.tasks.stand(task))

    @ask.guard
    def can_ask(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    @action(writes=("flag", "tasks"), reads=("tasks",), fair=False)
    def set(self, state: State) -> State:
        """Raise the flag, and tell all who wait."""
        tasks = state.tasks.tell_all(GRANTED)
        return state._replace(flag=True, tasks=tasks)

    @action(writes=("flag",), reads=(), fair=False)
    def clear(self, state: State) -> State:
        """Lower the flag."""
        return state._replace(flag=False)

    @action(writes=("tasks",), reads=("tasks",))
    def poll(self, state: State, task: int) -> State:
        """The task goes on, or it leaves."""
        return state._replace(tasks=state.tasks.go(task, AWAY))

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.is_owed(task)

    @always
    def nobody_waits_while_the_flag_is_up(self, state: State) -> bool:
        return not (state.flag and state.tasks.queue())

    @always
    def all_who_wait_are_told_by_one_set(self, state: State) -> bool:
        """Also by a set of what is set already."""
        return not self.set(state).tasks.queue()

    @always
    def first_come_first_served(self, state: State) -> bool:
        return state.tasks.are_served_in_order()

    @always
    def who_has_asked_is_known_once(self, state: State) -> bool:
        return state.tasks.is_whole()

    def is_told(self, state: State, task: int) -> bool:
        """Whether the task was told, and is suspended still."""
        return state.tasks.at[task] == GRANTED

    @eventually(after="is_told", of="task")
    def who_is_told_goes_on(self, state: State, task: int) -> bool:
        """Whatever becomes of the flag."""
        return state.tasks.at[task] == AWAY

    @sometimes
    def the_flag_is_down_again_before_one_that_was_told_goes_on(self, state: State) -> bool:
        return not state.flag and GRANTED in state.tasks.at

    @sometimes
    def one_who_was_told_is_cancelled(self, state: State) -> bool:
        asked = state.tasks.asked
        return any(state.tasks.cancelling[task] and self.is_told(state, task) for task in asked)

    @always(canary="nobody_waits_while_the_flag_is_up")
    def nobody_waits(self, state: State) -> bool:
        return not state.tasks.queue()

    @always(canary="all_who_wait_are_told_by_one_set")
    def all_are_told_before_it_is_set(self, state: State) -> bool:
        return WAITING not in state.tasks.at

    @always(canary="first_come_first_served")
    def the_last_to_come_is_never_told(self, state: State) -> bool:
        return not state.tasks.asked or state.tasks.at[state.tasks.asked[-1]] != GRANTED

    @always(canary="who_has_asked_is_known_once")
    def nobody_is_cancelled(self, state: State) -> bool:
        return not any(state.tasks.cancelling)

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task", canary="who_is_told_goes_on")
    def who_waits_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY


CONFIGURATIONS = (EventMachine(tasks=3),)
