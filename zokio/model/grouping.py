"""Steps grouped by what they look at, so that one look-up answers for many of them.

A group has a mask; states that agree under it have the same entry: the moves that are known by the
mask alone, and for the other steps the node of their tree at which one has to look further. A plan
is made anew now and then while the search grows, from the states found so far: a step is grouped
by as much of what it looks at, and with as many others, as leaves few projections of the states.

It guarantees that no step is left out. It deliberately measures no time: the plan, and with it the
order of a state's steps, is the same in every run.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from zokio.model.observation import Node, mask_of
from zokio.model.packing import Cell, Variable
from zokio.model.stepping import Move, ObservedStep

S = TypeVar("S", bound=tuple[Hashable, ...])

SAMPLE = 512  # states that a plan is made from,
SAMPLE_OF_MANY = 2048
DIFFERENT = 8  # one in so many of them may differ under the mask of a group
MANY = 8192  # of so many states,
DIFFERENT_OF_MANY = 2.5  # one in so many may

Open = tuple[Node, Callable[[int], object]]  # where to look further, and who to ask

# What the steps of a group do in states that agree under its mask: how often it was looked up, the
# known moves add where they lead elsewhere (of all of them, if edges are kept), the steps that are
# still open, and the numbers of the steps that make the known moves. A list: the count changes.
Entry = list[Any]  # Any: it holds things of four types


class Group(Generic[S]):
    """Some steps, and what they are looked up by.

    Attributes:
        steps: The steps, in the machine's order.
        parts: What the look-up looks at.
        entries: By the bits of the state under the mask.
    """

    def __init__(
        self, steps: Sequence[ObservedStep[S]], parts: Iterable[Cell | Variable], stays: bool
    ) -> None:
        self.steps = steps
        self.parts = dict.fromkeys(parts)
        self.entries: dict[int, Entry] = {}
        self.stays = stays

    def enter(self, packed: int) -> Entry:
        """Make and keep the entry of a state that is not there yet."""
        moves: list[Move] = []
        still_open: list[Open] = []
        for step in self.steps:
            node = step.known_by(packed, self.parts)
            if node.__class__ is list:
                still_open.append((node, step.learn))
            elif node:
                moves.append(node)
        numbers = array("I", [number for _, number in moves])
        added = [added for added, _ in moves]
        if not self.stays:
            added = [each for each in dict.fromkeys(added) if each]
        entry = [0, tuple(added), tuple(still_open), numbers]
        self.entries[packed & mask_of(self.parts)] = entry
        return entry

    def memory(self) -> int:
        """Return the bytes of the entries."""
        parts = [part for entry in self.entries.values() for part in (entry, *entry[1:])]
        return sys.getsizeof(self.entries) + sum(map(sys.getsizeof, parts))


def first_plan(steps: Sequence[ObservedStep[S]], stays: bool) -> list[Group[S]]:
    """Return the plan before anything is known: all steps, looked up by nothing."""
    return [Group(steps, (), stays)]


def plan(steps: Sequence[ObservedStep[S]], packed: Sequence[int], stays: bool) -> list[Group[S]]:
    """Return the groups for what was found so far.

    Args:
        steps: All steps of the machine.
        packed: The states.
        stays: Whether moves that lead back to the same state are wanted.
    """
    wanted, part = (
        (SAMPLE, DIFFERENT) if len(packed) < MANY else (SAMPLE_OF_MANY, DIFFERENT_OF_MANY)
    )
    sample = packed[:: max(1, len(packed) // wanted)]
    different_max = int(len(sample) / part)

    @cache
    def different(mask: int) -> int:
        return len({state & mask for state in sample})

    chosen: list[tuple[int, dict[Cell | Variable, None], list[ObservedStep[S]]]] = []
    for step in steps:
        parts = _parts(step, different, different_max)
        own = mask_of(parts)
        # How many times more projections a group has with the step, where they are not too many.
        growth = {}
        for place, (mask, _, _) in enumerate(chosen):
            if (size := different(mask | own)) <= different_max:
                growth[place] = size / different(mask)
            if mask | own == mask:
                break
        if growth:
            place = min(growth, key=growth.__getitem__)
            mask, others, members = chosen[place]
            chosen[place] = (mask | own, others | parts, [*members, step])
        else:
            chosen.append((own, parts, [step]))
    return [Group(members, parts, stays) for _, parts, members in chosen]


def _parts(
    step: ObservedStep[S], different: Callable[[int], int], different_max: int
) -> dict[Cell | Variable, None]:
    """Return as much of what a step looks at as leaves few projections, the first parts first."""
    if different(mask_of(step.parts)) <= different_max:
        return dict(step.parts)
    parts: dict[Cell | Variable, None] = {}
    for part in step.parts:
        if different(mask_of([*parts, part])) > different_max:
            break
        parts[part] = None
    return parts
