"""A view of a state graph as a Mermaid diagram, as code hosts draw them inside of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from zokio.model.diagram import mermaid_escaped
from zokio.model.views import View


def mermaid(view: View) -> str:
    """Return the diagram, without the fence around it."""
    return "\n".join(_lines(view))


def _lines(view: View) -> Iterator[str]:
    yield "stateDiagram-v2"
    for number, lines in enumerate(view.nodes):
        yield f'  state "{mermaid_escaped(", ".join(lines))}" as s{number}'
    for number in sorted(view.initial):
        yield f"  [*] --> s{number}"
    for (source, target), labels in view.arrows.items():
        yield f"  s{source} --> s{target} : {mermaid_escaped(', '.join(labels))}"
