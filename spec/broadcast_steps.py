"""The variables of the broadcast machine, and its steps.

What is modelled, and what the variables mean, is said at the head of `broadcast.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, drop, put

from .channel_steps import ChannelSteps
from .channel_users import (
    AWAY,
    CANCELLED,
    CLOSED,
    DONE,
    FAILED,
    GRANTED,
    NOTHING,
    Users,
    nobody,
)

LAGGED = "lagged"


class State(NamedTuple):
    """The variables; see the head of `broadcast.py`."""

    users: Users
    sent: int
    kept: int
    next: tuple[int, ...]
    waiting: tuple[int, ...]
    sender: bool
    receivers: tuple[bool, ...]
    got: tuple[tuple[int, ...], ...]


class BroadcastSteps(ChannelSteps):
    """What the claims stand on. Each task has a receiver, the last ones share one.

    `takes`: how many times, at most, a receiver takes something without waiting.
    """

    tasks: int = 2
    receivers: int = 2
    capacity: int = 1
    sends: int = 2
    takes: int = 1

    def initial(self) -> Iterable[State]:
        count = self.receivers
        return [
            State(nobody(self.tasks), 0, 0, (0,) * count, (), True, (True,) * count, ((),) * count)
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(self.tasks), "receiver": range(self.receivers)}

    # What the steps are made of

    def receiver_of(self, user: int) -> int:
        """The receiver by which a user receives."""
        return min(user, self.receivers - 1)

    def missed(self, state: State, receiver: int) -> int:
        """How many values are gone that the receiver has not received."""
        return max(state.sent - state.kept - state.next[receiver], 0)

    def give(self, state: State, receiver: int) -> State:
        """The receiver is told of its lag, or else given the next value."""
        missed, next = self.missed(state, receiver), state.next[receiver]
        given = -missed if missed else next
        return state._replace(
            next=put(state.next, receiver, next + (missed or 1)),
            got=put(state.got, receiver, (*state.got[receiver], given)),
        )

    # The users

    @action(writes=("users",), reads=("users",), fair=False)
    def begin(self, state: State, user: int) -> State:
        return state._replace(users=state.users.begin(user))

    @begin.guard
    def can_begin(self, state: State, user: int) -> bool:
        return state.users.at[user] == AWAY

    @action(writes=("users", "next", "waiting", "got"), reads=State._fields)
    def poll(self, state: State, user: int) -> State:
        """The first of the queue is polled: it is given something, gets the end, or waits."""
        leaving, told = state.users.is_leaving(user), state.users.told[user]
        state = state._replace(users=state.users.take_first())
        if leaving:
            return self.leave(state, user)
        receiver = self.receiver_of(user)
        is_open = state.receivers[receiver] and told != CLOSED
        if is_open and state.next[receiver] != state.sent:
            how = LAGGED if self.missed(state, receiver) else DONE
            return self.give(state._replace(users=state.users.end(user, how)), receiver)
        if not (is_open and state.sender):
            return state._replace(users=state.users.end(user, FAILED))
        if user not in state.waiting:
            state = state._replace(waiting=(*state.waiting, user))
        told_nothing = put(state.users.told, user, NOTHING)
        return state._replace(users=state.users._replace(told=told_nothing).wait(user))

    @poll.guard
    def can_poll(self, state: State, user: int) -> bool:
        return state.users.queue[:1] == (user,)

    def leave(self, state: State, user: int) -> State:
        """A cancelled user goes, and has received nothing."""
        state = state._replace(users=state.users.end(user, CANCELLED))
        if user in state.waiting:
            return state._replace(waiting=drop(state.waiting, user))
        return state

    # The ends

    @action(
        writes=("users", "sent", "kept", "waiting"),
        reads=("users", "sent", "kept", "waiting", "sender", "receivers"),
        fair=False,
    )
    def send(self, state: State) -> State:
        """The oldest value gives way when there is no room."""
        return state._replace(
            users=state.users.tell_all(state.waiting, GRANTED),
            sent=state.sent + 1,
            kept=min(state.kept + 1, self.capacity),
            waiting=(),
        )

    @send.guard
    def can_send(self, state: State) -> bool:
        return state.sender and any(state.receivers) and state.sent < self.sends

    @action(
        writes=("next", "got"),
        reads=("users", "sent", "kept", "next", "receivers", "got"),
        fair=False,
    )
    def take(self, state: State, receiver: int) -> State:
        """Without waiting: `try_recv`."""
        return self.give(state, receiver)

    @take.guard
    def can_take(self, state: State, receiver: int) -> bool:
        by_tasks = state.users.at.count(DONE) + state.users.at.count(LAGGED)
        taken = sum(map(len, state.got)) - by_tasks
        news = state.next[receiver] != state.sent
        return news and state.receivers[receiver] and taken < self.takes

    @action(writes=("users", "waiting", "sender"), reads=("users", "waiting", "sender"), fair=False)
    def close_sender(self, state: State) -> State:
        """Whoever waits has received everything."""
        users = state.users.tell_all(state.waiting, CLOSED)
        return state._replace(users=users, waiting=(), sender=False)

    @close_sender.guard
    def can_close_sender(self, state: State) -> bool:
        return state.sender

    @action(
        writes=("users", "kept", "waiting", "receivers"),
        reads=("users", "waiting", "receivers"),
        fair=False,
    )
    def close_receiver(self, state: State, receiver: int) -> State:
        """When the last one is closed, nothing is kept."""
        its_users = [user for user in state.waiting if self.receiver_of(user) == receiver]
        state = state._replace(
            users=state.users.tell_all(its_users, CLOSED),
            waiting=tuple(user for user in state.waiting if user not in its_users),
            receivers=put(state.receivers, receiver, False),
        )
        return state if any(state.receivers) else state._replace(kept=0)

    @close_receiver.guard
    def can_close_receiver(self, state: State, receiver: int) -> bool:
        return state.receivers[receiver]
