"""Whether the fairness of some steps matters: are the fair runs the same without it?

Fairness excludes runs. Without that of a step there are new ones exactly if a run can stay for
ever where the step is enabled, never take it, and still be fair to all other fair steps. Such a
run stays in a strongly connected component of the states where the step is enabled, without the
edges that it labels; a larger component is never less fair than a part of it, so the largest ones
decide. A run may also stay in one state for ever, which is a component of one.

The answer is about all runs of a complete graph, whatever is claimed of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TypeVar

from zokio.model.components import components
from zokio.model.graph import Graph

S = TypeVar("S", bound=tuple[Hashable, ...])


def fairness_matters(graph: Graph[S], fair: Sequence[bool], dropped: Sequence[int]) -> bool:
    """Tell whether there are more fair runs when the `dropped` steps are no longer fair.

    Args:
        graph: A complete graph, with its edges.
        fair: By step number: whether the step is fair before.
        dropped: The numbers of the steps that lose their fairness.
    """
    left = {step for step, is_fair in enumerate(fair) if is_fair} - set(dropped)
    return any(_may_be_ignored(graph, step, left) for step in dropped)


def _may_be_ignored(graph: Graph[S], step: int, fair: set[int]) -> bool:
    """Tell whether a run that is fair to `fair` can have `step` enabled for ever, and not taken."""
    enabled = [{label for label, _ in graph.out(number)} for number in range(len(graph.states))]
    inside = bytearray(step in labels for labels in enabled)

    def neighbours(number: int) -> Iterator[int]:
        return (target for label, target in graph.out(number) if label != step and inside[target])

    roots = [number for number, is_inside in enumerate(inside) if is_inside]
    for members in components(roots, neighbours):
        component = set(members)
        ignored = set.intersection(*(enabled[number] & fair for number in component))
        taken = {
            label
            for number in component
            for label, target in graph.out(number)
            if label != step and target in component
        }
        if ignored <= taken:
            return True
    return False
