"""What becomes of a mutant: killed, equivalent, or a survivor that shows a claim to be missing.

Behaviour and fairness. A mutant is killed when `check` does not pass on one of the configurations:
a claim is violated, a canary is not, an action never happens, or a step fails with a `ModelError`.
The configurations are explored in growing parts, the smallest first; a part refutes as well as the
whole. Not killed, a mutant is equivalent if its graphs are those of the original (the same states
in the same order, the same edges with the same labels), but for steps that it lets the environment
take where they change nothing. Losing fairness changes no graph; such a mutant is equivalent if the
fair runs are the same (`mutation_fairness.py`). All others survive.

Claims. A weaker claim holds wherever the claim does, so the machine itself cannot tell the two
apart; wrong machines can. A claim mutant is killed when its verdict differs from that of the
claim on the machine or on a killed mutant of its behaviour or fairness, within the part in which
that one was killed. It is equivalent if the two agree about every state of the machine and of those
parts. It survives if they differ about a state, but never in their verdict.

`broken` are mutants that use a variable before it has a value; they count as nothing. What was
cut short by a limit survives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from zokio.model.checker import check
from zokio.model.errors import ModelError
from zokio.model.graph import Graph
from zokio.model.mutation import Mutant
from zokio.model.mutation_difference import Difference, difference, weight
from zokio.model.mutation_fairness import fairness_matters
from zokio.model.mutation_targets import AnyMachine
from zokio.model.report import Report
from zokio.model.search import explore

AnyGraph = Graph[Any]  # Any: as AnyMachine
Fate = Literal["killed", "equivalent", "survived", "broken"]
NOT_YET_A_VALUE = ("NameError(", "UnboundLocalError(")
PARTS = (300, 3_000)  # states: most mutants show themselves early


@dataclass(frozen=True, slots=True)
class Part:
    """Where something was seen: the place of the configuration, and how many states of it."""

    configuration: int
    states_max: int


@dataclass(frozen=True, slots=True)
class MutantVerdict:
    """What became of a mutant.

    Attributes:
        fate: "killed", "equivalent", "survived" or "broken".
        by: What killed it, or why it did not die.
        refuted: The claims that failed; empty if it was not a claim that killed it.
        part: Where it was killed.
        difference: Of a survivor that changes what happens: in what.
    """

    fate: Fate
    by: str = ""
    refuted: tuple[str, ...] = ()
    part: Part | None = None
    difference: Difference | None = None


class MutantJudge:
    """Judges the mutants of one specification.

    Args:
        machines: Its bounded configurations, which must hold.

    Raises:
        ModelError: The original does not hold, so that nothing can be said of its mutants.
    """

    def __init__(self, machines: Sequence[AnyMachine]) -> None:
        self.machines = tuple(machines)
        reports = [check(machine) for machine in machines]
        for report in reports:
            if report.outcome != "holds":
                raise ModelError(f"mutants of what does not hold say nothing:\n{report.text()}")
        self.sizes = [report.states for report in reports]
        # Now, and not when they are needed: then a mutant may be planted.
        self.originals: list[AnyGraph] = [explore(m, edges=True) for m in self.machines]

    def judge(self, mutant: Mutant) -> MutantVerdict:
        """Judge a mutant of the behaviour or the fairness."""
        with mutant.planted():
            found = self._refuted(self._parts())
        no_claim_uses_it = not mutant.claims and not mutant.unfair
        if found is None and no_claim_uses_it and self._has_same_graphs(mutant):
            return MutantVerdict("equivalent", "the graphs are the same")
        if found is None:
            with mutant.planted():
                found = self._refuted(self._wholes())
        if found is not None and found.fate == "survived":
            return replace(found, difference=self._difference(mutant))
        return found or self._unrefuted(mutant)

    def judge_claim(
        self, mutant: Mutant, wrong: Iterable[tuple[Mutant, MutantVerdict]]
    ) -> MutantVerdict:
        """Judge a mutant of a claim by the machine and by wrong machines that were killed."""
        witnesses = [(other, verdict) for other, verdict in wrong if verdict.part is not None]
        with mutant.planted():
            found = self._refuted(self._parts())
        found = found or self._told_apart(mutant, witnesses)
        if found is None:
            with mutant.planted():
                found = self._refuted(self._wholes())
        return found or self._indistinguishable(mutant, witnesses)

    def _parts(self) -> Iterator[Part]:
        """Growing parts of the configurations, the smallest first."""
        for bound in PARTS:
            yield from (Part(place, bound) for place in self._order if self.sizes[place] > bound)

    def _wholes(self) -> Iterator[Part]:
        return (Part(place, self._limit(place)) for place in self._order)

    @cached_property
    def _order(self) -> list[int]:
        return sorted(range(len(self.machines)), key=self.sizes.__getitem__)

    def _limit(self, place: int) -> int:
        return 2 * self.sizes[place] + 1_000

    def _refuted(self, parts: Iterable[Part]) -> MutantVerdict | None:
        """Return the first part on which what is planted fails."""
        for part in parts:
            try:
                report = check(self.machines[part.configuration], states_max=part.states_max)
            except ModelError as error:
                if any(name in str(error) for name in NOT_YET_A_VALUE):
                    return MutantVerdict("broken", str(error))
                return MutantVerdict("killed", "ModelError", part=part)
            failed = _failed(report)
            if failed:
                return MutantVerdict("killed", failed[0], failed, part)
            if not report.complete and part.states_max == self._limit(part.configuration):
                return MutantVerdict("survived", f"more than {part.states_max:,} states")
            if report.never_enabled:
                return MutantVerdict(
                    "killed", f"never happens: {report.never_enabled[0]}", part=part
                )
        return None

    def _unrefuted(self, mutant: Mutant) -> MutantVerdict:
        if mutant.unfair:
            if any(self._has_more_runs(place, mutant) for place in range(len(self.machines))):
                return MutantVerdict("survived", "there are more fair runs")
            return MutantVerdict("equivalent", "the fair runs are the same")
        found = self._difference(mutant)
        if found is None:
            return MutantVerdict("equivalent", "the graphs are the same")
        if found.kind == "idle":
            return MutantVerdict("equivalent", f"the graphs are the same, but {found}")
        return MutantVerdict("survived", str(found), difference=found)

    def _difference(self, mutant: Mutant) -> Difference | None:
        """Return the difference between the graphs that says most, over all configurations."""
        found = []
        with mutant.planted():
            for place in self._order:
                limit = self._limit(place)
                graph = explore(self.machines[place], edges=True, states_max=limit)
                each = difference(self.originals[place], graph)
                if each is not None:
                    found.append(each)
        return min(found, key=weight, default=None)

    def _has_same_graphs(self, mutant: Mutant) -> bool:
        with mutant.planted():
            try:
                return all(
                    _same_graph(
                        self.originals[place],
                        explore(self.machines[place], edges=True, states_max=self._limit(place)),
                    )
                    for place in self._order
                )
            except ModelError:
                return False

    def _has_more_runs(self, place: int, mutant: Mutant) -> bool:
        graph = self.originals[place]
        fair = [step.action.fair for step in graph.steps]
        dropped = [n for n, step in enumerate(graph.steps) if step.action in mutant.unfair]
        return fairness_matters(graph, fair, dropped)

    def _told_apart(
        self, mutant: Mutant, witnesses: Sequence[tuple[Mutant, MutantVerdict]]
    ) -> MutantVerdict | None:
        """Look for a wrong machine that the claim refutes, and its mutant does not."""
        for other, verdict in witnesses:
            part = verdict.part
            expected = set(mutant.claims) & set(verdict.refuted)
            if not expected or part is None:
                continue
            with other.planted(), mutant.planted():
                try:
                    report = check(self.machines[part.configuration], states_max=part.states_max)
                except ModelError:
                    return MutantVerdict("killed", "ModelError", part=part)
            lost = expected - set(_failed(report))
            if lost:
                return MutantVerdict("killed", f"no longer refutes {other.name}", part=part)
        return None

    def _indistinguishable(
        self, mutant: Mutant, witnesses: Sequence[tuple[Mutant, MutantVerdict]]
    ) -> MutantVerdict:
        for machine, graph in zip(self.machines, self.originals, strict=True):
            if not self._agree(mutant, machine, graph):
                return MutantVerdict("survived", "differs in a state of the machine")
        for other, verdict in witnesses:
            if verdict.part is None or verdict.by == "ModelError":
                continue
            machine = self.machines[verdict.part.configuration]
            with other.planted():
                graph = explore(machine, states_max=verdict.part.states_max)
                if not self._agree(mutant, machine, graph):
                    return MutantVerdict("survived", f"differs in a state of {other.name}")
        return MutantVerdict("equivalent", f"no state of {len(witnesses)} wrong machines differs")

    def _agree(self, mutant: Mutant, machine: AnyMachine, graph: AnyGraph) -> bool:
        """Tell whether the claims mean the same in every state with the mutant and without."""
        before = list(_meanings(machine, graph, mutant.claims))
        with mutant.planted():
            return all(
                now == then
                for now, then in zip(_meanings(machine, graph, mutant.claims), before, strict=True)
            )


def _failed(report: Report) -> tuple[str, ...]:
    return tuple(result.name for result in report.properties if result.verdict == "violated")


def _same_graph(one: AnyGraph, other: AnyGraph) -> bool:
    return one.states == other.states and all(
        list(one.out(number)) == list(other.out(number)) for number in range(len(one.states))
    )


def _meanings(machine: AnyMachine, graph: AnyGraph, names: Sequence[str]) -> Iterator[object]:
    """Yield what the claims, and what they wait for, say of every state; or what they raise."""
    for name in names:
        claim = machine.claims.get(name)
        if claim is None:
            continue
        methods = [name] if claim.after is None else [name, claim.after]
        predicates = [getattr(machine, method) for method in methods]
        for arguments in machine.arguments_over(claim.of):
            for predicate in predicates:
                for state in graph.states:
                    yield _said(predicate, state, arguments)


def _said(predicate: Any, state: object, arguments: tuple[object, ...]) -> object:  # Any: a claim
    try:
        return bool(predicate(state, *arguments))
    except Exception as error:
        return type(error)
