"""Predicates are asked twice: a claim whose answer changes is worth nothing.

It guarantees that a predicate which answered differently in one of the states that are tried is
reported, and the states are spread over all that was found. It deliberately does not ask about
every state: `search.py` does the same with the steps.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TypeVar

from zokio.model.diagnosis import explain_predicate
from zokio.model.errors import NondeterministicError
from zokio.model.graph import Graph
from zokio.model.literal import literal
from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])

AUDITED = 64  # states in which all predicates are asked twice


def audit_claims(machine: Machine[S], graph: Graph[S]) -> None:
    """Ask every predicate of every claim twice, in states from everywhere.

    Raises:
        NondeterministicError: One did not answer the same.
        ModelError: One raised.
    """
    predicates = list(_predicates(machine))
    states = graph.states[:: max(1, len(graph.packed) // AUDITED)]
    first = [_answers(machine, predicates, state) for state in states]
    for state, before in zip(states, first, strict=True):
        for (name, _), old, new in zip(
            predicates, before, _answers(machine, predicates, state), strict=True
        ):
            if old != new:
                raise NondeterministicError(
                    f"{machine.title}: the predicate {name} did not answer the same when it was "
                    f"asked again in {literal(state)}: it must depend on the state and its "
                    "arguments only."
                )


def _predicates(machine: Machine[S]) -> Iterator[tuple[str, tuple[Hashable, ...]]]:
    for name, claim in machine.claims.items():
        for arguments in machine.arguments_over(claim.of):
            yield name, arguments
            if claim.after is not None:
                yield claim.after, arguments


def _answers(
    machine: Machine[S], predicates: list[tuple[str, tuple[Hashable, ...]]], state: S
) -> list[bool]:
    answers = []
    for name, arguments in predicates:
        try:
            answers.append(bool(getattr(machine, name)(state, *arguments)))
        except Exception as error:
            explain_predicate(machine, name, state, error)
    return answers
