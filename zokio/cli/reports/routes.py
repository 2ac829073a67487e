"""How the arrows of a laid-out graph go: from row to row as curves, all others around the nodes.

An arrow to the next row, or back to the one before, is a curve between two boxes. An arrow farther
back, or along a row, leaves its box downwards, goes outside around all boxes in a lane of its own
and comes in from above. It guarantees that such an arrow crosses no box.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import dist

from zokio.cli.reports.layout import GAP_DOWN, Box

Point = tuple[float, float]

LANE = 15.0  # between two lanes
CORNER = 8.0
BESIDE = 12.0  # how far two arrows between the same boxes are apart
PIECES = 24  # of a curve, where it is measured


@dataclass(frozen=True, slots=True)
class Route:
    """The way of an arrow.

    Attributes:
        path: As SVG writes it.
        points: Points along it, the first and the last one included.
    """

    path: str
    points: tuple[Point, ...]

    def at(self, part: float) -> Point:
        """Return the point at this part of the way, between 0 and 1."""
        lengths = [dist(a, b) for a, b in zip(self.points, self.points[1:], strict=False)]
        left = part * sum(lengths)
        for a, b, length in zip(self.points, self.points[1:], lengths, strict=False):
            if left <= length and length:
                return (a[0] + (b[0] - a[0]) * left / length, a[1] + (b[1] - a[1]) * left / length)
            left -= length
        return self.points[-1]


def routes(
    places: Sequence[Box], arrows: Collection[tuple[int, int]]
) -> dict[tuple[int, int], Route]:
    """Return the way of each arrow between these boxes."""
    rows = sorted({round(box.y, 3) for box in places})
    row_of = [rows.index(round(box.y, 3)) for box in places]
    left = min(box.x - box.width / 2 for box in places)
    right = max(box.x + box.width / 2 for box in places)
    lanes = {-1: 0, 1: 0}
    found = {}
    for source, target in arrows:
        a, b = places[source], places[target]
        down = row_of[target] - row_of[source]
        if abs(down) == 1:
            both = (target, source) in arrows
            found[source, target] = _curve(a, b, down, BESIDE if both else 0.0)
            continue
        side = -1 if a.x + b.x < left + right else 1
        lanes[side] += 1
        lane = (left if side < 0 else right) + side * LANE * (lanes[side] + 1)
        found[source, target] = _around(a, b, lane, lanes[side])
    return found


def _curve(a: Box, b: Box, down: int, beside: float) -> Route:
    x0, x1 = a.x - down * beside, b.x - down * beside
    y0, y1 = a.y + down * a.height / 2, b.y - down * b.height / 2
    bend = (y1 - y0) / 2
    controls = ((x0, y0), (x0, y0 + bend), (x1, y1 - bend), (x1, y1))
    start, *others = (f"{x:.1f} {y:.1f}" for x, y in controls)
    points = tuple(_on_curve(controls, piece / PIECES) for piece in range(PIECES + 1))
    return Route(f"M{start} C{', '.join(others)}", points)


def _on_curve(controls: Sequence[Point], t: float) -> Point:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x, y = (
        sum(weight * point[axis] for weight, point in zip(weights, controls, strict=True))
        for axis in (0, 1)
    )
    return x, y


def _around(a: Box, b: Box, lane: float, number: int) -> Route:
    inset = (number % 5 - 2) * 5.0  # so that lines in one gap do not lie on each other
    below = a.y + a.height / 2 + GAP_DOWN / 3 + inset
    above = b.y - b.height / 2 - GAP_DOWN / 4 + inset / 2
    x0 = a.x + (a.width / 4 if lane > a.x else -a.width / 4)
    x1 = b.x + (b.width / 4 if lane > b.x else -b.width / 4)
    points = (
        (x0, a.y + a.height / 2),
        (x0, below),
        (lane, below),
        (lane, above),
        (x1, above),
        (x1, b.y - b.height / 2),
    )
    return Route(_rounded(points), points)


def _rounded(points: Sequence[Point]) -> str:
    """Return a line through points whose corners are rounded."""
    text = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        x0, y0 = _towards(corner, before)
        x1, y1 = _towards(corner, after)
        text += f" L{x0:.1f} {y0:.1f} Q{corner[0]:.1f} {corner[1]:.1f} {x1:.1f} {y1:.1f}"
    return f"{text} L{points[-1][0]:.1f} {points[-1][1]:.1f}"


def _towards(corner: Point, other: Point) -> Point:
    whole = dist(corner, other) or 1.0
    part = min(CORNER, whole / 2) / whole
    return corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part
