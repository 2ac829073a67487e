"""Views of a state graph that a reader can take in: whole when small, else by some variables.

A graph of thousands of states says nothing to anybody. So a large one is seen through some of its
variables: those of one instance of a parameter (one task among several), and those that are shared
by all (the phase of a loop). States that look the same become one node; an arrow stands for the
actions that lead from some state of one node to some state of the other. It guarantees the same
view in every run, and every variable that it leaves out is left out of all nodes. It deliberately
proves nothing: a path through a view need not be a run.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from zokio.model.actions import Step
from zokio.model.diagnosis import variables_of
from zokio.model.graph import Graph
from zokio.model.literal import literal, named_values
from zokio.model.machine import Machine
from zokio.model.search import explore

S = TypeVar("S", bound=tuple[Hashable, ...])

STATES_MAX = 20_000  # how many states a view is made from
WHOLE_MAX = 16  # as many states are drawn as they are
NODES_MAX = 16  # as many nodes a view may have
ARROWS_MAX = 24  # as many arrows, where there is a choice


@dataclass(slots=True)
class View:
    """A small graph for people.

    Attributes:
        title: What it shows.
        nodes: The lines of each node.
        initial: The nodes that hold an initial state.
        arrows: By source and target: the labels, in order of discovery.
        complete: Whether it was made from all reachable states.
    """

    title: str
    complete: bool
    nodes: list[list[str]] = field(default_factory=list)
    initial: set[int] = field(default_factory=set)
    arrows: dict[tuple[int, int], list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Part:
    """A variable, or one place of it."""

    name: str
    value_of: Callable[[tuple[Hashable, ...]], Hashable]


def views(machine: Machine[S], *, states_max: int = STATES_MAX) -> list[View]:
    """Return the views of a machine: one of the whole graph, or up to one for each parameter and
    one of what is shared.

    Args:
        machine: A configured machine.
        states_max: Stop once more states than this are found; the views say so.

    Raises:
        ModelError: The machine is written wrongly.
    """
    graph = explore(machine, edges=True, states_max=states_max)
    if len(graph.states) <= WHOLE_MAX:
        whole = "every reachable state"
        return [_view(graph, whole, lambda state: state, _whole_lines, str)]
    found = []
    columns = _columns(graph)
    for parameter, values in machine.domains().items():
        parts = _chosen(graph, _parts_of_one(columns, len(values)))
        if len(parts) > 0:
            title = f"one {parameter}, by {_listed(parts)}"
            found.append(_view_by(graph, title, parts, _labels_for(parameter, values[0])))
    shared = _chosen(graph, _shared_parts(columns))
    if shared:
        title = f"what is shared, by {_listed(shared)}"
        found.append(_view_by(graph, title, shared, lambda step: step.name))
    return _without_doubles(found)


def _without_doubles(found: Sequence[View]) -> list[View]:
    """Parameters with as many values see the same variables: the first one's view is kept."""
    kept: list[View] = []
    for view in found:
        if len(view.nodes) > 2 and all(view.nodes != other.nodes for other in kept):
            kept.append(view)
    return kept


def _columns(graph: Graph[S]) -> dict[str, set[Hashable]]:
    """Return all values of each variable."""
    names = variables_of(graph.states[0])
    columns: dict[str, set[Hashable]] = {name: set() for name in names}
    for state in graph.states:
        for values, value in zip(columns.values(), state, strict=True):
            values.add(value)
    return columns


def _parts_of_one(columns: Mapping[str, set[Hashable]], count: int) -> Iterator[_Part]:
    """Yield the variables that have one place for each of `count` instances, seen at the first."""
    for place, (name, values) in enumerate(columns.items()):
        if {len(value) if type(value) is tuple else -1 for value in values} == {count}:
            yield _Part(name, lambda state, place=place: state[place][0])  # type: ignore[misc]  # mypy types no default of a lambda


