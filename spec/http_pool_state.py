"""The variables of the HTTP pool's machine, where it begins, and the pieces its steps are made of.

What they mean is said at the head of `http_pool.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import drop, put

from .waiting import AWAY, GRANTED, REFUSED, WAITING, Tasks, all_away
from .waiting_steps import WaitingSteps

CONNECTING, USING = "connecting", "using"
GONE, ALIVE, DYING, DEAD = "gone", "alive", "dying", "dead"
NONE = -1


class State(NamedTuple):
    """The variables; see the head of `http_pool.py`."""

    tasks: Tasks
    has: tuple[int, ...]
    reused: tuple[bool, ...]
    connections: tuple[str, ...]
    hosts: tuple[int, ...]
    idle: tuple[int, ...]
    old: int
    slots: tuple[int, ...]
    closed: bool


class HttpPoolState(WaitingSteps):
    """What the steps stand on.

    `wants`: by task the host of its requests. `idempotent`: by task whether they may be sent twice.
    """

    wants: tuple[int, ...] = (0, 0, 1)
    idempotent: tuple[bool, ...] = (True, False, True)
    per_host: int = 1
    total: int = 2

    def initial(self) -> Iterable[State]:
        tasks, ids = len(self.wants), self.total + 1
        return [
            State(
                tasks=all_away(tasks),
                has=(NONE,) * tasks,
                reused=(False,) * tasks,
                connections=(GONE,) * ids,
                hosts=(NONE,) * ids,
                idle=(),
                old=0,
                slots=(0,) * (max(self.wants) + 1),
                closed=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(len(self.wants)), "connection": range(self.total + 1)}

    # What can be read off a state

    def idle_of(self, state: State, host: int) -> tuple[int, ...]:
        """Idle connections to the host, the one that came back last at the end."""
        return tuple(each for each in state.idle if state.hosts[each] == host)

    def can_be_served(self, state: State, host: int) -> bool:
        """Whether there is a connection to the host, or may be a further one."""
        if self.idle_of(state, host):
            return True
        has_room = sum(state.slots) < self.total or bool(state.idle)
        return state.slots[host] < self.per_host and has_room

    def has_a_slot(self, state: State, task: int) -> bool:
        """Whether a connection, or the right to make one, is the task's."""
        return state.tasks.at[task] in (GRANTED, CONNECTING, USING)

    # What happens to the pool

    def close_connection(self, state: State, connection: int) -> State:
        """It is closed on this side; what else knows of it is the caller's."""
        return state._replace(
            connections=put(state.connections, connection, GONE),
            hosts=put(state.hosts, connection, NONE),
        )

    def close_idle(self, state: State, connection: int) -> State:
        """An idle one is closed, and its slot is free."""
        host, position = state.hosts[connection], state.idle.index(connection)
        state = state._replace(
            idle=drop(state.idle, connection),
            old=state.old - (position < state.old),
            slots=put(state.slots, host, state.slots[host] - 1),
        )
        return self.close_connection(state, connection)

    def close_old(self, state: State) -> State:
        """Whatever was idle past its time is closed."""
        for connection in state.idle[: state.old]:
            state = self.close_idle(state, connection)
        return state

    def serve(self, state: State, task: int) -> State:
        """The task has the newest idle connection to its host, or the right to make one."""
        host = self.wants[task]
        if own := self.idle_of(state, host):
            position = state.idle.index(own[-1])
            return state._replace(
                idle=drop(state.idle, own[-1]),
                old=state.old - (position < state.old),
                has=put(state.has, task, own[-1]),
                reused=put(state.reused, task, True),
            )
        if sum(state.slots) == self.total:
            state = self.close_idle(state, state.idle[0])
        return state._replace(slots=put(state.slots, host, state.slots[host] + 1))

    def settle(self, state: State) -> State:
        """Serve who waits, in the order of coming; who is held up by its own host is passed by."""
        for task in state.tasks.queue():
            if self.can_be_served(state, self.wants[task]):
                state = self.serve(state, task)
                state = state._replace(tasks=state.tasks.tell(task, GRANTED))
        return state

    def go_on(self, state: State, task: int) -> State:
        """The task uses the connection that it has, unless that is known to be dead."""
        connection = state.has[task]
        if connection != NONE and state.connections[connection] != DEAD:
            return state._replace(tasks=state.tasks.go(task, USING))
        return self.connect_anew(state, task)

    def connect_anew(self, state: State, task: int) -> State:
        """The task closes what it has, if anything, and makes a fresh one in its place."""
        if state.has[task] != NONE:
            state = self.close_connection(state, state.has[task])
        return state._replace(
            tasks=state.tasks.go(task, CONNECTING),
            has=put(state.has, task, NONE),
            reused=put(state.reused, task, False),
        )

    def give_up(self, state: State, task: int) -> State:
        """The request ends; its connection, if any, is closed and its slot free for others."""
        if self.has_a_slot(state, task):
            host = self.wants[task]
            if state.has[task] != NONE:
                state = self.close_connection(state, state.has[task])
            state = state._replace(slots=put(state.slots, host, state.slots[host] - 1))
        return self.leave(state, task)

    def give_back(self, state: State, task: int) -> State:
        """The request ends; its connection is idle, or the next one's."""
        return self.leave(state._replace(idle=(*state.idle, state.has[task])), task)

    def leave(self, state: State, task: int) -> State:
        """The task is away, and others are served."""
        state = state._replace(
            tasks=state.tasks.go(task, AWAY),
            has=put(state.has, task, NONE),
            reused=put(state.reused, task, False),
        )
        return self.settle(self.close_old(state))

    def refuse_all(self, state: State) -> State:
        """Whoever waits is told that the pool was closed."""
        tasks = state.tasks
        for task in tasks.queue():
            tasks = tasks.tell(task, REFUSED)
        return state._replace(tasks=tasks)

    def waiting(self, state: State) -> tuple[int, ...]:
        """Who stands in the queue."""
        return tuple(task for task in state.tasks.asked if state.tasks.at[task] == WAITING)
