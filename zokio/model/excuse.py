"""Excuses: why the real system need not do everything that a machine allows.

A machine may allow what a correct implementation never does: a choice that it makes once and for
all, a number of threads that it does not have. Such edges are legal but not obligatory. An `Excuse`
says of which edges that is so, by a predicate, and why, in a sentence. `replay.py` tries each such
edge: an excuse that hides a step which the real system can do is found.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from zokio.model.actions import Step
from zokio.model.cover import edges_of
from zokio.model.graph import Graph

S = TypeVar("S", bound=tuple[Hashable, ...])


class ExcuseError(AssertionError):
    """An excuse is not needed: it covers nothing, or something that can be replayed."""


@dataclass(frozen=True)  # no slots: Excuse[S](...) cannot be called with them
class Excuse(Generic[S]):
    """Edges that are legal but not obligatory.

    Attributes:
        reason: Why the real system never takes them, in a sentence.
        covers: Whether a step from a state is such an edge.
    """

    reason: str
    covers: Callable[[S, Step], bool]


def excused_edges(graph: Graph[S], excuses: Sequence[Excuse[S]]) -> dict[int, Excuse[S]]:
    """Return the excused edges of a graph by number, each with the first excuse that covers it.

    Raises:
        ExcuseError: An excuse covers no edge, or none that another one does not cover before it.
    """
    found: dict[int, Excuse[S]] = {}
    edges = edges_of(graph)
    for number, state in enumerate(graph.states[: graph.expanded] if excuses else ()):
        for edge in range(edges.offsets[number], edges.offsets[number + 1]):
            step = graph.steps[edges.labels[edge]]
            excuse = next((each for each in excuses if each.covers(state, step)), None)
            if excuse is not None:
                found[edge] = excuse
    for excuse in excuses:
        if not any(used is excuse for used in found.values()):
            raise ExcuseError(f"this excuse covers no edge, take it away: {excuse.reason}")
    return found
