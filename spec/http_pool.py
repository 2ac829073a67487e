"""The pool of an HTTP client: connections that requests share, one at a time, and wait for.

Modelled: requests to some hosts, with a limit of connections to each host and one for all; waiting
in one queue; connecting, and its failure; a response that is read to its end, or left in the
middle; a connection that the server closes, in use or idle, seen by the reactor before it is used
or found out by its use; a request sent once more on a fresh connection; idle connections past their
time; an idle one that is closed to make room for another host; a close of the pool; cancellation
of whoever is suspended, which is also what a timeout does. Tasks are polled in any order.

Left out: what is written and read (h11 has the states of a connection), and how long things take.

Variables:
    tasks        where each request is, and who has asked before whom: see `waiting.py`; beyond
                 that, connecting and using
    has          by task: the connection that it was granted or uses
    reused       by task: that connection was idle before
    connections  by descriptor: gone, alive, dying (the server has closed it), dead (and the reactor
                 has told so)
    hosts        by descriptor: where it leads
    idle         connections that wait for a request, in the order in which they came back
    old          how many of these, from the front, are past their time
    slots        by host: how many connections the pool counts, those being made included
    closed       the pool was closed
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .http_pool_state import ALIVE, CONNECTING, DEAD, GONE, NONE, USING, State
from .http_pool_steps import HttpPoolSteps
from .waiting import AWAY, GRANTED, REFUSED, WAITING

__all__ = ["CONFIGURATIONS", "HttpPoolMachine", "State"]


class HttpPoolMachine(HttpPoolSteps):
    """See the head of this file."""

    # Safety

    @always
    def no_connection_is_used_by_two(self, state: State) -> bool:
        used = self.used(state)
        return len(set(used)) == len(used) and not set(used) & set(state.idle)

    @always
    def no_connection_is_leaked(self, state: State) -> bool:
        is_open = {each for each, at in enumerate(state.connections) if at != GONE}
        return is_open == {*self.used(state), *state.idle}

    @always
    def the_pool_counts_what_there_is(self, state: State) -> bool:
        return all(
            slots == self.out(state, host) + len(self.idle_of(state, host))
            for host, slots in enumerate(state.slots)
        )

    @always
    def the_limits_are_kept(self, state: State) -> bool:
        return max(state.slots) <= self.per_host and sum(state.slots) <= self.total

    @always
    def who_uses_a_connection_has_one_to_its_host(self, state: State) -> bool:
        return all(
            (at != USING or has != NONE) and (has == NONE or state.hosts[has] == host)
            for at, has, host in zip(state.tasks.at, state.has, self.wants, strict=True)
        )

    @always
    def first_come_first_served_at_each_host(self, state: State) -> bool:
        for host in range(len(state.slots)):
            asked = [task for task in state.tasks.asked if self.wants[task] == host]
            told = [state.tasks.at[task] != WAITING for task in asked]
            if told != sorted(told, reverse=True):
                return False
        return True

    @always
    def nobody_waits_for_what_is_free(self, state: State) -> bool:
        return not any(self.can_be_served(state, self.wants[task]) for task in self.waiting(state))

    @always
    def a_closed_pool_keeps_nothing(self, state: State) -> bool:
        return not state.closed or not (state.idle or self.waiting(state))

    @always
    def an_old_connection_is_not_handed_out(self, state: State) -> bool:
        """Whoever asks now is given none of those that are past their time."""
        old = state.idle[: state.old]
        return not any(
            self.ask(state, task).has[task] in old
            for task, at in enumerate(state.tasks.at)
            if old and at == AWAY
        )

    @always
    def only_what_was_idle_is_reused(self, state: State) -> bool:
        return all(
            has != NONE for has, reused in zip(state.has, state.reused, strict=True) if reused
        )

    # Progress

    def waits(self, state: State, task: int) -> bool:
        """Whether the task waits for a connection."""
        return state.tasks.at[task] == WAITING

    @eventually(after="waits", of="task")
    def who_waits_is_served_or_leaves(self, state: State, task: int) -> bool:
        return state.tasks.at[task] != WAITING

    def has_begun(self, state: State, task: int) -> bool:
        """Whether a request is under way."""
        return state.tasks.at[task] != AWAY

    @eventually(after="has_begun", of="task")
    def every_request_ends(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == AWAY

    # Reachability

    @sometimes
    def one_is_cancelled_after_it_was_granted_a_connection(self, state: State) -> bool:
        return any(
            state.tasks.cancelling[task] and state.tasks.at[task] == GRANTED and has != NONE
            for task, has in enumerate(state.has)
        )

    @sometimes
    def one_is_cancelled_while_it_connects_and_another_waits(self, state: State) -> bool:
        return WAITING in state.tasks.at and any(
            state.tasks.cancelling[task] and at == CONNECTING
            for task, at in enumerate(state.tasks.at)
        )

    @sometimes
    def a_dead_connection_is_granted(self, state: State) -> bool:
        return any(
            has != NONE and state.tasks.at[task] == GRANTED and state.connections[has] == DEAD
            for task, has in enumerate(state.has)
        )

    @sometimes
    def one_waits_that_is_refused(self, state: State) -> bool:
        return REFUSED in state.tasks.at

    # Canaries

    @always(canary="no_connection_is_used_by_two")
    def no_connection_is_used(self, state: State) -> bool:
        return not self.used(state)

    @always(canary="no_connection_is_leaked")
    def every_open_connection_is_idle(self, state: State) -> bool:
        return state.connections.count(ALIVE) <= len(state.idle)

    @always(canary="the_pool_counts_what_there_is")
    def the_pool_counts_what_is_idle(self, state: State) -> bool:
        return sum(state.slots) == len(state.idle)

    @always(canary="the_limits_are_kept")
    def the_limits_are_never_reached(self, state: State) -> bool:
        return sum(state.slots) < self.total

    @always(canary="who_uses_a_connection_has_one_to_its_host")
    def who_has_a_connection_is_in_no_queue(self, state: State) -> bool:
        return not any(state.has[task] != NONE for task in state.tasks.asked)

    @always(canary="first_come_first_served_at_each_host")
    def the_last_to_come_is_never_granted(self, state: State) -> bool:
        return not state.tasks.asked or state.tasks.at[state.tasks.asked[-1]] != GRANTED

    @always(canary="nobody_waits_for_what_is_free")
    def nobody_waits(self, state: State) -> bool:
        return not self.waiting(state)

    @always(canary="a_closed_pool_keeps_nothing")
    def a_closed_pool_has_nothing_open(self, state: State) -> bool:
        return not state.closed or not self.used(state)

    @always(canary="an_old_connection_is_not_handed_out")
    def nothing_is_idle_past_its_time(self, state: State) -> bool:
        return state.old == 0

    @always(canary="only_what_was_idle_is_reused")
    def nothing_is_reused(self, state: State) -> bool:
        return not any(state.reused)

    @eventually(after="waits", of="task", canary="who_waits_is_served_or_leaves")
    def who_waits_gets_a_connection(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == USING

    @eventually(after="has_begun", of="task", canary="every_request_ends")
    def every_request_uses_a_connection(self, state: State, task: int) -> bool:
        return state.tasks.at[task] == USING

    # Words

    def used(self, state: State) -> list[int]:
        """The connections that tasks have."""
        return [has for has in state.has if has != NONE]

    def out(self, state: State, host: int) -> int:
        """How many tasks have a connection to the host, or the right to one."""
        return sum(
            self.has_a_slot(state, task) for task, wants in enumerate(self.wants) if wants == host
        )


class SharedByHosts(HttpPoolMachine):
    """Several hosts share the limit for all of them."""

    @sometimes
    def one_host_waits_for_the_connections_of_another(self, state: State) -> bool:
        return any(state.slots[self.wants[task]] < self.per_host for task in self.waiting(state))


CONFIGURATIONS = (
    SharedByHosts(wants=(0, 0, 1), idempotent=(True, False, True), per_host=1, total=1),
)

LARGE = SharedByHosts(wants=(0, 0, 1), idempotent=(True, False, True), per_host=2, total=2)
"""Two connections at the same time: 15,986 states."""
