"""The steps of the mpsc machine: what its users do, and what others do with the handles.

What is modelled is said at the head of `mpsc.py`.
"""

from __future__ import annotations

from zokio.model import action, put

from .channel_users import (
    AWAY,
    CANCELLED,
    CLOSED,
    DONE,
    FAILED,
    GRANTED,
)
from .mpsc_state import (
    GONE,
    HOLDING,
    NOBODY,
    OPEN,
    RECEIVE,
    RELEASED,
    SEND,
    SHUT,
    WATCH,
    MpscState,
    State,
)


class MpscSteps(MpscState):
    """Everything that can happen, one atomic step each."""

    # The users

    @action(writes=("users",), reads=("users", "receiver"), fair=False)
    def begin(self, state: State, user: int) -> State:
        return state._replace(users=state.users.begin(user))

    @begin.guard
    def can_begin(self, state: State, user: int) -> bool:
        is_sender = self.does[user] != RECEIVE
        return state.users.at[user] == AWAY and (is_sender or state.receiver != GONE)

    @action(
        writes=("users", "buffer", "sending", "receiving", "watching", "sent", "got"),
        reads=State._fields,
    )
    def poll(self, state: State, user: int) -> State:
        """The first of the queue is polled."""
        leaving, told = state.users.is_leaving(user), state.users.told[user]
        state = state._replace(users=state.users.take_first())
        if leaving:
            return self.leave(state, user, CANCELLED)
        if told == CLOSED:
            return self.leave(state, user, FAILED)
        if self.does[user] == RECEIVE:
            return self.receive(state, user)
        if self.does[user] == WATCH:
            return self.watch(state, user)
        return self.send(state, user)

    @poll.guard
    def can_poll(self, state: State, user: int) -> bool:
        return state.users.queue[:1] == (user,)

    def send(self, state: State, user: int) -> State:
        """It sends, or reserves, if it was promised a slot or one is free; else it waits."""
        promised = state.users.told[user] == GRANTED
        may = state.receiver != GONE if promised else self.may_send(state, self.handle_of(user))
        if not may:
            return state._replace(users=state.users.end(user, FAILED))
        if promised or (self.has_room(state, self.slots_of(user)) and not state.sending):
            does_reserve = self.does[user] != SEND
            ended = state.users.end(user, HOLDING if does_reserve else DONE)
            state = state._replace(users=ended)
            return state if does_reserve else self.push(state, user)
        if user not in state.sending:
            state = state._replace(sending=(*state.sending, user))
        return state._replace(users=state.users.wait(user))

    def receive(self, state: State, user: int) -> State:
        """It receives what it was promised or what is free; else it waits, unless all is over."""
        if state.users.told[user] == GRANTED or self.has_item(state):
            return self.pop(state._replace(users=state.users.end(user, DONE)), user)
        if self.is_over(state):
            return state._replace(users=state.users.end(user, FAILED))
        if user not in state.receiving:
            state = state._replace(receiving=(*state.receiving, user))
        return state._replace(users=state.users.wait(user))

    def watch(self, state: State, user: int) -> State:
        """It goes on when the receiver is closed, also by nobody's holding it."""
        if state.receiver != OPEN:
            return state._replace(users=state.users.end(user, DONE))
        if user not in state.watching:
            state = state._replace(watching=(*state.watching, user))
        return state._replace(users=state.users.wait(user))

    def may_send(self, state: State, handle: int) -> bool:
        """Whether the handle and the receiver are open."""
        return state.handles[handle] and state.receiver == OPEN

    # What does not wait

    @action(writes=("users", "buffer", "receiving", "sent"), reads=State._fields, fair=False)
    def try_send(self, state: State, handle: int) -> State:
        """The values are numbered from the number of users on."""
        tried = sum(value >= len(self.does) for value in state.sent)
        return self.push(state, len(self.does) + tried)

    @try_send.guard
    def can_try_send(self, state: State, handle: int) -> bool:
        tried = sum(value >= len(self.does) for value in state.sent)
        may_send = self.may_send(state, handle) and not state.sending
        return may_send and self.has_room(state) and tried < self.tries

    @action(writes=("users", "buffer", "sending", "receiving", "got"), reads=State._fields)
    def try_receive(self, state: State) -> State:
        return self.pop(state, NOBODY)

    @try_receive.guard
    def can_try_receive(self, state: State) -> bool:
        return state.receiver != GONE and self.has_item(state)

    # Permits

    @action(
        writes=("users", "buffer", "receiving", "sent"),
        reads=State._fields,
        fair=False,
        may_be_idle=True,
    )
    def use_permit(self, state: State, user: int) -> State:
        """What is sent after `shut` still arrives; after `gone` it is refused. Both of two."""
        if state.receiver == GONE:
            return state._replace(users=state.users.end(user, FAILED))
        state = state._replace(users=state.users.end(user, DONE))
        for _ in range(self.slots_of(user)):
            state = self.push(state, user)
        return state

    @use_permit.guard
    def can_use_permit(self, state: State, user: int) -> bool:
        return state.users.at[user] == HOLDING

    @action(
        writes=("users", "sending", "receiving"),
        reads=State._fields,
        fair=False,
        may_be_idle=True,
    )
    def release_permit(self, state: State, user: int) -> State:
        return self.promise_slot(state._replace(users=state.users.end(user, RELEASED)))

    @release_permit.guard
    def can_release_permit(self, state: State, user: int) -> bool:
        return state.users.at[user] == HOLDING

    # The ends of the channel

    @action(writes=("users", "sending", "receiving", "handles"), reads=State._fields, fair=False)
    def close_sender(self, state: State, handle: int) -> State:
        """Whoever waits to send by this handle is turned away."""
        state = state._replace(handles=put(state.handles, handle, False))
        its_users = [user for user in self.senders if self.handle_of(user) == handle]
        return self.promise_slot(self.turn_away(state, its_users))

    @close_sender.guard
    def can_close_sender(self, state: State, handle: int) -> bool:
        return state.handles[handle]

    @action(
        writes=("users", "sending", "receiving", "watching", "receiver"),
        reads=State._fields,
        fair=False,
    )
    def close_receiver(self, state: State) -> State:
        """Nothing more is taken in; what was promised or sent can still be received."""
        state = self.turn_away(state._replace(receiver=SHUT), self.senders)
        return self.tell_of_the_close(self.end_if_over(state))

    @close_receiver.guard
    def can_close_receiver(self, state: State) -> bool:
        return state.receiver == OPEN

    @action(
        writes=("users", "buffer", "sending", "watching", "receiver"),
        reads=State._fields,
        fair=False,
    )
    def drop_receiver(self, state: State) -> State:
        """Nobody holds it any more: what was sent is let go of."""
        state = state._replace(receiver=GONE, buffer=())
        return self.tell_of_the_close(self.turn_away(state, self.senders))

    @drop_receiver.guard
    def can_drop_receiver(self, state: State) -> bool:
        held = any(state.users.is_alive(user) for user in self.receivers)
        return state.receiver != GONE and not held
