"""Counters whose mutants have known fates."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually


class Count(NamedTuple):
    """How far it is."""

    n: int


class Counter(Machine[Count]):
    """Counts to `top`, as it promises."""

    top: int = 3

    def initial(self) -> Iterable[Count]:
        return [Count(0)]

    @action(writes=("n",))
    def step(self, state: Count) -> Count:
        return state._replace(n=state.n + 1)

    @step.guard
    def can_step(self, state: Count) -> bool:
        return state.n >= 0 and state.n < self.top

    @always
    def never_above(self, state: Count) -> bool:
        return state.n <= self.top

    @eventually
    def it_arrives(self, state: Count) -> bool:
        return state.n >= self.top


class WeakCounter(Counter):
    """Promises less than it does."""

    def never_above(self, state: Count) -> bool:
        return state.n <= self.top + 2


class TwoWays(Counter):
    """Two actions do the same, so one of them may as well not be fair."""

    @action(writes=("n",))
    def other_step(self, state: Count) -> Count:
        return state._replace(n=state.n + 1)

    @other_step.guard
    def can_take_other_step(self, state: Count) -> bool:
        return state.n < self.top


class Looping(Counter):
    """Its effect is a loop, and a variable of it may be used before it has a value."""

    def step(self, state: Count) -> Count:
        n = state.n
        while n < self.top:
            n = n + 1
        return state._replace(n=n)


class Wrong(Counter):
    """Does not hold."""

    @always
    def never_one(self, state: Count) -> bool:
        return state.n != 1
