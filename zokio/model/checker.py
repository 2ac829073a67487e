"""`check`: explore a machine exhaustively and judge every claim that it makes.

Safety and reachability are read off the states in the order of their discovery, so that the first
state found is one with a shortest trace. Progress goes to `progress.py`, once for each value of
the property's parameters. The order of the results is that of definition.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from time import perf_counter
from typing import TypeVar

from zokio.model.audit import audit_claims
from zokio.model.diagnosis import require_machine
from zokio.model.errors import NondeterministicError
from zokio.model.graph import Graph
from zokio.model.judging import ObservedPredicate
from zokio.model.literal import assignments, literal
from zokio.model.machine import Machine
from zokio.model.observation import View
from zokio.model.progress import counterexample
from zokio.model.properties import Claim
from zokio.model.report import Outcome, PropertyResult, Report, overall
from zokio.model.search import ProgressReport, explore
from zokio.model.symmetry import concrete

S = TypeVar("S", bound=tuple[Hashable, ...])


def check(
    machine: Machine[S],
    *,
    reduced: bool = False,
    states_max: int | None = None,
    seconds_max: float | None = None,
    bytes_max: int | None = None,
    progress: ProgressReport | None = None,
) -> Report:
    """Explore every reachable state of `machine` and judge its claims.

    The search is not ended by a violation: the report is about all claims, the canaries among
    them. A machine without bounds needs `states_max`.

    Args:
        machine: A configured machine.
        reduced: Search the representatives of `Machine.canonical` only for what is about states;
            "eventually" is judged on the whole graph all the same, which is then explored, too.
        states_max: Stop once more states than this are found; what is not violated by then is
            "incomplete", which is never a pass.
        seconds_max: Stop the search after so many seconds, likewise.
        bytes_max: Stop it when the states take more bytes, likewise.
        progress: Called with a `Progress` after every few thousand states.

    Raises:
        ModelError: The machine is written wrongly; the message says where and what to do.
    """
    started = perf_counter()
    require_machine(machine)
    claims = machine.claims
    wants_edges = any(claim.kind == "eventually" for claim in claims.values())
    limited = partial(
        explore,
        machine,
        states_max=states_max,
        seconds_max=seconds_max,
        bytes_max=bytes_max,
        progress=progress,
    )
    try:
        graph = limited(edges=wants_edges and not reduced, reduced=reduced)
        whole = limited(edges=True) if wants_edges and reduced else graph
        results = tuple(
            _judge(machine, whole if claim.kind == "eventually" else graph, name, claim)
            for name, claim in claims.items()
        )
        audit_claims(machine, graph)
    except NondeterministicError as error:
        return _nondeterministic(machine, str(error), perf_counter() - started)
    counts = _action_counts(machine, graph)
    idle = tuple(
        action.name
        for action in machine.actions
        if graph.complete and not counts[action.name] and not action.may_be_idle
    )
    return Report(
        machine=machine.title,
        configuration=machine.configuration,
        states=len(graph.states),
        transitions=sum(graph.fired),
        depth=graph.depth,
        properties=results,
        action_counts=counts,
        outcome=overall(results, idle, graph.complete and whole.complete),
        seconds=perf_counter() - started,
        never_enabled=idle,
        complete=graph.complete and whole.complete,
        memory=graph.memory,
        cut=graph.cut or whole.cut,
        reduced=reduced,
    )


def _nondeterministic(machine: Machine[S], detail: str, seconds: float) -> Report:
    """Return the report of a machine of which nothing can be said but that."""
    return Report(
        machine=machine.title,
        configuration=machine.configuration,
        states=0,
        transitions=0,
        depth=0,
        properties=(),
        action_counts={},
        outcome="nondeterministic",
        seconds=seconds,
        complete=False,
        detail=detail,
    )


def _action_counts(machine: Machine[S], graph: Graph[S]) -> dict[str, int]:
    counts = {action.name: 0 for action in machine.actions}
    for step, count in zip(graph.steps, graph.fired, strict=True):
        counts[step.name] += count
    return counts


def _judge(machine: Machine[S], graph: Graph[S], name: str, claim: Claim) -> PropertyResult:
    if claim.kind == "eventually":
        return _judge_progress(machine, graph, name, claim)
    wanted = claim.kind == "sometimes"
    found = _first(machine, graph, name, wanted)
    unfound: Outcome = "violated" if wanted else "holds"
    outcome: Outcome = ("holds" if wanted else "violated") if found is not None else unfound
    if found is None and not graph.complete:
        outcome = "incomplete"
    trace = None if found is None else graph.trace(graph.path(found))
    if trace is not None and graph.reduced:
        trace = concrete(machine, trace)
    return PropertyResult(name, claim.kind, claim.canary, outcome, trace=trace)


def _first(machine: Machine[S], graph: Graph[S], name: str, wanted: bool) -> int | None:
    """Return the first state of which the predicate says `wanted`."""
    predicate = ObservedPredicate(View(graph.layout), machine, name, ())
    return predicate.first(graph.packed, wanted)


def _judge_progress(
    machine: Machine[S], graph: Graph[S], name: str, claim: Claim
) -> PropertyResult:
    fair = [step.action.fair for step in graph.steps]
    for arguments in machine.arguments_over(claim.of):
        begins = bytearray(b"\1") * len(graph.states)
        if claim.after is not None:
            begins = _everywhere(machine, graph, claim.after, arguments)
        holds = _everywhere(machine, graph, name, arguments)
        trace = counterexample(graph, begins, holds, fair)
        if trace is not None:
            texts = dict(zip(claim.of, map(literal, arguments), strict=True))
            instance = assignments(texts, sign="=")
            return PropertyResult(name, claim.kind, claim.canary, "violated", instance, trace)
    outcome: Outcome = "holds" if graph.complete else "incomplete"
    return PropertyResult(name, claim.kind, claim.canary, outcome)


def _everywhere(
    machine: Machine[S], graph: Graph[S], name: str, arguments: tuple[Hashable, ...]
) -> bytearray:
    """Return by state number whether the predicate holds."""
    predicate = ObservedPredicate(View(graph.layout), machine, name, arguments)
    return predicate.everywhere(graph.packed)
