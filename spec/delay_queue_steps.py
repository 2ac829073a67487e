"""The variables of the machine of `delay_queue.py`, and its steps.

What is modelled, and what the variables mean, is said there.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, drop, put

PENDING, EXPIRED, GRANTED = "pending", "expired", "granted"
GIVEN, REMOVED = "given", "removed"
AWAY, WAITING, TOLD, REFUSED = "away", "waiting", "told", "refused"


class State(NamedTuple):
    """The variables; see the head of `delay_queue.py`."""

    now: int
    deadlines: tuple[int, ...]
    at: tuple[str, ...]
    pending: tuple[int, ...]
    expired: tuple[int, ...]
    given: tuple[int, ...]
    closed: bool
    consumers: tuple[str, ...]
    line: tuple[int, ...]
    granted: tuple[int | None, ...]
    cancelling: tuple[bool, ...]
    owed: tuple[bool, ...]
    ended: tuple[bool, ...]


class DelayQueueSteps(Machine[State]):
    """Everything that can happen, one atomic step each."""

    values: int = 2
    consumers: int = 1
    horizon: int = 1

    def initial(self) -> Iterable[State]:
        nobody = (False,) * self.consumers
        return [
            State(
                now=0,
                deadlines=(),
                at=(),
                pending=(),
                expired=(),
                given=(),
                closed=False,
                consumers=(AWAY,) * self.consumers,
                line=(),
                granted=(None,) * self.consumers,
                cancelling=nobody,
                owed=nobody,
                ended=nobody,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "value": range(self.values),
            "consumer": range(self.consumers),
            "delay": range(self.horizon + 1),
        }

    # What the steps are made of

    def is_empty(self, state: State) -> bool:
        """Whether every value was given or removed."""
        return all(at in (GIVEN, REMOVED) for at in state.at)

    def free(self, state: State) -> list[int]:
        """The values that have expired and were granted to nobody, in that order."""
        return [value for value in state.expired if state.at[value] == EXPIRED]

    def settle(self, state: State) -> State:
        """Give what has expired to whoever waits first, or tell all that nothing will come."""
        while state.line and (free := self.free(state)):
            state = self.tell(state, TOLD, free[0])
        while state.closed and self.is_empty(state) and state.line:
            state = self.tell(state, REFUSED, None)
        return state

    def tell(self, state: State, word: str, value: int | None) -> State:
        """The first who waits is granted a value, or refused."""
        consumer = state.line[0]
        if value is not None:
            state = state._replace(at=put(state.at, value, GRANTED))
        return state._replace(
            line=state.line[1:],
            consumers=put(state.consumers, consumer, word),
            granted=put(state.granted, consumer, value),
            owed=put(state.owed, consumer, True),
        )

    def go_on(self, state: State, consumer: int) -> State:
        """The consumer takes what it was granted, or learns that nothing will come."""
        value, word = state.granted[consumer], state.consumers[consumer]
        state = state._replace(
            consumers=put(state.consumers, consumer, AWAY),
            granted=put(state.granted, consumer, None),
            owed=put(state.owed, consumer, False),
            ended=put(state.ended, consumer, word == REFUSED),
        )
        if value is None:
            return state
        state = state._replace(
            at=put(state.at, value, GIVEN),
            expired=drop(state.expired, value),
            given=(*state.given, value),
        )
        return self.settle(state)

    def is_there(self, state: State, value: int) -> bool:
        """Whether the value was inserted, and is neither given nor granted nor removed."""
        return value < len(state.at) and state.at[value] in (PENDING, EXPIRED)

    def take_out(self, state: State, value: int, at: str) -> State:
        """From where it stands."""
        if state.at[value] == PENDING:
            state = state._replace(pending=drop(state.pending, value))
        else:
            state = state._replace(expired=drop(state.expired, value))
        return state._replace(at=put(state.at, value, at))

    # Values

    @action(writes=("deadlines", "at", "pending"), fair=False)
    def insert(self, state: State, delay: int) -> State:
        return state._replace(
            deadlines=(*state.deadlines, state.now + delay),
            at=(*state.at, PENDING),
            pending=(*state.pending, len(state.at)),
        )

    @insert.guard
    def can_insert(self, state: State, delay: int) -> bool:
        in_time = state.now + delay <= self.horizon
        return len(state.at) < self.values and in_time and not state.closed

    @action(writes=("deadlines", "at", "pending", "expired"), fair=False)
    def reset(self, state: State, value: int, delay: int) -> State:
        """Also of one that has expired."""
        state = self.take_out(state, value, PENDING)
        return state._replace(
            deadlines=put(state.deadlines, value, state.now + delay),
            pending=(*state.pending, value),
        )

    @reset.guard
    def can_reset(self, state: State, value: int, delay: int) -> bool:
        return self.is_there(state, value) and state.now + delay <= self.horizon

    @action(writes=("at", "pending", "expired", "consumers", "line", "granted", "owed"), fair=False)
    def remove(self, state: State, value: int) -> State:
        return self.settle(self.take_out(state, value, REMOVED))

    @remove.guard
    def can_remove(self, state: State, value: int) -> bool:
        return self.is_there(state, value)

    @action(writes=("closed", "consumers", "line", "granted", "owed"), fair=False)
    def close(self, state: State) -> State:
        return self.settle(state._replace(closed=True))

    @close.guard
    def can_close(self, state: State) -> bool:
        return not state.closed

    # Time

    @action(writes=("now",))
    def advance(self, state: State) -> State:
        return state._replace(now=state.now + 1)

    @advance.guard
    def can_advance(self, state: State) -> bool:
        return state.now < self.horizon

    @action(writes=("at", "pending", "expired", "consumers", "line", "granted", "owed"))
    def expire(self, state: State) -> State:
        """The timers fire that are due, by deadline, and equal ones in the order of setting."""
        due = [value for value in state.pending if state.deadlines[value] <= state.now]
        for value in sorted(due, key=lambda value: state.deadlines[value]):
            state = state._replace(
                pending=drop(state.pending, value),
                at=put(state.at, value, EXPIRED),
                expired=(*state.expired, value),
            )
            state = self.settle(state)
        return state

    @expire.guard
    def can_expire(self, state: State) -> bool:
        return any(state.deadlines[value] <= state.now for value in state.pending)

    # Consumers

    @action(
        writes=(*("at", "expired", "given", "consumers", "line", "granted", "owed", "ended"),),
        fair=False,
    )
    def ask(self, state: State, consumer: int) -> State:
        """The consumer is polled, and waits for the next value; one that is there it takes."""
        state = state._replace(
            consumers=put(state.consumers, consumer, WAITING),
            line=(*state.line, consumer),
            owed=put(state.owed, consumer, False),
        )
        state = self.settle(state)
        waits = state.consumers[consumer] == WAITING
        return state if waits else self.go_on(state, consumer)

    @ask.guard
    def can_ask(self, state: State, consumer: int) -> bool:
        return state.consumers[consumer] == AWAY and not state.ended[consumer]

    @action(
        writes=(
            *("at", "expired", "given", "consumers", "line", "granted", "cancelling"),
            *("owed", "ended"),
        )
    )
    def poll_consumer(self, state: State, consumer: int) -> State:
        """It hears of its cancellation and gives back what it was granted, or goes on."""
        if state.cancelling[consumer]:
            return self.leave(state, consumer)
        if state.consumers[consumer] in (TOLD, REFUSED):
            return self.go_on(state, consumer)
        return state._replace(owed=put(state.owed, consumer, False))

    @poll_consumer.guard
    def can_poll_consumer(self, state: State, consumer: int) -> bool:
        return state.owed[consumer]

    def leave(self, state: State, consumer: int) -> State:
        """What it was granted is free again, at its place; it stays owed a poll."""
        value = state.granted[consumer]
        if state.consumers[consumer] == WAITING:
            state = state._replace(line=drop(state.line, consumer))
        if value is not None:
            state = state._replace(at=put(state.at, value, EXPIRED))
        state = state._replace(
            consumers=put(state.consumers, consumer, AWAY),
            granted=put(state.granted, consumer, None),
            cancelling=put(state.cancelling, consumer, False),
        )
        return self.settle(state)

    @action(writes=("cancelling", "owed"), fair=False)
    def cancel(self, state: State, consumer: int) -> State:
        return state._replace(
            cancelling=put(state.cancelling, consumer, True), owed=put(state.owed, consumer, True)
        )

    @cancel.guard
    def can_cancel(self, state: State, consumer: int) -> bool:
        return state.consumers[consumer] != AWAY and not state.cancelling[consumer]
