"""The graph of a machine's reachable states, as the search found it.

States and steps are numbers that count in lists; transitions, when they are kept, stand in flat
arrays of 4-byte numbers. It guarantees that a state with a lower number is never farther from the
initial states. It knows no properties and does not grow by itself: `search.py` fills it.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, overload

from zokio.model.actions import Step
from zokio.model.machine import Machine
from zokio.model.packing import Layout
from zokio.model.trace import Trace

S = TypeVar("S", bound=tuple[Hashable, ...])


@dataclass(slots=True)
class Edges:
    """The transitions of the expanded states: those of state `n` stand at
    `offsets[n]:offsets[n + 1]` of `targets` (state numbers) and `labels` (step numbers)."""

    offsets: array[int] = field(default_factory=lambda: array("I", [0]))
    targets: array[int] = field(default_factory=lambda: array("I"))
    labels: array[int] = field(default_factory=lambda: array("I"))


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk in a graph: the first state's number, then (step number, state number) pairs."""

    start: int
    edges: list[tuple[int, int]]

    @property
    def end(self) -> int:
        """The number of the last state."""
        return self.edges[-1][1] if self.edges else self.start


class States(Sequence[S]):
    """The states of a graph in the order of discovery, unpacked one at a time."""

    def __init__(self, layout: Layout[S], packed: list[int]) -> None:
        self._layout, self._packed = layout, packed

    def __len__(self) -> int:
        return len(self._packed)

    @overload
    def __getitem__(self, index: int) -> S: ...
    @overload
    def __getitem__(self, index: slice) -> list[S]: ...
    def __getitem__(self, index: int | slice) -> S | list[S]:
        if isinstance(index, slice):
            return list(map(self._layout.unpack, self._packed[index]))
        return self._layout.unpack(self._packed[index])

    def __iter__(self) -> Iterator[S]:
        return map(self._layout.unpack, self._packed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, States | list) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # it is compared by value and still grows


@dataclass(slots=True)
class Graph(Generic[S]):
    """The reachable states and how they were reached.

    Attributes:
        machine: The machine.
        steps: Its steps; step numbers count in it.
        layout: How states stand in integers.
        packed: The states as integers, in the order of discovery; state numbers count in it.
        initial: How many of the first states are initial.
        parents: By state: the number of the state from which it was first reached. By which step
            is not kept: `reached_by` finds it out.
        levels: By depth: the number of the first state of that depth.
        fired: By step: how many transitions it makes.
        expanded: How many states, from the first on, had all their steps followed.
        edges: The transitions, if they were asked for.
        cut: The limit that ended the search, "" if none did.
        reduced: Whether the states are representatives of others; see `symmetry.py`.
        memory: How many bytes the search held at its end.
    """

    machine: Machine[S]
    steps: tuple[Step, ...]
    layout: Layout[S]
    packed: list[int]
    initial: int
    parents: array[int]
    fired: list[int]
    levels: list[int] = field(default_factory=lambda: [0])
    expanded: int = 0
    edges: Edges | None = None
    cut: str = ""
    reduced: bool = False
    memory: int = 0

    @property
    def states(self) -> States[S]:
        """The states themselves; each is made when it is asked for."""
        return States(self.layout, self.packed)

    @property
    def complete(self) -> bool:
        """Whether every reachable state is in the graph, with all its steps."""
        return self.expanded == len(self.packed)

    @property
    def depth(self) -> int:
        """Steps from the initial states to the states farthest from them."""
        return len(self.levels) - 1

    def depth_of(self, number: int) -> int:
        """Return the length of a shortest path to a state."""
        return bisect_right(self.levels, number) - 1

    def path(self, number: int) -> Walk:
        """Return a shortest walk from an initial state to a state."""
        walk: list[tuple[int, int]] = []
        while number >= self.initial:
            walk.append((self.reached_by(number), number))
            number = self.parents[number]
        return Walk(number, walk[::-1])

    def reached_by(self, number: int) -> int:
        """Return the number of the first step that leads to a state from its parent."""
        parent = self.parents[number]
        if self.edges is not None:
            return min(step for step, target in self.out(parent) if target == number)
        before, after = self.states[parent], self.states[number]
        return next(
            place for place, step in enumerate(self.steps) if self._leads(before, step, after)
        )

    def _leads(self, before: S, step: Step, after: S) -> bool:
        machine = self.machine
        if not machine.is_enabled(before, step):
            return False
        found = machine.effect_of(step.name)(before, *step.arguments)
        return (machine.canonical(found) if self.reduced else found) == after

    def out(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield the transitions of an expanded state: the step's number, the next state's."""
        if self.edges is None:
            raise ValueError("the graph was explored without its edges")
        begin, end = self.edges.offsets[number], self.edges.offsets[number + 1]
        return zip(self.edges.labels[begin:end], self.edges.targets[begin:end], strict=True)

    def trace(self, walk: Walk, loop: int | None = None) -> Trace[S]:
        """Return a walk as a trace; `loop` as in `Trace`."""
        states = self.states
        taken = tuple((self.steps[step], states[target]) for step, target in walk.edges)
        return Trace(states[walk.start], taken, loop)
