"""The exhaustive breadth-first search: every reachable state of a bounded machine, once.

`explore` returns the reachable graph: states in the order of their discovery, so that a lower
number is never farther from the start, each with the step by which it was first reached. It
guarantees shortest paths and the same graph in every run. It deliberately knows no properties:
they are evaluated on the graph afterwards, so that a violation never hides the rest of it.

The inner loop is written flat, with its locals bound outside of it.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TypeVar

from zokio.model.diagnosis import explain_step, initial_states
from zokio.model.errors import ModelError
from zokio.model.graph import Edges, Graph
from zokio.model.machine import Machine
from zokio.model.successors import successor_function

S = TypeVar("S", bound=tuple[Hashable, ...])

CHUNK = 4096  # states expanded between two reports of progress


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a search is.

    Attributes:
        states: States found.
        frontier: States found and not yet expanded.
        depth: Steps from an initial state to the states being expanded.
        seconds: Since the search began.
    """

    states: int
    frontier: int
    depth: int
    seconds: float


ProgressReport = Callable[[Progress], None]


def explore(
    machine: Machine[S],
    *,
    edges: bool = False,
    states_max: int | None = None,
    progress: ProgressReport | None = None,
) -> Graph[S]:
    """Return the graph of the reachable states.

    Args:
        machine: The machine to explore.
        edges: Whether to keep the transitions, 8 bytes each.
        states_max: Stop once more states than this are found; the graph is then incomplete.
            The successors of one state are never cut, so a few more may be in it.
        progress: Called after every few thousand states.

    Raises:
        ModelError: The machine is written wrongly, or `states_max` is not positive.
    """
    if states_max is not None and states_max < 1:
        raise ModelError(f"states_max is {states_max}: it must be at least 1.")
    firsts = list(dict.fromkeys(initial_states(machine)))
    steps = machine.instances()
    unused = array("I", [0]) * len(firsts)
    graph = Graph(steps, firsts, len(firsts), unused, unused[:], [0] * len(steps))
    graph.edges = Edges() if edges else None
    with _collector_paused():
        _search(machine, graph, states_max, progress)
    return graph


def _search(
    machine: Machine[S],
    graph: Graph[S],
    states_max: int | None,
    progress: ProgressReport | None,
) -> None:
    started = perf_counter()
    states = graph.states
    limit = float("inf") if states_max is None else states_max
    expand = _expander(machine, graph)
    level_end = len(states)
    while graph.expanded < len(states) <= limit:
        if graph.expanded == level_end:
            graph.levels.append(level_end)
            level_end = len(states)
        expand(min(level_end, graph.expanded + CHUNK), limit)
        if progress is not None:
            frontier = len(states) - graph.expanded
            progress(Progress(len(states), frontier, graph.depth, perf_counter() - started))
    if len(states) > level_end:
        graph.levels.append(level_end)


def _expander(machine: Machine[S], graph: Graph[S]) -> Callable[[int, float], None]:
    """Return the inner loop: `expand(end, limit)` follows all steps of the states before `end`."""
    states, fired = graph.states, graph.fired
    successors = successor_function(machine, states[0])
    number_of = {state: number for number, state in enumerate(states)}.setdefault
    add_state, add_parent, add_step = states.append, graph.parents.append, graph.reached_by.append
    edges = graph.edges

    def expand(end: int, limit: float) -> None:
        count = len(states)
        for position in range(graph.expanded, end):
            try:
                for step, successor in successors(states[position]):
                    fired[step] += 1
                    target = number_of(successor, count)
                    if target == count:
                        add_state(successor)
                        add_parent(position)
                        add_step(step)
                        count += 1
                    if edges is not None:
                        edges.targets.append(target)
                        edges.labels.append(step)
            except Exception as error:
                explain_step(machine, states[position], error)
            graph.expanded = position + 1
            if edges is not None:
                edges.offsets.append(len(edges.targets))
            if count > limit:
                return

    return expand


@contextmanager
def _collector_paused() -> Iterator[None]:
    # Every kept state is a tuple that the cyclic collector would walk again and again, in vain.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
