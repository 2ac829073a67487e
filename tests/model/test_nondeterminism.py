"""Machines whose answers change: found, and an outcome of its own."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from typing import NamedTuple

import pytest

from zokio.model import Machine, NondeterministicError, action, always, check, eventually, explore


class Number(NamedTuple):
    """A number, and some names."""

    value: int
    names: frozenset[str]


class Steady(Machine[Number]):
    """Counts to twenty."""

    def initial(self) -> Iterable[Number]:
        return [Number(0, frozenset({"ann", "bob", "cid", "dan"}))]

    @action(writes=("value",), reads=("value", "names"))
    def add(self, state: Number) -> Number:
        return state._replace(value=state.value + 1)

    @add.guard
    def can_add(self, state: Number) -> bool:
        return state.value < 20


def test_a_machine_that_answers_the_same_is_not_suspected() -> None:
    assert check(Steady()).outcome == "holds"


class ByGuard(Steady):
    """Its guard counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = count()

    def can_add(self, state: Number) -> bool:
        return state.value < 20 and next(self.asked) % 7 != 6


class ByEffect(Steady):
    """Its effect adds what stands outside of the state."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = count()

    def add(self, state: Number) -> Number:
        return state._replace(value=state.value + 1 + next(self.asked) % 2)


class ByModes(Steady):
    """Its guard changes once, long after it was asked first."""

    def __init__(self) -> None:
        super().__init__()
        self.closed = False

    def add(self, state: Number) -> Number:
        self.closed = self.closed or state.value == 19
        return state._replace(value=state.value + 1)

    def can_add(self, state: Number) -> bool:
        return state.value < 20 and not (self.closed and state.value < 5)


class BySetOrder(Steady):
    """Its effect takes the first of a set, which is another one in another run."""

    def add(self, state: Number) -> Number:
        first = next(iter(state.names))
        return state._replace(value=state.value + len(first) + ord(first[0]))


@pytest.mark.parametrize("kind", [ByGuard, ByEffect, ByModes, BySetOrder])
def test_a_machine_that_answers_differently_has_an_outcome_of_its_own(kind: type[Steady]) -> None:
    report = check(kind())
    assert report.outcome == "nondeterministic"
    assert "add() did not do the same when it was asked again in Number(value=" in report.detail
    assert report.detail in report.text()
    assert report.to_json()["outcome"] == "nondeterministic"
    with pytest.raises(NondeterministicError):
        explore(kind())


class ByClaim(Steady):
    """Its predicate counts how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = count()

    @always
    def is_asked_seldom(self, state: Number) -> bool:
        return next(self.asked) < 30


class ByProgress(Steady):
    """The same for progress."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = count()

    @eventually
    def comes_round(self, state: Number) -> bool:
        return next(self.asked) % 5 != 4


@pytest.mark.parametrize("kind", [ByClaim, ByProgress])
def test_a_predicate_that_answers_differently_is_found(kind: type[Steady]) -> None:
    report = check(kind())
    assert report.outcome == "nondeterministic"
    assert "did not answer the same when it was asked again" in report.detail
