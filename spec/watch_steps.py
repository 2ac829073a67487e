"""The variables of the watch machine, and its steps.

What is modelled, and what the variables mean, is said at the head of `watch.py`.
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

CHANGE, LEAVE = "change", "leave"


class State(NamedTuple):
    """The variables; see the head of `watch.py`."""

    users: Users
    version: int
    seen: tuple[int, ...]
    changing: tuple[int, ...]
    leaving: tuple[int, ...]
    sender: bool
    receivers: tuple[bool, ...]
    got: tuple[tuple[int, int], ...]


class WatchSteps(ChannelSteps):
    """What the claims stand on. `does` says what each user does; who waits for a change is first.

    Each of those has a receiver, the last ones share one. `looks`: how often a receiver looks.
    """

    does: tuple[str, ...] = (CHANGE, CHANGE, LEAVE)
    receivers: int = 2
    sends: int = 2
    looks: int = 1

    def initial(self) -> Iterable[State]:
        count = self.receivers
        return [State(nobody(len(self.does)), 0, (0,) * count, (), (), True, (True,) * count, ())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(len(self.does)), "receiver": range(self.receivers)}

    # What the steps are made of

    def receiver_of(self, user: int) -> int:
        """The receiver by which a user waits."""
        return min(user, self.receivers - 1)

    def look_by(self, state: State, receiver: int) -> State:
        """The receiver sees the newest value."""
        return state._replace(
            seen=put(state.seen, receiver, state.version),
            got=(*state.got, (receiver, state.version)),
        )

    # The users

    @action(writes=("users",), reads=("users",), fair=False)
    def begin(self, state: State, user: int) -> State:
        return state._replace(users=state.users.begin(user))

    @begin.guard
    def can_begin(self, state: State, user: int) -> bool:
        return state.users.at[user] == AWAY

    @action(writes=("users", "seen", "changing", "leaving", "got"), reads=State._fields)
    def poll(self, state: State, user: int) -> State:
        """The first of the queue is polled."""
        leaving, told = state.users.is_leaving(user), state.users.told[user]
        state = state._replace(users=state.users.take_first())
        if leaving:
            return self.leave(state, user)
        if told == CLOSED:
            return state._replace(users=state.users.end(user, FAILED))
        if self.does[user] == CHANGE:
            return self.change(state, user)
        return self.wait_for_leaving(state, user)

    @poll.guard
    def can_poll(self, state: State, user: int) -> bool:
        return state.users.queue[:1] == (user,)

    def change(self, state: State, user: int) -> State:
        """It has a change if there is one its receiver has not seen; the end comes after that."""
        receiver = self.receiver_of(user)
        if state.receivers[receiver] and state.seen[receiver] != state.version:
            return self.look_by(state._replace(users=state.users.end(user, DONE)), receiver)
        if not (state.receivers[receiver] and state.sender):
            return state._replace(users=state.users.end(user, FAILED))
        if user not in state.changing:
            state = state._replace(changing=(*state.changing, user))
        told = put(state.users.told, user, NOTHING)
        return state._replace(users=state.users._replace(told=told).wait(user))

    def wait_for_leaving(self, state: State, user: int) -> State:
        """It waits while there is a receiver."""
        if state.users.told[user] == GRANTED or not any(state.receivers):
            return state._replace(users=state.users.end(user, DONE))
        if user not in state.leaving:
            state = state._replace(leaving=(*state.leaving, user))
        return state._replace(users=state.users.wait(user))

    def leave(self, state: State, user: int) -> State:
        """A cancelled user goes, and has seen nothing."""
        state = state._replace(users=state.users.end(user, CANCELLED))
        if user in state.changing:
            return state._replace(changing=drop(state.changing, user))
        if user in state.leaving:
            return state._replace(leaving=drop(state.leaving, user))
        return state

    # The ends

    @action(
        writes=("users", "version", "changing"),
        reads=("users", "version", "changing", "sender"),
        fair=False,
    )
    def send(self, state: State) -> State:
        users = state.users.tell_all(state.changing, GRANTED)
        return state._replace(users=users, version=state.version + 1, changing=())

    @send.guard
    def can_send(self, state: State) -> bool:
        return state.sender and state.version < self.sends

    @action(
        writes=("seen", "got"),
        reads=("version", "seen", "receivers", "got", "users"),
        fair=False,
    )
    def look(self, state: State, receiver: int) -> State:
        """Without waiting: `borrow_and_update`."""
        return self.look_by(state, receiver)

    @look.guard
    def can_look(self, state: State, receiver: int) -> bool:
        looked = len(state.got) - state.users.at[: self.does.count(CHANGE)].count(DONE)
        news = state.seen[receiver] != state.version
        return news and state.receivers[receiver] and looked < self.looks

    @action(
        writes=("users", "changing", "sender"),
        reads=("users", "changing", "sender"),
        fair=False,
    )
    def close_sender(self, state: State) -> State:
        """Whoever waits has seen the last value already."""
        users = state.users.tell_all(state.changing, CLOSED)
        return state._replace(users=users, changing=(), sender=False)

    @close_sender.guard
    def can_close_sender(self, state: State) -> bool:
        return state.sender

    @action(
        writes=("users", "changing", "leaving", "receivers"),
        reads=("users", "changing", "leaving", "receivers"),
        fair=False,
    )
    def close_receiver(self, state: State, receiver: int) -> State:
        its_users = [user for user in state.changing if self.receiver_of(user) == receiver]
        others = tuple(user for user in state.changing if user not in its_users)
        state = state._replace(
            users=state.users.tell_all(its_users, CLOSED),
            changing=others,
            receivers=put(state.receivers, receiver, False),
        )
        if any(state.receivers):
            return state
        users = state.users.tell_all(state.leaving, GRANTED)
        return state._replace(users=users, leaving=())

    @close_receiver.guard
    def can_close_receiver(self, state: State, receiver: int) -> bool:
        return state.receivers[receiver]
