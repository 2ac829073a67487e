"""Symmetry: one representative instead of all states that differ by a renaming only.

A machine whose processes are interchangeable says so by `canonical(state)`: the state in which they
are sorted. A reduced search follows representatives only. It is for safety: a loop of
representatives need not be a loop of states, so progress is judged on the whole graph.

It guarantees that what it can try out is so: in states from everywhere, the representative of a
representative is itself, a state and its representative have steps to the same representatives, and
every claim says the same of both. It deliberately does not find symmetries by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar

from zokio.model.actions import Step
from zokio.model.errors import ModelError
from zokio.model.literal import literal
from zokio.model.machine import Machine
from zokio.model.packing import Layout
from zokio.model.trace import Trace

S = TypeVar("S", bound=tuple[Hashable, ...])

REMEMBERED = 1 << 16  # packed states whose representatives are remembered
NEAR = 4096  # states of the whole graph that are explored to choose from
AUDITED = 256  # states for which the machine's claim of symmetry is tried out


class Representatives(dict[int, int]):
    """From packed states to their packed representatives; worked out when first asked for."""

    def __init__(self, layout: Layout[S], canonical: Callable[[S], S]) -> None:
        def of(packed: int) -> int:
            return layout.pack(canonical(layout.unpack(packed)))

        self._of: Callable[[int], int] = of

    def __missing__(self, packed: int) -> int:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[packed] = self._of(packed)
        return found


def audit_symmetry(machine: Machine[S], states: Sequence[S], near: Sequence[S]) -> None:
    """Try out in some states that the machine is symmetric.

    Args:
        machine: The machine.
        states: Representatives, as a reduced search found them: successors of some are tried.
        near: The first states of an unreduced search: some are tried.

    Raises:
        ModelError: It is not.
    """
    for state in states[:: max(1, len(states) // AUDITED)]:
        for step in machine.enabled(state):
            _audit_state(machine, machine.apply(state, step))
    for state in near[:: max(1, len(near) // AUDITED)]:
        _audit_state(machine, state)


def _audit_state(machine: Machine[S], state: S) -> None:
    representative = machine.canonical(state)
    problem = ""
    if machine.canonical(representative) != representative:
        problem = "is not its own representative"
    elif _nexts(machine, state) != _nexts(machine, representative):
        problem = "has steps to other representatives than it"
    for name, claim in machine.claims.items():
        says = [getattr(machine, name)(each) for each in (state, representative) if not claim.of]
        if len({bool(answer) for answer in says}) > 1:
            problem = f"is judged differently by {name}"
    if problem:
        raise ModelError(
            f"{machine.title}: canonical() is no symmetry: {literal(representative)}, the "
            f"representative of {literal(state)}, {problem}."
        )


def _nexts(machine: Machine[S], state: S) -> set[S]:
    return {machine.canonical(machine.apply(state, step)) for step in machine.enabled(state)}


def concrete(machine: Machine[S], trace: Trace[S]) -> Trace[S]:
    """Return a run of the machine itself that goes through the representatives of a trace."""
    state = _one_of(list(machine.initial()), machine, trace.initial)
    first = state
    steps: list[tuple[Step, S]] = []
    for _, representative in trace.steps:
        nexts = {step: machine.apply(state, step) for step in machine.enabled(state)}
        state = _one_of(list(nexts.values()), machine, representative)
        steps.append((next(step for step, after in nexts.items() if after == state), state))
    return Trace(first, tuple(steps))


def _one_of(states: list[S], machine: Machine[S], representative: S) -> S:
    for state in states:
        if machine.canonical(state) == representative:
            return state
    raise ModelError(
        f"{machine.title}: canonical() is no symmetry: no step leads to {literal(representative)}."
    )
