"""The chart of the connections: memory over their number, and how fast each is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot
from matplotlib.axes import Axes

from benchmarks.crowd import Crowd


def _name(crowd: Crowd) -> str:
    return f"{crowd.connections:,} to {crowd.servers}, {crowd.bytes_each:,.0f} bytes each"


def _draw_memory(axes: Axes, crowds: Sequence[Crowd]) -> None:
    for crowd in crowds:
        counts = [point.connections for point in crowd.points]
        sizes = [point.resident_bytes / 2**20 for point in crowd.points]
        axes.plot(counts, sizes, marker=".", label=_name(crowd))
    axes.set(xlabel="open connections", ylabel="resident memory of the servers, MiB")
    axes.legend(fontsize=7)


def _draw_latencies(axes: Axes, crowds: Sequence[Crowd]) -> None:
    for crowd in crowds:
        ranked = sorted(crowd.latencies)
        share = [(place + 1) / len(ranked) * 100 for place in range(len(ranked))]
        label = f"{crowd.connections:,} to {crowd.servers}, p99 {crowd.percentile(99) * 1e3:.2f} ms"
        axes.plot([seconds * 1e3 for seconds in ranked], share, label=label)
    axes.set(xlabel="ms until the answer", ylabel="% of the connections", xscale="log")
    axes.legend(fontsize=7)


def write_chart(path: Path, crowds: Sequence[Crowd], machine: Mapping[str, str | int]) -> None:
    """Draw both, a line for each crowd."""
    figure, (memory, latencies) = pyplot.subplots(1, 2, figsize=(12, 4.4), layout="constrained")
    _draw_memory(memory, crowds)
    _draw_latencies(latencies, crowds)
    figure.suptitle(f"{machine['date']}, {machine['cpu']}, {machine['python']}", fontsize=9)
    figure.savefig(path, dpi=130)
    pyplot.close(figure)
