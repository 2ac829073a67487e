"""Where the nodes of a small graph stand on paper: in rows, by their distance from the beginning.

A row is ordered so that nodes stand near those that lead to them. It guarantees that boxes do not
overlap and that the same graph gets the same places. It is for graphs that a reader takes in at
once, a few dozen nodes; it deliberately does not minimise crossings any further.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CHARACTER = 7.3  # pixels, of the 12 px monospaced letters that svg.py writes
LINE = 16.0
PADDING = 10.0
GAP_ACROSS = 70.0
GAP_DOWN = 74.0
MARGIN = 24.0
SWEEPS = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A node's rectangle: the place of its centre, its width and its height."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Tell whether two rectangles have a point in common."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width
            and abs(self.y - other.y) * 2 < self.height + other.height
        )


def size_of(lines: Sequence[str]) -> tuple[float, float]:
    """Return width and height of a box around some lines of text."""
    return max(map(len, lines)) * CHARACTER + 2 * PADDING, len(lines) * LINE + PADDING


def layers(count: int, initial: Iterable[int], arrows: Iterable[tuple[int, int]]) -> list[int]:
    """Return by node: how many arrows it is away from the initial nodes."""
    after: dict[int, list[int]] = {}
    for source, target in arrows:
        after.setdefault(source, []).append(target)
    layer = dict.fromkeys(initial, 0)
    waiting = list(layer)
    for node in waiting:
        for target in after.get(node, ()):
            if target not in layer:
                layer[target] = layer[node] + 1
                waiting.append(target)
    return [layer.get(node, 0) for node in range(count)]


def boxes(
    nodes: Sequence[Sequence[str]], initial: Iterable[int], arrows: Mapping[tuple[int, int], object]
) -> list[Box]:
    """Return the place of each node, given its lines."""
    depth = layers(len(nodes), initial, arrows)
    rows: list[list[int]] = [[] for _ in range(max(depth, default=-1) + 1)]
    for node, place in enumerate(depth):
        rows[place].append(node)
    sizes = [size_of(lines) for lines in nodes]
    x_of = dict.fromkeys(range(len(nodes)), 0.0)
    _spread(rows, sizes, x_of)
    for sweep in range(SWEEPS):
        for row in rows if sweep % 2 == 0 else rows[::-1]:
            _order(row, depth, arrows, x_of, upwards=sweep % 2 == 0)
            _spread([row], sizes, x_of)
    left = min((x_of[n] - sizes[n][0] / 2 for n in x_of), default=0.0)
    return _placed(rows, sizes, {node: x - left + MARGIN for node, x in x_of.items()})


def _order(
    row: list[int],
    depth: Sequence[int],
    arrows: Iterable[tuple[int, int]],
    x_of: Mapping[int, float],
    *,
    upwards: bool,
) -> None:
    """Sort a row by the middle of what its nodes are connected with in the rows before it."""
    near: dict[int, list[float]] = {node: [] for node in row}
    for source, target in arrows:
        for node, other in ((source, target), (target, source)):
            before = depth[other] < depth[node] if upwards else depth[other] > depth[node]
            if node in near and before:
                near[node].append(x_of[other])
    row.sort(key=lambda node: sum(near[node]) / len(near[node]) if near[node] else x_of[node])


def _spread(
    rows: Iterable[Sequence[int]], sizes: Sequence[tuple[float, float]], x_of: dict[int, float]
) -> None:
    """Put the nodes of each row side by side, centred."""
    for row in rows:
        x = -(sum(sizes[node][0] for node in row) + GAP_ACROSS * (len(row) - 1)) / 2
        for node in row:
            x_of[node] = x + sizes[node][0] / 2
            x += sizes[node][0] + GAP_ACROSS


def _placed(
    rows: Sequence[Sequence[int]], sizes: Sequence[tuple[float, float]], x_of: Mapping[int, float]
) -> list[Box]:
    found: dict[int, Box] = {}
    y = MARGIN
    for row in rows:
        height = max(sizes[node][1] for node in row)
        for node in row:
            found[node] = Box(x_of[node], y + height / 2, sizes[node][0], sizes[node][1])
        y += height + GAP_DOWN
    return [found[node] for node in sorted(found)]