def _shared_parts(columns: Mapping[str, set[Hashable]]) -> list[_Part]:
    """Return the variables that are no containers: names of phases first, then the others."""
    phases, others = [], []
    for place, (name, values) in enumerate(columns.items()):
        part = _Part(name, lambda state, place=place: state[place])  # type: ignore[misc]  # mypy types no default of a lambda
        if all(isinstance(value, str | Enum) for value in values):
            phases.append(part)
        elif all(isinstance(value, bool | int | None) for value in values):
            others.append(part)
    return [*phases, *others]


def _chosen(graph: Graph[S], parts: Iterable[_Part]) -> list[_Part]:
    """Return as many parts, the first ones first, as keep the view small; none that is constant."""
    candidates = list(parts)
    keys, arrows = _seen_through(graph, candidates)
    chosen: list[int] = []
    for place in range(len(candidates)):
        tried = [*chosen, place]
        nodes = [tuple(key[each] for each in tried) for key in keys]
        if len(set(nodes)) == len({node[:-1] for node in nodes}):
            continue  # it tells no two nodes apart
        drawn = {(nodes[a], nodes[b]) for a, b in arrows if nodes[a] != nodes[b]}
        arrows_max = ARROWS_MAX if chosen else 2 * ARROWS_MAX  # one variable is better than none
        if len(set(nodes)) <= NODES_MAX and len(drawn) <= arrows_max:
            chosen = tried
    return [candidates[place] for place in chosen]


def _seen_through(
    graph: Graph[S], parts: Sequence[_Part]
) -> tuple[list[tuple[Hashable, ...]], set[tuple[int, int]]]:
    """Return the different values of all parts together, and between which of them steps lead."""
    numbers: dict[tuple[Hashable, ...], int] = {}
    number_of = [
        numbers.setdefault(tuple(part.value_of(state) for part in parts), len(numbers))
        for state in graph.states
    ]
    arrows = {
        (number_of[source], number_of[target])
        for source in range(graph.expanded)
        for _, target in graph.out(source)
    }
    return list(numbers), arrows


def _listed(parts: Sequence[_Part]) -> str:
    return ", ".join(part.name for part in parts)


def _labels_for(parameter: str, value: Hashable) -> Callable[[Step], str]:
    """Return what an arrow says of a step: whether it is one of another instance."""

    def label(step: Step) -> str:
        other = step.named_arguments.get(parameter, value) != value
        return f"{step.name} (of another)" if other else step.name

    return label


def _view_by(
    graph: Graph[S], title: str, parts: Sequence[_Part], label: Callable[[Step], str]
) -> View:
    def key(state: S) -> Hashable:
        return tuple(part.value_of(state) for part in parts)

    def lines(state: S) -> list[str]:
        texts = (_part_text(part.name, part.value_of(state)) for part in parts)
        return [text for text in texts if text] or ["-"]

    return _view(graph, title, key, lines, label)


def _part_text(name: str, value: Hashable) -> str:
    """Return what a node says of a variable; nothing of one that is false or empty."""
    if isinstance(value, bool):
        return name if value else ""
    return "" if value is None or value in ("", ()) else f"{name} = {literal(value)}"


def _whole_lines(state: S) -> list[str]:
    return [f"{name} = {text}" for name, text in named_values(state).items()]


def _view(
    graph: Graph[S],
    title: str,
    key: Callable[[S], Hashable],
    lines: Callable[[S], list[str]],
    label: Callable[[Step], str],
) -> View:
    """Return the quotient of a graph by `key`; steps that stay in a node are left out."""
    view = View(title, graph.complete)
    numbers: dict[Hashable, int] = {}
    node_of = []
    for state in graph.states:
        number = numbers.setdefault(key(state), len(numbers))
        if number == len(view.nodes):
            view.nodes.append(lines(state))
        node_of.append(number)
    view.initial = set(node_of[: graph.initial])
    texts = [label(step) for step in graph.steps]
    for source in range(graph.expanded):
        for step, target in graph.out(source):
            ends = node_of[source], node_of[target]
            if ends[0] != ends[1]:
                labels = view.arrows.setdefault(ends, [])
                if texts[step] not in labels:
                    labels.append(texts[step])
    return view
