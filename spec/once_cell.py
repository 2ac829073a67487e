"""OnceCell: a value that is made once, by whoever needs it first.

Modelled: asking for the value, making it, failing to, giving it directly, and a cancellation of
whoever is suspended: one that waits, one whose turn has come, and one that makes the value. The
tasks are polled in any order. A LazyCell is this without the giving (`lazy_cell.py`).

Variables:
    made   how often a value was made or given
    tasks  where each task is, and who has asked before whom: see `waiting.py`; INSIDE makes the
           value; GRANTED is told that there is one, or, while there is none, that it is its turn
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, always, eventually, sometimes

from .waiting import AWAY, GRANTED, INSIDE, WAITING, Tasks, all_away
from .waiting_steps import WaitingSteps


class State(NamedTuple):
    """The variables; see the head of this file."""

    made: int
    tasks: Tasks


class CellMachine(WaitingSteps):
    """What a OnceCell and a LazyCell have in common."""

    tasks: int = 3

    def initial(self) -> Iterable[State]:
        return [State(0, all_away(self.tasks))]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks)}

    @action(writes=("tasks",), reads=("made", "tasks"), fair=False)
    def ask(self, state: State, task: int) -> State:
        """`get_or_init`: take the value, begin to make it, or wait."""
        if state.made:
            return state
        if self.is_being_made(state):
            return state._replace(tasks=state.tasks.stand(task))
        return state._replace(tasks=state.tasks.go(task, INSIDE))

    @ask.guard
    def can_ask(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    @action(writes=("made", "tasks"), reads=("made", "tasks"))
    def finish(self, state: State, task: int) -> State:
        """The value is made: everybody who waits is told."""
        tasks = state.tasks.go(task, AWAY)
        for other in tasks.queue():
            tasks = tasks.tell(other, GRANTED)
        return State(state.made + 1, tasks)

    @finish.guard
    def can_finish(self, state: State, task: int) -> bool:
        return self.makes(state, task)

    @action(writes=("tasks",), reads=("made", "tasks"), fair=False)
    def fail(self, state: State, task: int) -> State:
        """Making it has raised: it is the turn of the first who waits."""
        return self.settle(state._replace(tasks=state.tasks.go(task, AWAY)))

    @fail.guard
    def can_fail(self, state: State, task: int) -> bool:
        return self.makes(state, task)

    def can_cancel(self, state: State, task: int) -> bool:
        return state.tasks.at[task] != AWAY and not state.tasks.cancelling[task]

    @action(writes=("tasks",), reads=("made", "tasks"))
    def poll(self, state: State, task: int) -> State:
        """The task takes the value, or begins to make it; or it leaves."""
        if state.tasks.cancelling[task]:
            return self.settle(state._replace(tasks=state.tasks.go(task, AWAY)))
        return state._replace(tasks=state.tasks.go(task, AWAY if state.made else INSIDE))

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.cancelling[task] or state.tasks.at[task] == GRANTED

    def settle(self, state: State) -> State:
        """If nobody makes the value, it is the turn of the first who waits."""
        queue = state.tasks.queue()
        if state.made or self.is_being_made(state) or not queue:
            return state
        return state._replace(tasks=state.tasks.tell(queue[0], GRANTED))

    def is_being_made(self, state: State) -> bool:
        """Whether somebody makes the value, or is about to."""
        return INSIDE in state.tasks.at or (not state.made and GRANTED in state.tasks.at)

    def makes(self, state: State, task: int) -> bool:
        """Whether the task makes the value, and is not being cancelled."""
        return state.tasks.at[task] == INSIDE and not state.tasks.cancelling[task]

    # Safety

    @always
    def the_value_is_made_at_most_once(self, state: State) -> bool:
        return state.made <= 1

    @always
    def one_makes_it_at_a_time(self, state: State) -> bool:
        turns = 0 if state.made else state.tasks.at.count(GRANTED)
        return state.tasks.at.count(INSIDE) + turns <= 1

    @always
    def nobody_makes_what_there_is(self, state: State) -> bool:
        return not (state.made and INSIDE in state.tasks.at)

    @always
    def nobody_waits_for_what_there_is(self, state: State) -> bool:
        return not (state.made and state.tasks.queue())

    @always
    def who_waits_waits_for_somebody(self, state: State) -> bool:
        return not state.tasks.queue() or self.is_being_made(state)

    @always
    def who_is_cancelled_makes_nothing(self, state: State) -> bool:
        cancelled = [task for task, flag in enumerate(state.tasks.cancelling) if flag]
        return not any(self.can_finish(state, task) for task in cancelled)

    @always
    def first_come_first_served(self, state: State) -> bool:
        return state.tasks.are_served_in_order()

    # Progress

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits for the value."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task")
    def who_waits_is_served_or_leaves(self, state: State, task: int) -> bool:
        return state.tasks.at[task] != WAITING

    # Reachability

    @sometimes
    def the_maker_is_cancelled_while_others_wait(self, state: State) -> bool:
        makers = [task for task, at in enumerate(state.tasks.at) if at == INSIDE]
        return bool(state.tasks.queue()) and any(state.tasks.cancelling[task] for task in makers)

    @sometimes
    def one_is_cancelled_whose_turn_has_come(self, state: State) -> bool:
        told = [task for task, at in enumerate(state.tasks.at) if at == GRANTED]
        return not state.made and any(state.tasks.cancelling[task] for task in told)

    # Canaries

    @always(canary="the_value_is_made_at_most_once")
    def there_is_never_a_value(self, state: State) -> bool:
        return state.made == 0

    @always(canary="one_makes_it_at_a_time")
    def nobody_makes_it(self, state: State) -> bool:
        return INSIDE not in state.tasks.at

    @always(canary="nobody_makes_what_there_is")
    def nobody_is_suspended_when_there_is_one(self, state: State) -> bool:
        return not (state.made and state.tasks.asked)

    @always(canary="nobody_waits_for_what_there_is")
    def nobody_waits(self, state: State) -> bool:
        return not state.tasks.queue()

    @always(canary="who_waits_waits_for_somebody")
    def who_waits_sees_a_maker(self, state: State) -> bool:
        return not state.tasks.queue() or INSIDE in state.tasks.at

    @always(canary="who_is_cancelled_makes_nothing")
    def nobody_is_cancelled(self, state: State) -> bool:
        return not any(state.tasks.cancelling)

    @always(canary="first_come_first_served")
    def the_last_to_come_is_never_told(self, state: State) -> bool:
        return not state.tasks.asked or state.tasks.at[state.tasks.asked[-1]] != GRANTED

    @eventually(after="waits", of="task", canary="who_waits_is_served_or_leaves")
    def who_waits_gets_its_turn(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == INSIDE


class OnceCellMachine(CellMachine):
    """See the head of this file."""

    @action(writes=("made",), reads=("made", "tasks"), fair=False)
    def give(self, state: State) -> State:
        """`set`, which is refused while the value is made, and afterwards."""
        return state if state.made or self.is_being_made(state) else state._replace(made=1)


CONFIGURATIONS = (OnceCellMachine(tasks=3),)
