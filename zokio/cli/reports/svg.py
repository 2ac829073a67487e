"""A view of a state graph as SVG to stand inside of an HTML page.

Colours come from the page's style, so that it is readable in the dark as well. Labels keep clear of
each other where there is room. Everything that comes from a machine is escaped. It guarantees a
drawing without anything from the network or from another program.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from zokio.cli.reports.layout import LINE, MARGIN, Box, boxes, size_of
from zokio.cli.reports.routes import Route, routes
from zokio.model.views import View

LABEL_LINES_MAX = 3
ALONG = [0.5, *(0.5 + side * step / 40 for step in range(1, 17) for side in (-1, 1))]
START = 16.0  # how long the arrow is that says "here it begins"


def svg(view: View, number: int) -> str:
    """Return the drawing; `number` tells the drawings of one page apart."""
    return "\n".join(_svg(view, f"head{number}"))


def _svg(view: View, head: str) -> Iterator[str]:
    places = boxes(view.nodes, view.initial, view.arrows)
    ways = routes(places, view.arrows)
    labels = _labels(view, places, ways)
    spots = [*places, *(box for box, _, _ in labels)]
    points = [point for way in ways.values() for point in way.points]
    left = min(*(box.x - box.width / 2 for box in spots), *(x for x, _ in points), 0.0) - MARGIN
    right = max(*(box.x + box.width / 2 for box in spots), *(x for x, _ in points), 0.0)
    top = min(0.0, *(y for _, y in points)) - LINE / 2
    bottom = max(*(box.y + box.height / 2 for box in spots), *(y for _, y in points), 0.0)
    width, height = right - left + MARGIN, bottom - top + MARGIN
    yield (
        f'<svg class="graph" viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" role="img" aria-label="{escape(view.title)}">'
    )
    yield (
        f'<defs><marker id="{head}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>'
    )
    for way in ways.values():
        yield f'<path class="arrow" d="{way.path}" marker-end="url(#{head})"/>'
    for number, (box, lines) in enumerate(zip(places, view.nodes, strict=True)):
        if number in view.initial:
            begin = box.y - box.height / 2
            start = f"M{box.x:.1f} {begin - START:.1f}V{begin:.1f}"
            yield f'<path class="arrow" d="{start}" marker-end="url(#{head})"/>'
        yield _node(box, lines)
    for box, lines, whole in labels:
        yield _label(box, lines, whole)
    yield "</svg>"


Label = tuple[Box, list[str], str]


def _labels(view: View, places: Sequence[Box], ways: dict[tuple[int, int], Route]) -> list[Label]:
    found: list[Label] = []
    taken = list(places)
    for ends, texts in view.arrows.items():
        lines = texts[:LABEL_LINES_MAX]
        if len(texts) > len(lines):
            lines = [*lines[:-1], f"and {len(texts) - len(lines) + 1} more"]
        width, height = size_of(lines)
        spots = [Box(*ways[ends].at(t), width - 14, height - 8) for t in ALONG]
        chosen = min(spots, key=lambda spot: sum(map(spot.overlaps, taken)))
        taken.append(chosen)
        found.append((chosen, lines, "; ".join(texts)))
    return found


def _node(box: Box, lines: Sequence[str]) -> str:
    left, top = box.x - box.width / 2, box.y - box.height / 2
    frame = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" '
        f'height="{box.height:.1f}" rx="7"/>'
    )
    return f'<g class="node">{frame}{_text(box, lines)}</g>'


def _label(box: Box, lines: Sequence[str], whole: str) -> str:
    return f'<g class="label"><title>{escape(whole)}</title>{_text(box, lines)}</g>'


def _text(box: Box, lines: Sequence[str]) -> str:
    first = box.y - (len(lines) - 1) * LINE / 2 + 4
    rows = (
        f'<tspan x="{box.x:.1f}" y="{first + number * LINE:.1f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f"<text>{''.join(rows)}</text>"
