"""Shortest paths to diverse deep states, to start random runs where they would seldom get.

Uniform random choice starves deep states. So for each step the farthest state that is first reached
by it is chosen, and states spread evenly over the order of discovery. The choice is the same in
every run; it deliberately measures nothing finer than that.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from zokio.model.actions import Step
from zokio.model.graph import Graph
from zokio.model.machine import Machine
from zokio.model.search import explore

S = TypeVar("S", bound=tuple[Hashable, ...])


def shortest_paths(
    machine: Machine[S], *, count: int = 32, states_max: int | None = 20_000
) -> list[tuple[Step, ...]]:
    """Return at most `count` different paths from initial states, the longest first.

    Args:
        machine: The machine to explore.
        count: How many paths to return at the most.
        states_max: How many states to explore for them, None for all.

    Raises:
        ModelError: The machine is written wrongly.
    """
    return paths_in(explore(machine, edges=True, states_max=states_max), count)


def paths_in(graph: Graph[S], count: int) -> list[tuple[Step, ...]]:
    """Return at most `count` different paths in a graph with edges, the longest first."""
    last = {graph.reached_by(number): number for number in range(graph.initial, len(graph.packed))}
    spread = range(len(graph.states) - 1, 0, -max(1, len(graph.states) // count))
    chosen = dict.fromkeys([*sorted(last.values(), reverse=True), *spread])
    paths: dict[tuple[Step, ...], None] = {}
    for number in chosen:
        path = tuple(graph.steps[step] for step, _ in graph.path(number).edges)
        if path and len(paths) < count:
            paths[path] = None
    return sorted(paths, key=len, reverse=True)
