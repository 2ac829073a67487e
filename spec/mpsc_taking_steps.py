"""The variables of the machine of `mpsc_taking.py`, and its steps.

What is modelled, and what the variables mean, is said at the head of `mpsc_taking.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, drop, put

AWAY, WAITING, DONE, FAILED, CANCELLED = "away", "waiting", "done", "failed", "cancelled"
TOOK, MARKED, HANDING = "took", "marked", "handing"
NOTHING, GRANTED, CLOSED = "nothing", "granted", "closed"
HOME, LENT, TAKEN = "home", "lent", "taken"
NOBODY = -1


class State(NamedTuple):
    """The variables; see the head of `mpsc_taking.py`."""

    places: tuple[str, ...]
    told: tuple[str, ...]
    lock: int
    own: str
    holders: tuple[int, ...]
    buffer: tuple[int, ...]
    free: int
    items: int
    promised: int
    sending: tuple[int, ...]
    receiving: tuple[int, ...]
    closed: bool
    sent: tuple[int, ...]
    got: tuple[int, ...]


class MpscTakingSteps(Machine[State]):
    """The first users send one value each, the others receive one each."""

    senders: int = 2
    receivers: int = 2
    capacity: int = 1

    def initial(self) -> Iterable[State]:
        count = self.senders + self.receivers
        users = ((AWAY,) * count, (NOTHING,) * count)
        return [State(*users, NOBODY, HOME, (), (), self.capacity, 0, 0, (), (), False, (), ())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"user": range(self.senders + self.receivers)}

    # Under the lock

    @action(
        writes=(
            "places",
            "lock",
            "own",
            "buffer",
            "free",
            "items",
            "told",
            "sending",
            "receiving",
            "sent",
        ),
        fair=False,
    )
    def send(self, state: State, user: int) -> State:
        """A mark is counted; then it sends, or stands in line."""
        state = self.count_mark(state)
        if state.free and not state.sending:
            return self.push(self.at(state._replace(free=state.free - 1), user, DONE), user)
        state = state._replace(sending=(*state.sending, user), lock=user)
        return self.at(state, user, WAITING)

    @send.guard
    def can_send(self, state: State, user: int) -> bool:
        is_idle = state.lock == NOBODY and state.places[user] == AWAY
        return is_idle and user < self.senders and not state.closed

    @action(
        writes=(
            "places",
            "told",
            "lock",
            "own",
            "holders",
            "buffer",
            "free",
            "items",
            "promised",
            "sending",
            "receiving",
            "got",
        ),
        fair=False,
    )
    def receive(self, state: State, user: int) -> State:
        """It takes what is free, or stands in line: with the channel's own waiter, if it can."""
        if state.items:
            state = state._replace(items=state.items - 1, free=state.free + 1)
            return self.promise_slot(self.at(self.pop(state), user, DONE))
        if self.is_over(state):
            return self.at(state, user, FAILED)
        state = self.count_mark(state)
        if state.own == HOME:
            state = state._replace(own=LENT, holders=(*state.holders, user))
        state = state._replace(receiving=(*state.receiving, user), lock=user)
        return self.at(state, user, WAITING)

    @receive.guard
    def can_receive(self, state: State, user: int) -> bool:
        is_idle = state.lock == NOBODY and state.places[user] == AWAY
        return is_idle and user >= self.senders

    @action(writes=("told", "lock", "own", "free", "items", "promised", "sending", "receiving"))
    def look_again(self, state: State, user: int) -> State:
        """Whoever stands in line looks whether it has to, still under the lock."""
        return self.promise_slot(self.promise_item(state._replace(lock=NOBODY)))

    @look_again.guard
    def can_look_again(self, state: State, user: int) -> bool:
        return state.lock == user

    @action(writes=("places", "told", "buffer", "items", "promised", "receiving", "sent"))
    def fill(self, state: State, user: int) -> State:
        """A value goes into the slot that was promised to its sender."""
        return self.push(self.at(state._replace(promised=state.promised - 1), user, DONE), user)

    @fill.guard
    def can_fill(self, state: State, user: int) -> bool:
        return self.may_go_on(state, user) and user < self.senders and state.lock == NOBODY

    @action(writes=("places", "told", "own", "free", "promised", "sending", "receiving"))
    def hand_on(self, state: State, user: int) -> State:
        """The slot goes to whoever it is due to; without a mark, it is counted first."""
        if state.places[user] == TOOK:
            state = state._replace(free=state.free + 1)
        return self.promise_slot(self.at(state, user, DONE))

    @hand_on.guard
    def can_hand_on(self, state: State, user: int) -> bool:
        without_mark = state.places[user] == TOOK and user not in state.holders
        return (without_mark or state.places[user] == HANDING) and state.lock == NOBODY

    @action(
        writes=(
            "places",
            "told",
            "own",
            "holders",
            "free",
            "items",
            "promised",
            "sending",
            "receiving",
        ),
        fair=False,
    )
    def cancel(self, state: State, user: int) -> State:
        """It leaves the line, or gives back what it was promised."""
        told, is_sender = state.told[user], user < self.senders
        state = self.at(self.without_own(state, user), user, CANCELLED)
        if told == NOTHING and is_sender:
            return state._replace(sending=drop(state.sending, user))
        if told == NOTHING:
            return state._replace(receiving=drop(state.receiving, user))
        if told == CLOSED:
            return state
        if is_sender:
            state = state._replace(promised=state.promised - 1, free=state.free + 1)
            return self.promise_slot(state)
        return self.promise_item(state._replace(items=state.items + 1))

    @cancel.guard
    def can_cancel(self, state: State, user: int) -> bool:
        return state.places[user] == WAITING and state.lock == NOBODY

    @action(writes=("told", "receiving", "closed"), fair=False)
    def close(self, state: State) -> State:
        """The last sender is closed, when nobody waits to send by it."""
        return self.end_if_over(state._replace(closed=True))

    @close.guard
    def can_close(self, state: State) -> bool:
        waits = WAITING in state.places[: self.senders]
        return state.lock == NOBODY and not (waits or state.closed)

    # Without the lock

    @action(writes=("places", "buffer", "got"))
    def take(self, state: State, user: int) -> State:
        """The oldest value leaves the buffer."""
        return self.at(self.pop(state), user, TOOK)

    @take.guard
    def can_take(self, state: State, user: int) -> bool:
        return self.may_go_on(state, user) and user >= self.senders and state.lock != user

    @action(writes=("places", "own", "holders"))
    def mark(self, state: State, user: int) -> State:
        """The slot is free, and whoever needs it may count it."""
        state = state._replace(own=TAKEN, holders=drop(state.holders, user))
        return self.at(state, user, MARKED)

    @mark.guard
    def can_mark(self, state: State, user: int) -> bool:
        return state.places[user] == TOOK and user in state.holders

    @action(writes=("places",))
    def look(self, state: State, user: int) -> State:
        """Does anybody stand in line?"""
        return self.at(state, user, HANDING if state.sending or state.receiving else DONE)

    @look.guard
    def can_look(self, state: State, user: int) -> bool:
        return state.places[user] == MARKED

    @action(writes=("places", "own", "holders"))
    def fail(self, state: State, user: int) -> State:
        """It was told that nothing will come any more."""
        return self.at(self.without_own(state, user), user, FAILED)

    @fail.guard
    def can_fail(self, state: State, user: int) -> bool:
        is_told = state.told[user] == CLOSED and state.lock != user
        return is_told and state.places[user] == WAITING

    # What the steps are made of

    def at(self, state: State, user: int, place: str) -> State:
        """The user is somewhere else now."""
        return state._replace(places=put(state.places, user, place))

    def may_go_on(self, state: State, user: int) -> bool:
        """Whether it waits and was promised something."""
        return state.places[user] == WAITING and state.told[user] == GRANTED

    def without_own(self, state: State, user: int) -> State:
        """The channel's own waiter is at home again, if it was lent to this user."""
        if user not in state.holders:
            return state
        return state._replace(own=HOME, holders=drop(state.holders, user))

    def push(self, state: State, value: int) -> State:
        """A value enters the buffer."""
        state = state._replace(buffer=(*state.buffer, value), sent=(*state.sent, value))
        return self.promise_item(state._replace(items=state.items + 1))

    def pop(self, state: State) -> State:
        """The oldest value leaves it."""
        return state._replace(buffer=state.buffer[1:], got=(*state.got, state.buffer[0]))

    def count_mark(self, state: State) -> State:
        """The slot of a value that was taken without the lock is free."""
        if state.own != TAKEN:
            return state
        return state._replace(own=HOME, free=state.free + 1)

    def promise_item(self, state: State) -> State:
        """If an item is free, it is kept for the first who waits to receive."""
        if not (state.items and state.receiving):
            return state
        first, *rest = state.receiving
        told = put(state.told, first, GRANTED)
        return state._replace(items=state.items - 1, told=told, receiving=tuple(rest))

    def promise_slot(self, state: State) -> State:
        """A mark is counted; a free slot is kept for the first who waits; or all may be over."""
        state = self.count_mark(state)
        if not (state.free and state.sending):
            return self.end_if_over(state)
        first, *rest = state.sending
        state = state._replace(free=state.free - 1, promised=state.promised + 1)
        return state._replace(told=put(state.told, first, GRANTED), sending=tuple(rest))

    def is_over(self, state: State) -> bool:
        """Whether nothing will ever be received any more."""
        return state.closed and not (state.promised or state.buffer)

    def end_if_over(self, state: State) -> State:
        """Nobody waits to receive what will not come."""
        if not self.is_over(state):
            return state
        told = state.told
        for user in state.receiving:
            told = put(told, user, CLOSED)
        return state._replace(told=told, receiving=())
