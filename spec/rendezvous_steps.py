"""The variables of the rendezvous machine, and its steps.

What is modelled, and what the variables mean, is said at the head of `rendezvous.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import action, drop

from .channel_steps import ChannelSteps
from .channel_users import (
    AWAY,
    CANCELLED,
    CLOSED,
    DONE,
    FAILED,
    GRANTED,
    WAITING,
    Users,
    nobody,
)

SEND, RECEIVE = "send", "receive"
OPEN, SHUT, GONE = "open", "shut", "gone"
NOBODY = -1


class State(NamedTuple):
    """The variables; see the head of `rendezvous.py`."""

    users: Users
    offers: tuple[int, ...]
    receiving: tuple[int, ...]
    sender: bool
    receiver: str
    tried: int
    got: tuple[tuple[int, int], ...]


class RendezvousSteps(ChannelSteps):
    """What the claims stand on. `does` says what each user does: those who send come first."""

    does: tuple[str, ...] = (SEND, RECEIVE, RECEIVE)
    tries: int = 1

    def initial(self) -> Iterable[State]:
        return [State(nobody(len(self.does)), (), (), True, OPEN, 0, ())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(len(self.does))}

    # What the steps are made of

    def covered(self, state: State) -> tuple[int, ...]:
        """Those who wait to receive and have an offer to take."""
        return state.receiving[: len(state.offers)]

    def is_over(self, state: State) -> bool:
        """Whether nothing will ever be taken any more."""
        return not state.offers and not (state.sender and state.receiver == OPEN)

    def wake_last_covered(self, state: State) -> State:
        """The last who is covered may have become so just now."""
        if not state.offers or len(state.receiving) < len(state.offers):
            return state
        return state._replace(users=state.users.wake(self.covered(state)[-1]))

    def take(self, state: State, user: int) -> State:
        """The oldest value goes to `user`; its sender has sent it."""
        value, *rest = state.offers
        users = state.users
        if value < len(self.does):
            users = users.tell(value, GRANTED)
        got = (*state.got, (user, value))
        return self.end_if_over(state._replace(users=users, offers=tuple(rest), got=got))

    def end_if_over(self, state: State) -> State:
        """If nothing will come any more, whoever waits to receive is told so."""
        if not self.is_over(state):
            return state
        users = state.users.tell_all(state.receiving, CLOSED)
        return state._replace(users=users, receiving=())

    def turn_away(self, state: State) -> State:
        """Every task that waits to send is told that it is closed."""
        users = state.users
        for value in state.offers:
            if value < len(self.does):
                users = users.tell(value, CLOSED)
        offers = tuple(value for value in state.offers if value >= len(self.does))
        return self.end_if_over(state._replace(users=users, offers=offers))

    # The users

    @action(writes=("users",), reads=("users", "receiver"), fair=False)
    def begin(self, state: State, user: int) -> State:
        return state._replace(users=state.users.begin(user))

    @begin.guard
    def can_begin(self, state: State, user: int) -> bool:
        may = self.does[user] == SEND or state.receiver != GONE
        return may and state.users.at[user] == AWAY

    @action(writes=("users", "offers", "receiving", "got"), reads=State._fields)
    def poll(self, state: State, user: int) -> State:
        """The first of the queue is polled."""
        leaving, told = state.users.is_leaving(user), state.users.told[user]
        state = state._replace(users=state.users.take_first())
        if told == GRANTED:
            return state._replace(users=state.users.end(user, DONE))
        if leaving:
            return self.leave(state, user)
        if told == CLOSED:
            return state._replace(users=state.users.end(user, FAILED))
        return (self.send if self.does[user] == SEND else self.receive)(state, user)

    @poll.guard
    def can_poll(self, state: State, user: int) -> bool:
        return state.users.queue[:1] == (user,)

    def send(self, state: State, user: int) -> State:
        """It offers its value, and waits until that is taken."""
        if state.users.at[user] == WAITING:
            return state
        if not (state.sender and state.receiver == OPEN):
            return state._replace(users=state.users.end(user, FAILED))
        state = self.wake_last_covered(state._replace(offers=(*state.offers, user)))
        return state._replace(users=state.users.wait(user))

    def receive(self, state: State, user: int) -> State:
        """It takes the oldest offer if it is covered, or if more is offered than is waited for."""
        if user in self.covered(state):
            ended = state.users.end(user, DONE)
            left = state._replace(users=ended, receiving=drop(state.receiving, user))
            return self.take(left, user)
        if user in state.receiving:
            return state
        if len(state.offers) > len(state.receiving):
            return self.take(state._replace(users=state.users.end(user, DONE)), user)
        if self.is_over(state):
            return state._replace(users=state.users.end(user, FAILED))
        return state._replace(users=state.users.wait(user), receiving=(*state.receiving, user))

    def leave(self, state: State, user: int) -> State:
        """A cancelled user withdraws its offer, or leaves its place to the one behind it."""
        state = state._replace(users=state.users.end(user, CANCELLED))
        if user in state.offers:
            return state._replace(offers=drop(state.offers, user))
        if user in state.receiving:
            left = state._replace(receiving=drop(state.receiving, user))
            return self.wake_last_covered(left)
        return state

    # What does not wait

    @action(
        writes=("users", "offers", "tried"),
        reads=("users", "offers", "receiving", "sender", "receiver", "tried"),
        fair=False,
    )
    def try_send(self, state: State) -> State:
        """For one who waits and is not covered. The values are numbered after the users."""
        offers = (*state.offers, len(self.does) + state.tried)
        return self.wake_last_covered(state._replace(offers=offers, tried=state.tried + 1))

    @try_send.guard
    def can_try_send(self, state: State) -> bool:
        is_open = state.sender and state.receiver == OPEN
        wanted = len(state.receiving) > len(state.offers)
        return is_open and wanted and state.tried < self.tries

    @action(writes=("users", "offers", "receiving", "got"), reads=State._fields, fair=False)
    def try_receive(self, state: State) -> State:
        return self.take(state, NOBODY)

    @try_receive.guard
    def can_try_receive(self, state: State) -> bool:
        return state.receiver != GONE and len(state.offers) > len(state.receiving)

    # The ends of the channel

    @action(
        writes=("users", "offers", "receiving", "sender"),
        reads=("users", "offers", "receiving", "sender", "receiver"),
        fair=False,
    )
    def close_sender(self, state: State) -> State:
        return self.turn_away(state._replace(sender=False))

    @close_sender.guard
    def can_close_sender(self, state: State) -> bool:
        return state.sender

    @action(
        writes=("users", "offers", "receiving", "receiver"),
        reads=("users", "offers", "receiving", "sender", "receiver"),
        fair=False,
    )
    def close_receiver(self, state: State) -> State:
        """What was sent without waiting can still be received."""
        return self.turn_away(state._replace(receiver=SHUT))

    @close_receiver.guard
    def can_close_receiver(self, state: State) -> bool:
        return state.receiver == OPEN

    @action(
        writes=("users", "offers", "receiving", "receiver"),
        reads=("users", "offers", "receiving", "sender", "receiver"),
        fair=False,
    )
    def drop_receiver(self, state: State) -> State:
        """Nobody holds it any more: what was sent without waiting is let go of."""
        return self.turn_away(state._replace(receiver=GONE))._replace(offers=())

    @drop_receiver.guard
    def can_drop_receiver(self, state: State) -> bool:
        receivers = range(self.does.count(SEND), len(self.does))
        held = any(state.users.is_alive(user) for user in receivers)
        return state.receiver != GONE and not held
