"""The steps of the HTTP pool's machine: what requests do, and what happens to connections.

What is modelled is said at the head of `http_pool.py`.
"""

from __future__ import annotations

from zokio.model import action, put

from .http_pool_state import (
    ALIVE,
    CONNECTING,
    DEAD,
    DYING,
    GONE,
    USING,
    HttpPoolState,
    State,
)
from .waiting import AWAY, GRANTED, REFUSED

POOL = ("tasks", "has", "reused", "connections", "hosts", "idle", "old", "slots")


class HttpPoolSteps(HttpPoolState):
    """Everything that can happen, one atomic step each."""

    # Requests

    @action(writes=POOL, reads=State._fields, fair=False)
    def ask(self, state: State, task: int) -> State:
        """A request begins, up to where it suspends. A closed pool refuses at once."""
        if state.closed:
            return state
        state = self.close_old(state)
        if not self.can_be_served(state, self.wants[task]):
            return state._replace(tasks=state.tasks.stand(task))
        return self.go_on(self.serve(state, task), task)

    @ask.guard
    def can_ask(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    def can_cancel(self, state: State, task: int) -> bool:
        """Also who connects or uses a connection; a time that is up does the same."""
        return state.tasks.at[task] != AWAY and not state.tasks.cancelling[task]

    @action(writes=POOL, reads=State._fields)
    def poll(self, state: State, task: int) -> State:
        """One who waited goes on with what it was granted; or one that was cancelled leaves."""
        if state.tasks.cancelling[task] or state.tasks.at[task] == REFUSED:
            return self.give_up(state, task)
        return self.go_on(state, task)

    @poll.guard
    def can_poll(self, state: State, task: int) -> bool:
        return state.tasks.cancelling[task] or state.tasks.at[task] in (GRANTED, REFUSED)

    @action(writes=("tasks", "has", "connections", "hosts"), reads=State._fields)
    def connect(self, state: State, task: int) -> State:
        """The connection that the task waits for is there."""
        connection = state.connections.index(GONE)
        return state._replace(
            tasks=state.tasks.go(task, USING),
            has=put(state.has, task, connection),
            connections=put(state.connections, connection, ALIVE),
            hosts=put(state.hosts, connection, self.wants[task]),
        )

    @connect.guard
    def can_connect(self, state: State, task: int) -> bool:
        return self.is_at(state, task, CONNECTING)

    @action(writes=POOL, reads=State._fields, fair=False)
    def fail_to_connect(self, state: State, task: int) -> State:
        return self.give_up(state, task)

    @fail_to_connect.guard
    def can_fail_to_connect(self, state: State, task: int) -> bool:
        return self.is_at(state, task, CONNECTING)

    @action(writes=POOL, reads=State._fields)
    def finish(self, state: State, task: int) -> State:
        """The response was read to its end, and the server lets the connection live on.

        A connection that is known to be dead is not kept, nor is any by a closed pool.
        """
        if state.closed or state.connections[state.has[task]] == DEAD:
            return self.give_up(state, task)
        return self.give_back(state, task)

    @finish.guard
    def can_finish(self, state: State, task: int) -> bool:
        return self.is_at(state, task, USING)

    @action(writes=POOL, reads=State._fields, fair=False)
    def drop_response(self, state: State, task: int) -> State:
        """It is left in the middle, or the server does not keep the connection: it is closed."""
        return self.give_up(state, task)

    @drop_response.guard
    def can_drop_response(self, state: State, task: int) -> bool:
        return self.is_at(state, task, USING)

    @action(writes=POOL, reads=State._fields, fair=False)
    def find_dead(self, state: State, task: int) -> State:
        """Nothing of a response has come and nothing will.

        A connection that was idle may have died while it was: a request that may be sent twice is
        sent once more, on a fresh connection. Any other one fails.
        """
        if state.reused[task] and self.idempotent[task]:
            return self.connect_anew(state, task)
        return self.give_up(state, task)

    @find_dead.guard
    def can_find_dead(self, state: State, task: int) -> bool:
        return self.is_at(state, task, USING) and state.connections[state.has[task]] != ALIVE

    def is_at(self, state: State, task: int, place: str) -> bool:
        """Whether the task is there and nobody has cancelled it."""
        return state.tasks.at[task] == place and not state.tasks.cancelling[task]

    # Others

    @action(writes=("connections",), reads=("connections",), fair=False)
    def die(self, state: State, connection: int) -> State:
        """The server closes the connection."""
        return state._replace(connections=put(state.connections, connection, DYING))

    @die.guard
    def can_die(self, state: State, connection: int) -> bool:
        return state.connections[connection] == ALIVE

    @action(writes=("connections",), reads=("connections",), fair=False)
    def notice(self, state: State) -> State:
        """The reactor tells of every connection that has died."""
        return state._replace(
            connections=tuple(DEAD if each == DYING else each for each in state.connections)
        )

    @notice.guard
    def can_notice(self, state: State) -> bool:
        return DYING in state.connections

    @action(writes=("old",), reads=("idle", "old"), fair=False)
    def expire(self, state: State) -> State:
        """The one that is idle for longest is past its time."""
        return state._replace(old=state.old + 1)

    @expire.guard
    def can_expire(self, state: State) -> bool:
        return state.old < len(state.idle)

    @action(writes=(*POOL, "closed"), reads=State._fields, fair=False)
    def close(self, state: State) -> State:
        """Idle connections are closed and whoever waits is refused; others finish what they do."""
        for connection in state.idle:
            state = self.close_idle(state, connection)
        return self.refuse_all(state)._replace(closed=True)

    @close.guard
    def can_close(self, state: State) -> bool:
        return not state.closed
