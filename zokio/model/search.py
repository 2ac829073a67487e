"""The exhaustive breadth-first search: every reachable state of a bounded machine, once.

`explore` returns the reachable graph: states in the order of their discovery, so that a lower
number is never farther from the start, each with the state from which it was first reached. It
guarantees shortest paths and the same graph in every run. It deliberately knows no properties:
they are evaluated on the graph afterwards, so that a violation never hides the rest of it.

States are packed into integers (`packing.py`), steps are asked once for all states that look alike
to them (`observation.py`), and the inner loop is generated (`successors.py`).
"""

from __future__ import annotations

import gc
import sys
from array import array
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Generic, TypeVar

from zokio.model.diagnosis import initial_states
from zokio.model.errors import ModelError
from zokio.model.graph import Edges, Graph
from zokio.model.grouping import Group, first_plan, plan
from zokio.model.machine import Machine
from zokio.model.observation import MisledError, View
from zokio.model.packing import CoarserLayout, Layout
from zokio.model.stepping import STAND_INS, ObservedStep
from zokio.model.successors import expander
from zokio.model.symmetry import NEAR, Representatives, audit_symmetry

S = TypeVar("S", bound=tuple[Hashable, ...])

CHUNK = 4096  # states expanded between two reports of progress
AUDITED = 256  # states in which all steps are asked once more at the end
PLAN_FIRST = 512  # states after which the steps are grouped
PLAN_AGAIN = 8  # they are grouped anew when there are so many times more


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
    reduced: bool = False,
    states_max: int | None = None,
    seconds_max: float | None = None,
    bytes_max: int | None = None,
    progress: ProgressReport | None = None,
) -> Graph[S]:
    """Return the graph of the reachable states.

    Args:
        machine: The machine to explore.
        edges: Whether to keep the transitions, 8 bytes each.
        reduced: Whether to follow the representatives of `Machine.canonical` only; for safety.
        states_max: Stop once more states than this are found; the graph is then incomplete.
            The successors of one state are never cut, so a few more may be in it.
        seconds_max: Stop after so many seconds; looked at after every few thousand states.
        bytes_max: Stop when the states and the table of them take more bytes; looked at as often.
        progress: Called after every few thousand states.

    Raises:
        ModelError: The machine is written wrongly, or a limit is not positive.
        NondeterministicError: A step did not do the same when it was asked again.
    """
    limits = {"states_max": states_max, "seconds_max": seconds_max, "bytes_max": bytes_max}
    for name, limit in limits.items():
        if limit is not None and limit < (1 if name == "states_max" else 0):
            raise ModelError(f"{name} is {limit}: it must be at least 1.")
    bounds = Limits(states_max or sys.maxsize, seconds_max, bytes_max)
    if edges and reduced:
        raise ModelError("a reduced graph has no edges to go round in: explore the whole one.")
    firsts = initial_states(machine)
    if reduced:
        firsts = list(map(machine.canonical, firsts))
    firsts = list(dict.fromkeys(firsts))
    whole: set[int] = set()  # the variables that cannot be split
    manners = [STAND_INS] * len(machine.instances())  # how the steps are asked
    while True:
        try:
            with _collector_paused():
                search = Search(machine, firsts, whole, manners, edges=edges, reduced=reduced)
                graph = search.run(bounds, progress)
                graph.layout.unwatch()
            if reduced:
                audit_symmetry(machine, graph.states, explore(machine, states_max=NEAR).states)
            return graph
        except CoarserLayout as unfit:
            whole.add(unfit.place)
        except MisledError as misled:
            assert isinstance(misled.observed, ObservedStep)
            manners[misled.observed.number] = misled.observed.manner + 1


@dataclass(frozen=True, slots=True)
class Limits:
    """What ends a search before its time; see `explore`."""

    states_max: int
    seconds_max: float | None
    bytes_max: int | None


