"""Strongly connected components of a part of a graph, by Tarjan's algorithm without recursion.

It guarantees each component once, as a list of state numbers, in linear time and with a stack of
its own, so that a path of a million states is no deep recursion. Single states count as components.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator


def components(
    roots: Iterable[int], neighbours: Callable[[int], Iterable[int]]
) -> Iterator[list[int]]:
    """Yield the components of what is reachable from `roots` through `neighbours`."""
    order: dict[int, int] = {}  # when a state was first seen
    lowest: dict[int, int] = {}  # the earliest state on the stack that it is known to reach
    stack: list[int] = []
    on_stack: set[int] = set()

    def enter(node: int) -> tuple[int, Iterator[int]]:
        order[node] = lowest[node] = len(order)
        stack.append(node)
        on_stack.add(node)
        return node, iter(neighbours(node))

    for root in roots:
        path = [enter(root)] if root not in order else []
        while path:
            node, rest = path[-1]
            for neighbour in rest:
                if neighbour not in order:
                    path.append(enter(neighbour))
                    break
                if neighbour in on_stack:
                    lowest[node] = min(lowest[node], order[neighbour])
            else:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == order[node]:
                    yield _pop_until(node, stack, on_stack)


def _pop_until(node: int, stack: list[int], on_stack: set[int]) -> list[int]:
    component = [stack.pop()]
    while component[-1] != node:
        component.append(stack.pop())
    on_stack.difference_update(component)
    return component
