"""Barrier: tasks wait for each other until there are enough, again and again.

Modelled: coming, closing, and a cancellation of whoever is suspended, before and after its round
is full. The tasks are polled in any order, so the next round may fill up meanwhile.

Variables:
    tasks   where each task is, and who has asked before whom: see `waiting.py`
    places  by task: the place that it was told, -1 if none
    closed  the barrier was closed
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, always, eventually, put, sometimes

from .waiting import AWAY, GRANTED, REFUSED, WAITING, Tasks, all_away
from .waiting_steps import WaitingSteps

NO_PLACE = -1


class State(NamedTuple):
    """The variables; see the head of this file."""

    tasks: Tasks
    places: tuple[int, ...]
    closed: bool


class BarrierMachine(WaitingSteps):
    """See the head of this file."""

    tasks: int = 3
    parties: int = 2

    def initial(self) -> Iterable[State]:
        return [State(all_away(self.tasks), (NO_PLACE,) * self.tasks, False)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks)}

    @action(writes=("tasks", "places"), reads=("tasks", "places", "closed"), fair=False)
    def come(self, state: State, task: int) -> State:
        """`wait`: the last of a round goes on at once."""
        if state.closed:
            return state
        queue = state.tasks.queue()
        if len(queue) + 1 < self.parties:
            return state._replace(tasks=state.tasks.stand(task))
        for place, other in enumerate(queue):
            state = state._replace(
                tasks=state.tasks.tell(other, GRANTED), places=put(state.places, other, place)
            )
        return state

    @come.guard
    def can_come(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    @action(writes=("tasks", "places"), reads=("tasks", "places"))
    def poll(self, state: State, task: int) -> State:
        """The task goes on, or it leaves."""
        places = put(state.places, task, NO_PLACE)
        return state._replace(tasks=state.tasks.go(task, AWAY), places=places)

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.is_owed(task)

    @action(writes=("tasks", "closed"), reads=("tasks", "closed"), fair=False)
    def close(self, state: State) -> State:
        """Whoever waits is refused."""
        tasks = state.tasks.tell_all(REFUSED)
        return state._replace(tasks=tasks, closed=True)

    @close.guard
    def can_close(self, state: State) -> bool:
        return not state.closed

    # Safety

    @always
    def fewer_wait_than_there_are_parties(self, state: State) -> bool:
        return len(state.tasks.queue()) < self.parties

    @always
    def who_goes_on_knows_its_place(self, state: State) -> bool:
        """But for the last to come, which does not suspend."""
        places = zip(state.tasks.at, state.places, strict=True)
        return all((at == GRANTED) == (place != NO_PLACE) for at, place in places)

    @always
    def a_cancelled_task_breaks_nothing(self, state: State) -> bool:
        """What others were told, and where they stand, is the same when it has left."""
        leaving = [task for task in state.tasks.asked if state.tasks.cancelling[task]]
        return all(
            drop_one(self.poll(state, task), task) == drop_one(state, task) for task in leaving
        )

    @always
    def rounds_are_told_in_the_order_of_coming(self, state: State) -> bool:
        return state.closed or state.tasks.are_served_in_order()

    @always
    def nobody_waits_for_what_was_closed(self, state: State) -> bool:
        return not state.closed or not state.tasks.queue()

    @always
    def who_has_come_is_known_once(self, state: State) -> bool:
        return state.tasks.is_whole()

    # Progress

    def is_told(self, state: State, task: int) -> bool:
        """Whether the task was told, and is suspended still."""
        return state.tasks.at[task] in (GRANTED, REFUSED)

    @eventually(after="is_told", of="task")
    def who_is_told_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    # Reachability

    @sometimes
    def one_who_waits_is_cancelled(self, state: State) -> bool:
        return any(state.tasks.cancelling[task] for task in state.tasks.queue())

    # Canaries

    @always(canary="fewer_wait_than_there_are_parties")
    def nobody_waits(self, state: State) -> bool:
        return not state.tasks.queue()

    @always(canary="who_goes_on_knows_its_place")
    def nobody_knows_its_place(self, state: State) -> bool:
        return set(state.places) == {NO_PLACE}

    @always(canary="a_cancelled_task_breaks_nothing")
    def nobody_is_cancelled(self, state: State) -> bool:
        return not any(state.tasks.cancelling)

    @always(canary="rounds_are_told_in_the_order_of_coming")
    def the_last_to_come_is_never_told(self, state: State) -> bool:
        return not state.tasks.asked or state.tasks.at[state.tasks.asked[-1]] != GRANTED

    @always(canary="nobody_waits_for_what_was_closed")
    def nobody_is_refused(self, state: State) -> bool:
        return REFUSED not in state.tasks.at

    @always(canary="who_has_come_is_known_once")
    def nobody_comes(self, state: State) -> bool:
        return not state.tasks.asked

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task", canary="who_is_told_goes_on")
    def who_waits_goes_on(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY


class Pairs(BarrierMachine):
    """Rounds of two."""

    @sometimes
    def the_next_round_is_full_before_one_of_the_last_goes_on(self, state: State) -> bool:
        return state.places.count(0) > 1


def drop_one(state: State, task: int) -> tuple[object, ...]:
    """What the state says of the other tasks."""
    others = [other for other in range(len(state.places)) if other != task]
    return (
        tuple((state.tasks.at[other], state.places[other]) for other in others),
        tuple(other for other in state.tasks.asked if other != task),
    )


CONFIGURATIONS = (Pairs(tasks=3, parties=2), BarrierMachine(tasks=3, parties=3))
