"""Small machines for the command line: one that holds, one that is violated, a large one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zokio.model import Machine, action, always


class Count(NamedTuple):
    """A counter."""

    value: int


class Counting(Machine[Count]):
    """Counts up to `top`, and claims never to pass `limit`."""

    top: int = 3
    limit: int = 3

    def initial(self) -> Iterable[Count]:
        return [Count(0)]

    @action(writes=("value",), reads=("value",))
    def count(self, state: Count) -> Count:
        return Count(state.value + 1)

    @count.guard
    def can_count(self, state: Count) -> bool:
        return state.value < self.top

    @always
    def within_the_limit(self, state: Count) -> bool:
        return state.value <= self.limit

    @always(canary="within_the_limit")
    def never_counts(self, state: Count) -> bool:
        return state.value == 0


HOLDING = {"counting": (Counting(),)}
VIOLATED = {"counting": (Counting(),), "wrong": (Counting(limit=2),)}
