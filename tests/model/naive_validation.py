"""Validation as it is defined, without a thought for speed: the judge of the real validator.

An event may come when every event that ended before it began has come. From the set of the events
that came and the state, every event that may come and is a step of the machine is tried.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from zokio.model import Event, Machine, Step

S = TypeVar("S", bound=tuple[Hashable, ...])


@dataclass(frozen=True, slots=True)
class NaiveValidation:
    """How many events the longest run takes, and which cannot follow; None if it takes all."""

    consumed: int
    index: int | None


def validate_naively(machine: Machine[S], events: Sequence[Event]) -> NaiveValidation:
    """Try every order of the events that the tickets allow."""
    before = [
        frozenset(j for j, other in enumerate(events) if other.end < event.begin)
        for event in events
    ]
    actions = {action.name: action for action in machine.actions}
    steps = [
        Step(actions[event.action], event.arguments) if event.action in actions else None
        for event in events
    ]
    known = set(machine.instances())
    runs = {(frozenset[int](), state) for state in machine.initial()}
    for consumed in range(len(events)):
        nexts = {(came, state, number) for came, state in runs for number in may_come(came, before)}
        after = set()
        for came, state, number in nexts:
            step = steps[number]
            if step is not None and step in known and machine.is_enabled(state, step):
                after.add((came | {number}, machine.apply(state, step)))
        if not after:
            return NaiveValidation(consumed, min(number for _, _, number in nexts))
        runs = after
    return NaiveValidation(len(events), None)


def may_come(came: frozenset[int], before: Sequence[frozenset[int]]) -> list[int]:
    """The events that have not come, and before which none is missing."""
    return [number for number, needed in enumerate(before) if number not in came and needed <= came]
