"""The chart: grouped bars of how many times better than asyncio each contestant is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes

from benchmarks.results import CaseResult


def _panels(results: Sequence[CaseResult]) -> list[list[CaseResult]]:
    """Cases with the same contestants share a panel; without a baseline there is no bar."""
    panels: dict[tuple[str, ...], list[CaseResult]] = {}
    for result in results:
        if result.benchmark.baseline:
            panels.setdefault(result.benchmark.contestants, []).append(result)
    return list(panels.values())


def _draw(axes: Axes, panel: Sequence[CaseResult]) -> None:
    names = [entry.contestant for entry in panel[0].entries]
    width = 0.86 / len(names)
    for place, name in enumerate(names):
        heights = [result.ratio(name, result.benchmark.baseline or "") or 0 for result in panel]
        left = [group + (place - (len(names) - 1) / 2) * width for group in range(len(panel))]
        absent = "" if any(heights) else " (not measured)"
        bars = axes.bar(left, heights, width, label=name + absent)
        labels = [f"{height:.2g}" if height else "" for height in heights]
        axes.bar_label(bars, labels, fontsize=6, rotation=90, padding=2)
    axes.axhline(1, color="black", linewidth=0.8)
    axes.set_xticks(range(len(panel)), [f"{r.benchmark.name}\n{r.case.name}" for r in panel])
    axes.tick_params(axis="x", labelsize=7)
    axes.set_ylabel(f"times better than {panel[0].benchmark.baseline}")
    axes.margins(y=0.15)
    axes.legend(fontsize=7, ncols=len(names))


def write_chart(
    path: Path, results: Sequence[CaseResult], machine: Mapping[str, str | int]
) -> None:
    """Draw one panel for each set of contestants."""
    panels = _panels(results)
    if not panels:
        return
    height = 3.6 * len(panels) + 0.8
    figure, grid = pyplot.subplots(
        len(panels), figsize=(12, height), squeeze=False, layout="constrained"
    )
    for axes, panel in zip(grid[:, 0], panels, strict=True):
        _draw(axes, panel)
    figure.suptitle(
        f"{machine['date']}, {machine['cpu']}, {machine['cores']} cores, {machine['python']}",
        fontsize=9,
    )
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
