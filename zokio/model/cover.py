"""Walks which together take every transition of a graph: an edge cover.

Driving a real system along a walk costs a beginning for each walk and a step for each edge, new or
not. So `edge_cover` goes on as long as it can: by edges not yet taken first, then on the shortest
way to the next one, unless it is cheaper to begin anew. It guarantees that every edge which can be
reached is in some walk, that a walk is a path from an initial state, and the same walks in every
run. It is a greedy heuristic: the cover is short, and deliberately not proved shortest.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from zokio.model.errors import ModelError
from zokio.model.graph import Edges, Graph

S = TypeVar("S", bound=tuple[Hashable, ...])

STEPS_MAX = 400
RESTART_STEPS = 10


@dataclass(frozen=True, slots=True)
class EdgeWalk:
    """A walk by the numbers of its edges, which count in the graph's arrays of edges.

    Attributes:
        start: The number of the initial state that it begins in.
        edges: The edges in the order in which they are taken.
    """

    start: int
    edges: array[int]


def edge_cover(
    graph: Graph[S],
    *,
    without: Collection[int] = (),
    steps_max: int = STEPS_MAX,
    restart_steps: int = RESTART_STEPS,
) -> Iterator[EdgeWalk]:
    """Yield walks from initial states that together take every edge which can be reached.

    Args:
        graph: A graph that was explored with its edges. What an incomplete one lacks is not
            covered.
        without: Numbers of edges that no walk may take.
        steps_max: A walk ends so many steps after its first new edge: walks are for people, too.
        restart_steps: To how many steps the beginning of a walk is equal in cost.

    Raises:
        ModelError: The graph was explored without its edges.
    """
    return _Cover(graph, set(without), restart_steps).walks(steps_max)


def edges_of(graph: Graph[S]) -> Edges:
    """Return the edges of a graph.

    Raises:
        ModelError: The graph was explored without them.
    """
    if graph.edges is None:
        raise ModelError("the graph has no edges: explore(machine, edges=True) keeps them.")
    return graph.edges


def out_edges(graph: Graph[S], without: Collection[int]) -> list[list[int]]:
    """Return by state the numbers of its edges, but for those in `without`."""
    offsets = edges_of(graph).offsets
    spans = [range(offsets[n], offsets[n + 1]) for n in range(graph.expanded)]
    kept = [[edge for edge in span if edge not in without] for span in spans]
    return kept + [[] for _ in range(len(graph.states) - graph.expanded)]


def first_ways(graph: Graph[S], out: list[list[int]]) -> dict[int, tuple[int, int]]:
    """Return how each state is reached first: the state before and the edge, by state.

    The initial states come first, with edge -1, then the others by their distance.
    """
    targets = edges_of(graph).targets
    ways = {number: (number, -1) for number in range(graph.initial)}
    waiting = deque(ways)
    while waiting:
        state = waiting.popleft()
        for edge in out[state]:
            target = targets[edge]
            if target not in ways:
                ways[target] = (state, edge)
                waiting.append(target)
    return ways


class _Cover:
    """What is still untaken, and how far it is from everywhere.

    Attributes:
        out: By state: the edges that may be taken.
        untaken: By state: those of them that are in no walk yet.
        distance: By state: steps to the nearest state with untaken edges; at most `far`.
    """

    def __init__(self, graph: Graph[S], without: set[int], restart_steps: int) -> None:
        self.targets = edges_of(graph).targets
        self.initial = range(graph.initial)
        self.restart_steps = restart_steps
        self.out = out_edges(graph, without)
        self.after = [sorted({self.targets[edge] for edge in out}) for out in self.out]
        ways = first_ways(graph, self.out)
        self.far = restart_steps + _depth(ways) + 1  # beginning anew is always nearer
        self.untaken = [out[:] if n in ways else [] for n, out in enumerate(self.out)]
        self.before: list[list[int]] = [[] for _ in self.out]
        for number, targets in enumerate(self.after):
            for target in targets:
                self.before[target].append(number)
        self.distance = [0] * len(self.out)
        for number in range(len(self.out)):
            self._recede(number)

    def walks(self, steps_max: int) -> Iterator[EdgeWalk]:
        """Yield walks until nothing is untaken."""
        while self.distance[start := self._nearest_start()] < self.far:
            walk, here = array("I"), start
            approach = self.distance[start]
            while len(walk) <= approach or self._goes_on(here, approach + steps_max - len(walk)):
                walk.append(edge := self._next(here))
                here = self.targets[edge]
            yield EdgeWalk(start, walk)

    def _nearest_start(self) -> int:
        return min(self.initial, key=self.distance.__getitem__)

    def _goes_on(self, here: int, steps_left: int) -> bool:
        anew = self.restart_steps + self.distance[self._nearest_start()]
        return self.distance[here] < min(self.far, anew + 1, steps_left)

    def _next(self, here: int) -> int:
        """An untaken edge if there is one; of those, or of all, what leads nearest to the next."""
        untaken = self.untaken[here]
        choice = reversed(untaken or self.out[here])
        edge = min(choice, key=lambda edge: self.distance[self.targets[edge]])
        if untaken:
            untaken.remove(edge)
            self._recede(here)
        return edge

    def _recede(self, number: int) -> None:
        """Raise the distances that are too small since a state has no untaken edge any more.

        They never shrink. Each is raised from below until it agrees with those after it.
        """
        distance, far = self.distance, self.far
        waiting = deque([number])
        while waiting:
            state = waiting.popleft()
            before = distance[state]
            if self.untaken[state] or before == far:
                continue
            away = min([distance[target] for target in self.after[state]], default=far) + 1
            if away > before:
                distance[state] = min(away, far)
                waiting.append(state)
                waiting.extend(n for n in self.before[state] if distance[n] == before + 1)


def _depth(ways: dict[int, tuple[int, int]]) -> int:
    """The distance of the farthest state; the ways are in the order of their distance."""
    depths: dict[int, int] = {}
    for number, (before, edge) in ways.items():
        depths[number] = 0 if edge < 0 else depths[before] + 1
    return max(depths.values())
