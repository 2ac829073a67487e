"""Writes the figures of docs/choosing-a-runtime.md from a run of the benchmarks, and no others.

    python -m benchmarks --json FILE
    python -m benchmarks.choosing FILE

Only what stands between the two marks of the page is replaced. A contestant that was missing or
failed is written as that; a benchmark of workers that was not run is named as missing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks import workers
from benchmarks.child import ROOT
from benchmarks.report import number

PAGE = ROOT / "docs" / "choosing-a-runtime.md"
BEGIN, END = "<!-- figures:", "<!-- end of figures -->"
BENCHMARKS = (
    *(workers.WORKERS_TASKS, workers.WORKERS_ECHO),
    *(workers.BLOCKING_HASHING, workers.BLOCKING_SLEEPING, workers.BLOCKING_FILES),
)
Run = Mapping[str, Any]  # what was read from JSON


def figures(run: Run) -> str:
    """The conditions of the run, and one table."""
    return "\n".join(_lines(run))


def _lines(run: Run) -> Iterator[str]:
    machine = run["machine"]
    yield (
        f"Measured {machine['date'][:10]} on {machine['cpu']}, {machine['cores']} cores, "
        f"{machine['python']}, threads {machine['threads']}. The median of each contestant, and in "
        "brackets how many times better than `workers=0` it is, round by round.\n"
    )
    names = workers.WITH_POOL
    yield f"| | {' | '.join(names)} |"
    yield f"|---|{'--:|' * len(names)}"
    for benchmark in BENCHMARKS:
        results = [result for result in run["results"] if result["benchmark"] == benchmark.name]
        for result in results:
            cells = [_cell(result, name) for name in names]
            yield f"| {benchmark.name}, {result['case']}, {result['unit']} | {' | '.join(cells)} |"
        if not results:
            yield f"| {benchmark.name} | {' | '.join(['not run'] * len(names))} |"


def _cell(result: Run, name: str) -> str:
    for entry in result["contestants"]:
        if entry["contestant"].removesuffix(" streams") == name:
            if entry["status"] != "measured":
                return str(entry["status"])
            ratio = "-" if entry["ratio"] is None else f"{entry['ratio']:.2f}"
            return f"{number(entry['median'])} ({ratio})"
    return "-"


def with_figures(page: str, run: Run) -> str:
    """The page with the figures of this run between its marks."""
    before, begin, rest = page.partition(BEGIN)
    mark, newline, rest = rest.partition("\n")
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks {BEGIN!r} or {END!r}")
    return f"{before}{begin}{mark}{newline}\n{figures(run)}\n\n{end}{after}"


if __name__ == "__main__":
    PAGE.write_text(with_figures(PAGE.read_text(), json.loads(Path(sys.argv[1]).read_text())))
