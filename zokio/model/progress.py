"""Progress under weak fairness: whenever p holds, q holds then or later.

A counterexample is a run that is in a p-and-not-q state, stays in not-q states for ever, and is
fair: each fair step is taken again and again, or is disabled again and again. In a finite graph
such a run exists exactly when a fair strongly connected component of the not-q states is reachable
from a p-and-not-q state through not-q states. A run may also stay in one state for ever (stutter),
so every single state is a component, and it is fair when all fair steps enabled there lead back to
it. An edge leaving not-q states counts for what is enabled, not for what is taken.

The graph must be whole: a reduced one loses loops. States that were not expanded are left out, so
on an incomplete graph a counterexample is real, and finding none means nothing.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

from zokio.model.components import components
from zokio.model.graph import Graph, Walk
from zokio.model.trace import Trace

S = TypeVar("S", bound=tuple[Hashable, ...])


def counterexample(
    graph: Graph[S], begins: Sequence[int], holds: Sequence[int], fair: Sequence[bool]
) -> Trace[S] | None:
    """Return a fair run in which p is never followed by q, with a shortest way to its loop.

    Args:
        graph: The graph, with its edges.
        begins: By state number: whether p holds.
        holds: By state number: whether q holds.
        fair: By step number: whether the step is weakly fair.
    """
    starts = [n for n in range(graph.expanded) if begins[n] and not holds[n]]

    def waiting(number: int) -> bool:
        return number < graph.expanded and not holds[number]

    def neighbours(number: int) -> Iterator[int]:
        return (target for _, target in graph.out(number) if waiting(target))

    traps: dict[int, frozenset[int]] = {}
    for members in components(starts, neighbours):
        component = frozenset(members)
        if _is_fair(graph, component, fair):
            traps.update(dict.fromkeys(component, component))
    if not traps:
        return None
    prefix = _way_in(graph, starts, waiting, traps)
    loop = _fair_loop(graph, prefix.end, traps[prefix.end], fair)
    return graph.trace(Walk(prefix.start, prefix.edges + loop), len(prefix.edges))


def _is_fair(graph: Graph[S], component: frozenset[int], fair: Sequence[bool]) -> bool:
    """Tell whether a run can stay in the component for ever and be fair."""
    ignored: set[int] | None = None  # fair steps enabled in every state so far
    for number in component:
        enabled = _enabled(graph, number, fair)
        ignored = enabled if ignored is None else ignored & enabled
        if not ignored:
            return True
    taken = {step for n in component for step, target in graph.out(n) if target in component}
    return not ignored or ignored <= taken


def _enabled(graph: Graph[S], number: int, fair: Sequence[bool]) -> set[int]:
    return {step for step, _ in graph.out(number) if fair[step]}


def _way_in(
    graph: Graph[S],
    starts: Sequence[int],
    waiting: Callable[[int], bool],
    traps: Collection[int],
) -> Walk:
    """Return a shortest walk: from the beginning to a start, then through waiting states to a trap.

    The heap orders by the length of the whole walk.
    """
    heap = [(graph.depth_of(start), start, -1, -1) for start in starts]
    heapq.heapify(heap)
    came: dict[int, tuple[int, int]] = {}
    while True:
        length, number, parent, step = heapq.heappop(heap)
        if number in came:
            continue
        came[number] = (parent, step)
        if number in traps:
            break
        for step, target in graph.out(number):
            if waiting(target) and target not in came:
                heapq.heappush(heap, (length + 1, target, number, step))
    start = number
    while came[start][0] >= 0:
        start = came[start][0]
    first = graph.path(start)
    return Walk(first.start, first.edges + _walked(came, start, number))


def _fair_loop(
    graph: Graph[S], entry: int, component: frozenset[int], fair: Sequence[bool]
) -> list[tuple[int, int]]:
    """Return a loop from `entry` in the component that is fair to every step.

    Empty when no fair step is enabled at `entry`: the run may stay there. Each part of the loop
    is the shortest way to the next fair step that is taken or disabled.
    """
    owed = _enabled(graph, entry, fair)  # those disabled at the entry are served by being there
    loop: list[tuple[int, int]] = []
    here = entry
    while owed:
        unserved = owed

        def serves(step: int, target: int, unserved: set[int] = unserved) -> bool:
            return step in unserved or not unserved <= _enabled(graph, target, fair)

        loop += _shortest(graph, here, component, serves)
        step, here = loop[-1]
        owed = (owed - {step}) & _enabled(graph, here, fair)
    if here != entry:
        loop += _shortest(graph, here, component, lambda _, target: target == entry)
    return loop


def _shortest(
    graph: Graph[S],
    start: int,
    component: frozenset[int],
    goal: Callable[[int, int], bool],
) -> list[tuple[int, int]]:
    """Return a shortest walk in the component whose last edge is a goal; there is one."""
    queue = deque([start])
    came: dict[int, tuple[int, int]] = {}  # by state: the state before it, and the step
    while True:
        number = queue.popleft()
        for step, target in graph.out(number):
            if target not in component:
                continue
            if goal(step, target):
                return [*_walked(came, start, number), (step, target)]
            if target not in came and target != start:
                came[target] = (number, step)
                queue.append(target)


def _walked(came: Mapping[int, tuple[int, int]], start: int, number: int) -> list[tuple[int, int]]:
    """Return the edges from `start` to a state, along the ways that the states were reached."""
    edges: list[tuple[int, int]] = []
    while number != start:
        before, step = came[number]
        edges.append((step, number))
        number = before
    return edges[::-1]
