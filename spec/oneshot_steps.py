"""The variables of the oneshot machine, and its steps.

What is modelled, and what the variables mean, is said at the head of `oneshot.py`.
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
    NOTHING,
    Users,
    nobody,
)

RECEIVE, WATCH = "receive", "watch"
EMPTY, SENT, TAKEN, ENDED, SHUT = "empty", "sent", "taken", "ended", "shut"


class State(NamedTuple):
    """The variables; see the head of `oneshot.py`."""

    users: Users
    cell: str
    receiving: tuple[int, ...]
    watching: tuple[int, ...]
    held: bool
    sent: int
    got: int


class OneshotSteps(ChannelSteps):
    """What the claims stand on. `does` says what each user does: those who receive come first."""

    does: tuple[str, ...] = (RECEIVE, RECEIVE, WATCH)

    def initial(self) -> Iterable[State]:
        return [State(nobody(len(self.does)), EMPTY, (), (), True, 0, 0)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(len(self.does))}

    # What the steps are made of

    def is_promised(self, state: State) -> bool:
        """Whether the value is kept for one who waits."""
        return GRANTED in state.users.told[: self.does.count(RECEIVE)]

    def is_free(self, state: State) -> bool:
        """Whether the value is there for whoever comes."""
        return state.cell == SENT and not self.is_promised(state)

    def promise(self, state: State) -> State:
        """A free value is kept for the first who waits."""
        if not (state.receiving and self.is_free(state)):
            return state
        first, *rest = state.receiving
        return state._replace(users=state.users.tell(first, GRANTED), receiving=tuple(rest))

    def take(self, state: State) -> State:
        """The value is received, so nobody else will get one."""
        return self.turn_away(state._replace(cell=TAKEN, got=state.got + 1))

    def turn_away(self, state: State) -> State:
        """Nobody waits for a value that will not come."""
        users = state.users.tell_all(state.receiving, CLOSED)
        return state._replace(users=users, receiving=())

    def settle(self, state: State) -> State:
        """Nobody waits for the value to be wanted no more."""
        users = state.users.tell_all(state.watching, GRANTED)
        return state._replace(users=users, watching=())

    def leave(self, state: State, user: int) -> State:
        """A cancelled user goes; what was promised to it goes to the next."""
        told = state.users.told[user]
        state = state._replace(users=state.users.end(user, CANCELLED))
        if told == NOTHING and user in state.receiving:
            return state._replace(receiving=drop(state.receiving, user))
        if told == NOTHING:
            return state._replace(watching=drop(state.watching, user))
        return self.promise(state)

    # The users

    @action(writes=("users",), reads=("users", "held"), fair=False)
    def begin(self, state: State, user: int) -> State:
        return state._replace(users=state.users.begin(user))

    @begin.guard
    def can_begin(self, state: State, user: int) -> bool:
        return state.users.at[user] == AWAY and (state.held or self.does[user] == WATCH)

    @action(writes=("users", "cell", "receiving", "watching", "got"), reads=State._fields)
    def poll(self, state: State, user: int) -> State:
        """The first of the queue is polled."""
        leaving = state.users.is_leaving(user)
        state = state._replace(users=state.users.take_first())
        if leaving:
            return self.leave(state, user)
        return (self.receive if self.does[user] == RECEIVE else self.watch)(state, user)

    @poll.guard
    def can_poll(self, state: State, user: int) -> bool:
        return state.users.queue[:1] == (user,)

    def receive(self, state: State, user: int) -> State:
        """It takes the value if it is there, fails if none will come, and waits otherwise."""
        if state.users.told[user] == GRANTED or self.is_free(state):
            return self.take(state._replace(users=state.users.end(user, DONE)))
        if state.cell not in (EMPTY, SENT):
            return state._replace(users=state.users.end(user, FAILED))
        if user not in state.receiving:
            state = state._replace(receiving=(*state.receiving, user))
        return state._replace(users=state.users.wait(user))

    def watch(self, state: State, user: int) -> State:
        """It waits while the value is wanted and not sent."""
        if state.cell != EMPTY:
            return state._replace(users=state.users.end(user, DONE))
        if user not in state.watching:
            state = state._replace(watching=(*state.watching, user))
        return state._replace(users=state.users.wait(user))

    # The two ends

    @action(
        writes=("users", "cell", "receiving", "watching", "sent"),
        reads=("users", "cell", "receiving", "watching", "sent"),
        fair=False,
    )
    def send(self, state: State) -> State:
        return self.settle(self.promise(state._replace(cell=SENT, sent=state.sent + 1)))

    @send.guard
    def can_send(self, state: State) -> bool:
        return state.cell == EMPTY

    @action(
        writes=("users", "cell", "receiving", "got"),
        reads=("users", "cell", "receiving", "held", "got"),
        fair=False,
    )
    def try_receive(self, state: State) -> State:
        return self.take(state)

    @try_receive.guard
    def can_try_receive(self, state: State) -> bool:
        return state.held and self.is_free(state)

    @action(
        writes=("users", "cell", "receiving", "watching"),
        reads=("users", "cell", "receiving", "watching"),
        fair=False,
    )
    def close_sender(self, state: State) -> State:
        """Closing after the value was sent changes nothing."""
        if state.cell != EMPTY:
            return state
        return self.settle(self.turn_away(state._replace(cell=ENDED)))

    @action(
        writes=("users", "cell", "receiving", "watching"),
        reads=("users", "cell", "receiving", "watching", "held"),
        fair=False,
    )
    def close_receiver(self, state: State) -> State:
        """A value that was sent can still be received."""
        if state.cell != EMPTY:
            return state
        return self.settle(self.turn_away(state._replace(cell=SHUT)))

    @close_receiver.guard
    def can_close_receiver(self, state: State) -> bool:
        return state.held

    @action(
        writes=("users", "cell", "watching", "held"),
        reads=("users", "cell", "receiving", "watching", "held"),
        fair=False,
    )
    def drop_receiver(self, state: State) -> State:
        """Nobody holds it any more: a value that was sent is let go of."""
        shut = SHUT if state.cell in (EMPTY, SENT) else state.cell
        return self.settle(state._replace(cell=shut, held=False))

    @drop_receiver.guard
    def can_drop_receiver(self, state: State) -> bool:
        receivers = range(self.does.count(RECEIVE))
        return state.held and not any(state.users.is_alive(user) for user in receivers)
