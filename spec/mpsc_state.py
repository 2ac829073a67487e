"""The variables of the mpsc machine, where it begins, and the pieces that its steps are made of.

What they mean is said at the head of `mpsc.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import drop

from .channel_steps import ChannelSteps
from .channel_users import CLOSED, GRANTED, NOTHING, WAITING, Users, nobody

SEND, RESERVE, WATCH, RECEIVE = "send", "reserve", "watch", "receive"
RESERVE_TWO = "reserve_two"
OPEN, SHUT, GONE = "open", "shut", "gone"
HOLDING, RELEASED = "holding", "released"
NOBODY = -1


class State(NamedTuple):
    """The variables; see the head of `mpsc.py`."""

    users: Users
    buffer: tuple[int, ...]
    sending: tuple[int, ...]
    receiving: tuple[int, ...]
    watching: tuple[int, ...]
    handles: tuple[bool, ...]
    receiver: str
    sent: tuple[int, ...]
    got: tuple[tuple[int, int], ...]


class MpscState(ChannelSteps):
    """What the steps stand on. `does` says what each user does: those who send come first.

    Those who receive come last, and in between those who wait for the receiver to be closed. Each
    of those who send has a handle, the last ones share one. `tries`: how often something is sent
    without waiting.
    """

    does: tuple[str, ...] = (SEND, RESERVE, RECEIVE)
    handles: int = 1
    capacity: int | None = 1
    tries: int = 1

    def initial(self) -> Iterable[State]:
        open_handles = (True,) * self.handles
        return [State(nobody(len(self.does)), (), (), (), (), open_handles, OPEN, (), ())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(len(self.does)), "handle": range(self.handles)}

    @property
    def senders(self) -> range:
        """The users who send or reserve."""
        return range(sum(what in (SEND, RESERVE, RESERVE_TWO) for what in self.does))

    @property
    def receivers(self) -> range:
        """The users who receive."""
        return range(len(self.does) - self.does.count(RECEIVE), len(self.does))

    def handle_of(self, user: int) -> int:
        """The handle by which a user sends."""
        return min(user, self.handles - 1)

    def slots_of(self, user: int) -> int:
        """How many slots a user who sends wants, all at once."""
        return 2 if self.does[user] == RESERVE_TWO else 1

    # What can be read off a state

    def reserved(self, state: State) -> int:
        """Slots that are promised: to permits, and to those who wait to send and were granted."""
        return sum(
            self.slots_of(user)
            for user in self.senders
            if state.users.at[user] == HOLDING or state.users.told[user] == GRANTED
        )

    def claimed(self, state: State) -> int:
        """Items that are promised to those who wait to receive."""
        return state.users.told[self.receivers.start :].count(GRANTED)

    def has_room(self, state: State, slots: int = 1) -> bool:
        """Whether so many slots are free."""
        taken = len(state.buffer) + self.reserved(state)
        return self.capacity is None or taken + slots <= self.capacity

    def can_first_go_on(self, state: State) -> bool:
        """Whether somebody waits to send, and what the first one wants is free."""
        return bool(state.sending) and self.has_room(state, self.slots_of(state.sending[0]))

    def has_item(self, state: State) -> bool:
        """Whether an item is free to be taken."""
        return len(state.buffer) > self.claimed(state)

    def takes_more(self, state: State) -> bool:
        """Whether anything may be sent that was not promised a slot yet."""
        return state.receiver == OPEN and any(state.handles)

    def is_over(self, state: State) -> bool:
        """Whether nothing will ever be received any more."""
        return not (self.takes_more(state) or self.reserved(state) or state.buffer)

    # What happens to the channel

    def push(self, state: State, value: int) -> State:
        """A value goes in at the end, and the first who waits to receive is promised one."""
        state = state._replace(buffer=(*state.buffer, value), sent=(*state.sent, value))
        return self.promise_item(state)

    def pop(self, state: State, user: int) -> State:
        """The oldest value goes to `user`, and its slot to the first who waits to send."""
        got = (*state.got, (user, state.buffer[0]))
        return self.promise_slot(state._replace(buffer=state.buffer[1:], got=got))

    def promise_item(self, state: State) -> State:
        """If an item is free, it is kept for the first who waits to receive."""
        if not (state.receiving and self.has_item(state)):
            return state
        first, *rest = state.receiving
        return state._replace(users=state.users.tell(first, GRANTED), receiving=tuple(rest))

    def promise_slot(self, state: State) -> State:
        """What is free is kept for those who wait to send, in order; or all may be over."""
        while self.can_first_go_on(state):
            first, *rest = state.sending
            users = state.users.tell(first, GRANTED)
            state = state._replace(users=users, sending=tuple(rest))
        return self.end_if_over(state)

    def end_if_over(self, state: State) -> State:
        """If nothing will come any more, whoever waits to receive is told so."""
        if not self.is_over(state):
            return state
        users = state.users.tell_all(state.receiving, CLOSED)
        return state._replace(users=users, receiving=())

    def turn_away(self, state: State, who: Sequence[int]) -> State:
        """Those of `who` that wait to send are told that it is closed."""
        users = state.users
        for user in state.sending:
            if user in who:
                users = users.tell(user, CLOSED)
        sending = tuple(user for user in state.sending if user not in who)
        return state._replace(users=users, sending=sending)

    def tell_of_the_close(self, state: State) -> State:
        """Whoever waits for the receiver to be closed is told."""
        users = state.users.tell_all(state.watching, GRANTED)
        return state._replace(users=users, watching=())

    def leave(self, state: State, user: int, how: str) -> State:
        """A user ends without having sent or received; what was promised to it goes on."""
        told = state.users.told[user]
        state = state._replace(users=state.users.end(user, how))
        if told == NOTHING:
            if user in state.sending:  # the next one may want less
                return self.promise_slot(state._replace(sending=drop(state.sending, user)))
            if user in state.watching:
                return state._replace(watching=drop(state.watching, user))
            return state._replace(receiving=drop(state.receiving, user))
        if told == GRANTED and self.does[user] != WATCH:
            return (self.promise_slot if user in self.senders else self.promise_item)(state)
        return state

    def waiting(self, state: State) -> list[int]:
        """Users who wait and were told nothing."""
        return [
            user
            for user, (at, told) in enumerate(zip(state.users.at, state.users.told, strict=True))
            if at == WAITING and told == NOTHING
        ]
