"""In what a mutant's graph differs from the original's: the first thing, in a state of both.

The order is by how much the difference says. A step with another result contradicts every real
system that was seen to agree with the original on this step; so does a step that is forbidden. One
that is only allowed in addition contradicts nothing that was seen. If it is no fair step, it is
one of the environment's, which may then do more: whatever still holds, holds for more than needed.
One of the environment's that changes nothing is idle: it adds no state, and no run but ones that
pause, which are fair only where the machine has nothing to do.

As long as no common state differs, the two graphs are the same: both begin in the same states.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from zokio.model.graph import Graph
from zokio.model.literal import literal

S = TypeVar("S", bound=tuple[Hashable, ...])

DifferenceKind = Literal["another result", "forbidden", "allowed", "idle"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A step that the two machines see in another way.

    Attributes:
        kind: What the mutant says of the step: it has another result, is forbidden, or is allowed
            where it was not; "idle" if it is allowed, changes nothing, and is not fair.
        step: The step with its arguments.
        state: The state in which it is looked at.
        fair: Whether it is a fair step, which belongs to the machine and not to its environment.
    """

    kind: DifferenceKind
    step: str
    state: str
    fair: bool

    def __str__(self) -> str:
        return f"{self.kind}: {self.step}"


def difference(original: Graph[S], mutant: Graph[S]) -> Difference | None:
    """Return the difference that says most, or None if the graphs are the same.

    Args:
        original: A complete graph, with its edges.
        mutant: The graph of a machine with the same steps; it may be incomplete.
    """
    return min(_differences(original, mutant), key=weight, default=None)


def weight(each: Difference) -> tuple[int, bool]:
    """How little a difference says: the smaller, the more."""
    return get_args(DifferenceKind).index(each.kind), not each.fair


def _differences(original: Graph[S], mutant: Graph[S]) -> Iterator[Difference]:
    number_of = {state: number for number, state in enumerate(original.states)}
    seen: set[tuple[DifferenceKind, int]] = set()
    for number in range(mutant.expanded):
        state = mutant.states[number]
        if state not in number_of:
            continue
        before = {s: original.states[to] for s, to in original.out(number_of[state])}
        after = {s: mutant.states[to] for s, to in mutant.out(number)}
        for step in sorted(before.keys() | after.keys()):
            kind = _kind(before.get(step), after.get(step))
            if kind == "allowed" and after[step] == state and not original.steps[step].action.fair:
                kind = "idle"
            if kind is not None and (kind, step) not in seen:
                seen.add((kind, step))
                yield Difference(
                    kind,
                    str(original.steps[step]),
                    literal(state),
                    original.steps[step].action.fair,
                )


def _kind(before: object | None, after: object | None) -> DifferenceKind | None:
    """What has become of a step, given where it led and leads; None: nowhere, it is disabled."""
    if before == after:
        return None
    if before is None:
        return "allowed"
    return "forbidden" if after is None else "another result"
