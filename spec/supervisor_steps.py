"""The steps of the supervisor's machine: what children do, and what the supervisor does about it.

What is modelled is said at the head of `supervisor.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, put

STARTING, UP, STOPPING, KILLED = "starting", "up", "stopping", "killed"
GONE, BACKING_OFF, GIVEN_UP = "gone", "backing_off", "given_up"
IN_SERVICE = (STARTING, UP)
ALIVE = (*IN_SERVICE, STOPPING, KILLED)
NONE = -1


class State(NamedTuple):
    """The variables; see the head of `supervisor.py`."""

    at: tuple[str, ...]
    failures: tuple[int, ...]
    stale: tuple[int, ...]
    heir_of: int
    stopping: bool


class SupervisorSteps(Machine[State]):
    """Everything that can happen, one atomic step each.

    `workers`: how many children there are to be; the place behind theirs is the extra one.
    `failures_max`: so many deaths in a row, and a place is given up.
    """

    workers: int = 2
    failures_max: int = 2

    def initial(self) -> Iterable[State]:
        return [
            State(
                at=(STARTING,) * self.workers + (GONE,),
                failures=(0,) * self.workers,
                stale=(),
                heir_of=NONE,
                stopping=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"place": range(self.workers + 1)}

    # What can be read off a state

    def is_over(self, state: State) -> bool:
        """Whether no child lives and none will be started."""
        return not any(at in ALIVE or at == BACKING_OFF for at in state.at)

    def has_alarm(self, state: State, place: int) -> bool:
        """Whether something is to happen in the place when its time has come."""
        at = state.at[place]
        if at == UP:
            return state.failures[place] > 0
        return at in (STARTING, BACKING_OFF, STOPPING)

    # Children

    @action(writes=State._fields, reads=State._fields)
    def come_up(self, state: State, place: int) -> State:
        """The child says that it listens. An heir takes its place, and the old one is to end."""
        if place < self.workers:
            return self.go_to(state, place, UP)
        old = KILLED if state.at[state.heir_of] == KILLED else STOPPING
        state = self.go_to(self.go_to(state, state.heir_of, UP), place, old)
        state = self.forgive(state, state.heir_of)
        return state._replace(heir_of=NONE)

    @come_up.guard
    def can_come_up(self, state: State, place: int) -> bool:
        return state.at[place] == STARTING

    @action(writes=State._fields, reads=State._fields, fair=False)
    def die(self, state: State, place: int) -> State:
        """The child ends by itself, is killed by somebody else, or obeys."""
        return self.ended(state, place, 1)

    @die.guard
    def can_die(self, state: State, place: int) -> bool:
        return state.at[place] in (STARTING, UP, STOPPING)

    @action(writes=State._fields, reads=State._fields, fair=False)
    def refuse(self, state: State, place: int) -> State:
        """The child ends and says that it would be the same another time."""
        return self.ended(state, place, self.failures_max)

    @refuse.guard
    def can_refuse(self, state: State, place: int) -> bool:
        return state.at[place] == STARTING

    @action(writes=State._fields, reads=State._fields)
    def fall(self, state: State, place: int) -> State:
        """The system has killed the child, as it was told to."""
        return self.ended(state, place, 1)

    @fall.guard
    def can_fall(self, state: State, place: int) -> bool:
        return state.at[place] == KILLED

    # Time

    @action(writes=("at", "failures"), reads=("at", "failures"))
    def ring(self, state: State, place: int) -> State:
        """The time of the place has come."""
        if state.at[place] == BACKING_OFF:
            return self.go_to(state, place, STARTING)
        if state.at[place] in (STARTING, STOPPING):
            return self.go_to(state, place, KILLED)
        return state._replace(failures=put(state.failures, place, 0))

    @ring.guard
    def can_ring(self, state: State, place: int) -> bool:
        return self.has_alarm(state, place)

    # Signals

    @action(writes=State._fields, reads=State._fields, fair=False)
    def stop_all(self, state: State) -> State:
        """Every child is to end, and none is started any more."""
        at = (
            STOPPING if each in IN_SERVICE else each if each in ALIVE else GONE for each in state.at
        )
        return state._replace(at=tuple(at), stale=(), heir_of=NONE, stopping=True)

    @stop_all.guard
    def can_stop_all(self, state: State) -> bool:
        return not state.stopping and not self.is_over(state)

    @action(writes=("at",), reads=("at", "stopping"), fair=False)
    def kill_all(self, state: State) -> State:
        """A second time: whoever has not ended is killed."""
        return state._replace(at=tuple(KILLED if at == STOPPING else at for at in state.at))

    @kill_all.guard
    def can_kill_all(self, state: State) -> bool:
        return state.stopping and STOPPING in state.at

    @action(writes=State._fields, reads=State._fields, fair=False)
    def reload(self, state: State) -> State:
        """Every child is to be replaced, one by one, and what was given up is tried again."""
        again = [place for place in range(self.workers) if state.at[place] == GIVEN_UP]
        old = [place for place in range(self.workers) if state.at[place] in IN_SERVICE]
        stale = (*state.stale, *(place for place in old if place not in state.stale))
        for place in again:
            state = self.forgive(self.go_to(state, place, STARTING), place)
        return self.go_on(state._replace(stale=stale))

    @reload.guard
    def can_reload(self, state: State) -> bool:
        return not state.stopping and not self.is_over(state)

    # The pieces

    def go_to(self, state: State, place: int, at: str) -> State:
        """The place is there now."""
        return state._replace(at=put(state.at, place, at))

    def forgive(self, state: State, place: int) -> State:
        """Earlier deaths in the place do not count."""
        return state._replace(failures=put(state.failures, place, 0))

    def ended(self, state: State, place: int, failures: int) -> State:
        """The child of a place is no more."""
        if state.stopping:
            return self.go_to(state, place, GONE)
        if place == self.workers:
            state = self.go_to(state, place, GONE)
            if state.heir_of != NONE:  # what comes next is no better: the old ones stay
                return state._replace(stale=(), heir_of=NONE)
        elif place == state.heir_of:
            state = self.go_to(state, place, state.at[self.workers])
            state = self.go_to(state, self.workers, GONE)
            state = self.forgive(state, place)._replace(heir_of=NONE)
        else:
            state = self.failed(state, place, failures)
        return self.go_on(state)

    def failed(self, state: State, place: int, failures: int) -> State:
        """It is started again later, or given up."""
        count = min(state.failures[place] + failures, self.failures_max)
        at = GIVEN_UP if count == self.failures_max else BACKING_OFF
        return self.go_to(state, place, at)._replace(
            failures=put(state.failures, place, count),
            stale=tuple(each for each in state.stale if each != place),
        )

    def go_on(self, state: State) -> State:
        """The next one that is stale gets an heir, if there is room."""
        if state.at[self.workers] != GONE or not state.stale:
            return state
        state = self.go_to(state, self.workers, STARTING)
        return state._replace(heir_of=state.stale[0], stale=state.stale[1:])
