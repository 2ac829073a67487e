"""Every transition of a bounded machine, taken by the real system: the spec says nothing it cannot.

`replay` explores the machine, walks over its graph until every edge was taken, and compares the
real system with the model after every step. An edge that the machine allows and the real system
never takes has to be excused by a written reason (`Excuse`), and every excuse is tried: one that
covers an edge which can be replayed after all, or no edge, is an error.

It guarantees that an edge counts only after it was taken and compared, and that a limit or a part
is never a whole (`ReplayReport.outcome`). It does not search beyond the machine's bounds. Where
the graph is large, several processes may each run a part of the walks (`EdgeReplay.run`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Generic, TypeVar

from zokio.model.adapter import Adapter, require_methods
from zokio.model.cover import EdgeWalk, edge_cover, edges_of, first_ways, out_edges
from zokio.model.excuse import Excuse, ExcuseError, excused_edges
from zokio.model.literal import literal
from zokio.model.lockstep import DivergenceError, Lockstep
from zokio.model.machine import Machine
from zokio.model.replay_report import ReplayReport
from zokio.model.search import explore

S = TypeVar("S", bound=tuple[Hashable, ...])

WHOLE = (0, 1)
StepsReport = Callable[[int], None]


def replay(
    machine: Machine[S],
    adapter: Adapter[S],
    *,
    excuses: Sequence[Excuse[S]] = (),
    states_max: int | None = None,
    steps_max: int | None = None,
) -> ReplayReport:
    """Take every transition of `machine` on the real system.

    Args:
        machine: A configured machine, small enough to be explored.
        adapter: An adapter with one method for each action; see `Adapter`.
        excuses: Which edges the real system need not take, and why.
        states_max: Explore no more states than this; hit, it makes the report incomplete.
        steps_max: Begin no walk after so many steps; hit, it makes the report incomplete.

    Raises:
        DivergenceError: The real system did something else.
        ExcuseError: An excuse is not needed.
        TypeError: The adapter lacks a method.
    """
    return EdgeReplay(machine, excuses, states_max=states_max).run(adapter, steps_max=steps_max)


class EdgeReplay(Generic[S]):
    """The walks of a machine's edge cover, ready to be replayed, whole or in parts.

    Args:
        machine: A configured machine.
        excuses: Which edges the real system need not take, and why.
        states_max: As in `replay`.

    Raises:
        ExcuseError: An excuse covers no edge.
    """

    def __init__(
        self,
        machine: Machine[S],
        excuses: Sequence[Excuse[S]] = (),
        *,
        states_max: int | None = None,
    ) -> None:
        self.machine = machine
        self.graph = explore(machine, edges=True, states_max=states_max)
        self.excused = excused_edges(self.graph, excuses)
        self.walks = list(edge_cover(self.graph, without=self.excused.keys()))
        self._edges = edges_of(self.graph)
        self._ways = first_ways(self.graph, out_edges(self.graph, self.excused.keys()))
        covered = {edge for walk in self.walks for edge in walk.edges}
        self._behind = len(self._edges.targets) - len(covered) - len(self.excused)
        self._attempts = [edge for edge in self.excused if self._source(edge) in self._ways]

    @property
    def steps(self) -> int:
        """How many steps all walks have together."""
        return sum(len(walk.edges) for walk in self.walks)

    def run(
        self,
        adapter: Adapter[S],
        *,
        part: tuple[int, int] = WHOLE,
        steps_max: int | None = None,
        progress: StepsReport | None = None,
    ) -> ReplayReport:
        """Replay the walks on the real system, then try what is excused.

        Args:
            adapter: The real system.
            part: `(k, n)`: only every n-th walk and excused edge, from the k-th on. The reports
                of all parts, `merged`, are that of the whole.
            steps_max: As in `replay`.
            progress: Called after each walk with the number of its steps.

        Raises:
            DivergenceError: The real system did something else. Whatever else it raised, too.
            ExcuseError: An excused edge can be replayed.
            TypeError: The adapter lacks a method.
        """
        require_methods(self.machine, adapter)
        began = perf_counter()
        first, parts = part
        report = self._empty_report()
        for walk in self.walks[first::parts]:
            if steps_max is not None and report.steps >= steps_max:
                report.limits.append(f"steps_max={steps_max}")
                break
            self._replay(adapter, walk, report)
            if progress is not None:
                progress(len(walk.edges))
        for edge in self._attempts[first::parts]:
            self._try_excused(adapter, edge, report)
        self._see_sometimes(report)
        report.seconds = perf_counter() - began
        return report

    def _empty_report(self) -> ReplayReport:
        reasons = Counter(self.excused[edge].reason for edge in self._attempts)
        behind = self._behind + len(self.excused) - len(self._attempts)
        report = ReplayReport(
            repr(self.machine), bytearray(len(self._edges.targets)), reasons, behind=behind
        )
        if not self.graph.complete:
            report.limits.append(f"states_max: stopped after {len(self.graph.states)} states")
        return report

    def _replay(self, adapter: Adapter[S], walk: EdgeWalk, report: ReplayReport) -> None:
        """Take a walk; when it fails, the shortest one that fails at the same edge is told."""
        report.restarts += 1
        taken = report.steps
        try:
            self._walk(adapter, walk, report)
        except Exception as error:
            edge = walk.edges[min(report.steps - taken, len(walk.edges) - 1)]
            self._tell_shorter(adapter, edge)
            error.add_note("The shortest walk to this step does not fail.")
            self._tell_states(error)
            raise

    def _walk(self, adapter: Adapter[S], walk: EdgeWalk, report: ReplayReport) -> None:
        graph, targets, labels = self.graph, self._edges.targets, self._edges.labels
        lockstep = Lockstep(self.machine, adapter, report.witness)
        try:
            lockstep.start(graph.states[walk.start])
            for edge in walk.edges:
                lockstep.follow(graph.steps[labels[edge]], graph.states[targets[edge]])
                report.taken[edge] = 1
                report.steps += 1
        except BaseException:
            with suppress(Exception):  # what went wrong first is what there is to tell
                lockstep.stop()
            raise
        lockstep.stop()

    def _tell_shorter(self, adapter: Adapter[S], edge: int) -> None:
        """Raise what the shortest walk that ends with `edge` raises, if it does."""
        try:
            self._walk(adapter, self._shortest(edge), self._empty_report())
        except Exception as error:
            self._tell_states(error)
            raise error from None

    def _tell_states(self, error: Exception) -> None:
        if isinstance(error, DivergenceError):
            error.add_note(f"expected: {literal(error.expected)}\nreal:     {literal(error.real)}")

    def _try_excused(self, adapter: Adapter[S], edge: int, report: ReplayReport) -> None:
        """Take the shortest walk to an excused edge, and then the edge, which has to fail."""
        walk = self._shortest(edge)
        attempt = self._empty_report()
        report.tried += 1
        try:
            self._walk(adapter, walk, attempt)
        except Exception:
            if attempt.steps == len(walk.edges) - 1:
                return
            raise
        step = self.graph.steps[self._edges.labels[edge]]
        state = self.graph.states[self._source(edge)]
        raise ExcuseError(
            f"{self.machine.title}: {step} in {literal(state)} is excused, and the real system "
            f"takes it. The excuse: {self.excused[edge].reason}"
        )

    def _shortest(self, edge: int) -> EdgeWalk:
        """The shortest walk that ends with an edge, without excused ones on the way."""
        state, edges = self._source(edge), self._edges.labels[:0]
        edges.append(edge)
        while (way := self._ways[state])[1] >= 0:
            state, before = way
            edges.append(before)
        edges.reverse()
        return EdgeWalk(state, edges)

    def _source(self, edge: int) -> int:
        """The number of the state that an edge leads on from."""
        return bisect_right(self._edges.offsets, edge) - 1

    def _see_sometimes(self, report: ReplayReport) -> None:
        """Note which `sometimes` hold in a state that the real system was in."""
        taken = (edge for edge, was_taken in enumerate(report.taken) if was_taken)
        seen = {end for edge in taken for end in (self._source(edge), self._edges.targets[edge])}
        states = [self.graph.states[number] for number in sorted(seen)]
        for name, claim in self.machine.claims.items():
            holds = getattr(self.machine, name)
            if claim.kind == "sometimes" and any(map(holds, states)):
                report.witness.sometimes.add(name)
