"""The state graph of a machine as a drawing: Graphviz DOT and Mermaid.

The text is the same in every run, so that a drawing in the documentation can be compared with a
fresh one. A machine with more states than fit is drawn in part: the states whose steps were not
followed are dashed. Steps that change nothing are left out.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TypeVar

from zokio.model.graph import Graph
from zokio.model.literal import named_values
from zokio.model.machine import Machine
from zokio.model.search import explore

S = TypeVar("S", bound=tuple[Hashable, ...])


def to_dot(machine: Machine[S], *, states_max: int = 200) -> str:
    """Return the state graph in Graphviz's DOT language.

    Args:
        machine: The machine to draw.
        states_max: Stop once more states than this are found.
    """
    graph = explore(machine, edges=True, states_max=states_max)
    return "\n".join(_dot(machine.title, graph)) + "\n"


def to_mermaid(machine: Machine[S], *, states_max: int = 200) -> str:
    """Return the state graph as a Mermaid `stateDiagram-v2`.

    Args:
        machine: The machine to draw.
        states_max: Stop once more states than this are found.
    """
    graph = explore(machine, edges=True, states_max=states_max)
    return "\n".join(_mermaid(graph)) + "\n"


def _dot(title: str, graph: Graph[S]) -> Iterator[str]:
    yield f"digraph {title} {{"
    yield '  node [shape=box, style=rounded, fontname="monospace"];'
    for number, state in enumerate(graph.states):
        label = "\\l".join(_dot_escaped(line) for line in _lines(state)) + "\\l"
        yield f'  s{number} [label="{label}"{_dot_style(graph, number)}];'
    for source, target, steps in _arrows(graph):
        label = "\\n".join(_dot_escaped(step) for step in steps)
        yield f'  s{source} -> s{target} [label="{label}"];'
    yield "}"


def _dot_style(graph: Graph[S], number: int) -> str:
    if number >= graph.expanded:
        return ', style="rounded,dashed"'
    return ", penwidth=2" if number < graph.initial else ""


def _dot_escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _mermaid(graph: Graph[S]) -> Iterator[str]:
    yield "stateDiagram-v2"
    yield "  classDef unexplored stroke-dasharray: 5 5"
    for number, state in enumerate(graph.states):
        yield f'  state "{mermaid_escaped("; ".join(_lines(state)))}" as s{number}'
    for number in range(graph.initial):
        yield f"  [*] --> s{number}"
    for source, target, steps in _arrows(graph):
        yield f"  s{source} --> s{target} : {mermaid_escaped('; '.join(steps))}"
    for number in range(graph.expanded, len(graph.states)):
        yield f"  class s{number} unexplored"


def mermaid_escaped(text: str) -> str:
    """Return text with what Mermaid would read as its own signs as character codes."""
    return "".join(f"#{ord(sign)};" if sign in '"#:;<>{}\\' else sign for sign in text)


def _lines(state: S) -> list[str]:
    return [f"{name} = {text}" for name, text in named_values(state).items()]


def _arrows(graph: Graph[S]) -> Iterator[tuple[int, int, list[str]]]:
    """Yield each pair of different states that steps connect, with these steps."""
    for source in range(graph.expanded):
        between: dict[int, list[str]] = {}
        for step, target in graph.out(source):
            if target != source:
                between.setdefault(target, []).append(str(graph.steps[step]))
        for target, steps in between.items():
            yield source, target, steps