class Search(Generic[S]):
    """One search, from the initial states to the end or to a limit."""

    def __init__(
        self,
        machine: Machine[S],
        firsts: list[S],
        whole: Collection[int],
        manners: Sequence[int],
        *,
        edges: bool,
        reduced: bool,
    ) -> None:
        layout = Layout(firsts, whole)
        steps = machine.instances()
        packed = [layout.pack(state) for state in firsts]
        orphans = array("I", [0]) * len(firsts)
        self.graph = Graph(machine, steps, layout, packed, len(firsts), orphans, [0] * len(steps))
        self.graph.reduced = reduced
        self.graph.edges = Edges() if edges else None
        self.seen: set[int] | dict[int, int] = set(packed)
        if edges:
            self.seen = {state: number for number, state in enumerate(packed)}
        view = View(layout)
        self.steps = [
            ObservedStep(view, machine, number, step, manners[number])
            for number, step in enumerate(steps)
        ]
        self.canon = Representatives(layout, machine.canonical) if reduced else None
        self._follow(first_plan(self.steps, edges))
        self.planned = PLAN_FIRST

    def run(self, limits: Limits, progress: ProgressReport | None) -> Graph[S]:
        """Search, and return the graph."""
        started = perf_counter()
        graph, packed = self.graph, self.graph.packed
        level_end = len(packed)
        graph.cut = self._reached(limits, 0.0)
        while not (graph.complete or graph.cut):
            if graph.expanded == level_end:
                graph.levels.append(level_end)
                level_end = len(packed)
            self._expand_some(level_end, limits.states_max)
            seconds = perf_counter() - started
            graph.cut = self._reached(limits, seconds)
            if progress is not None:
                frontier = len(packed) - graph.expanded
                progress(Progress(len(packed), frontier, graph.depth, seconds))
        if len(packed) > level_end:
            graph.levels.append(level_end)
        self._count()
        if graph.complete:
            graph.cut = ""
        graph.memory = self.memory()
        self._audit()
        return graph

    def memory(self) -> int:
        """Return the bytes of what grows with the search; a state counts as much as the largest."""
        graph, edges = self.graph, self.graph.edges
        arrays = [graph.parents]
        arrays += [] if edges is None else [edges.offsets, edges.targets, edges.labels]
        states = len(graph.packed) * sys.getsizeof(max(graph.packed))
        if isinstance(self.seen, dict):
            states += len(graph.packed) * sys.getsizeof(len(graph.packed))
        owned = (graph.packed, self.seen, *arrays)
        learned = sum(group.memory() for group in self.groups)
        learned += sum(step.memory() for step in self.steps)
        return states + sum(map(sys.getsizeof, owned)) + learned + graph.layout.memory()

    def _expand_some(self, level_end: int, limit: int) -> None:
        """Expand a chunk of one level, one state only when more might go over the limit."""
        graph = self.graph
        room = (limit - len(graph.packed)) // max(1, len(self.steps))
        end = min(level_end, graph.expanded + max(1, min(CHUNK, room)))
        self.expand(graph.expanded, end)
        graph.expanded = end
        if len(graph.packed) >= self.planned:
            self.planned = PLAN_AGAIN * len(graph.packed)
            self._count()
            self._follow(plan(self.steps, graph.packed, graph.edges is not None))

    def _reached(self, limits: Limits, seconds: float) -> str:
        """Return the name of the limit that is reached, "" if none is."""
        packed = self.graph.packed
        if len(packed) > limits.states_max:
            return "states_max"
        if limits.seconds_max is not None and seconds >= limits.seconds_max:
            return "seconds_max"
        if limits.bytes_max is not None:
            table = sys.getsizeof(self.seen) + sys.getsizeof(packed)
            if table + len(packed) * sys.getsizeof(packed[-1]) > limits.bytes_max:
                return "bytes_max"
        return ""

    def _audit(self) -> None:
        """Ask all steps again in states from everywhere: what was learned must still be so."""
        graph = self.graph
        for state in graph.packed[: graph.expanded : max(1, graph.expanded // AUDITED)]:
            plain = graph.layout.unpack(state)
            for step in self.steps:
                step.audit(state, plain)

    def _follow(self, groups: list[Group[S]]) -> None:
        self.groups = groups
        self.expand = expander(self.graph, groups, self.seen, self.canon)

    def _count(self) -> None:
        """Add what the groups have counted to the transitions of their steps."""
        fired = self.graph.fired
        for group in self.groups:
            for entry in group.entries.values():
                for number in entry[3]:
                    fired[number] += entry[0]
                entry[0] = 0


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
