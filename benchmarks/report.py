"""The report: a table for people (rich where it is installed), and one JSON object for programs."""

from __future__ import annotations

import dataclasses
import json
import statistics
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.goals import judge
from benchmarks.results import CaseResult, Entry

HEADINGS = ("contestant", "median", "min", "max", "ratio", "operations", "remark")


def number(value: float) -> str:
    """Three significant digits, thousands separated."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _row(result: CaseResult, entry: Entry) -> tuple[str, ...]:
    if entry.status != "measured":
        return (entry.label, entry.status, "", "", "", "", entry.reason)
    baseline = result.benchmark.baseline
    ratio = result.ratio(entry.contestant, baseline) if baseline else None
    done = sum(measurement.operations for measurement in entry.measurements)
    figures = [number(value) for value in (entry.median, min(entry.figures), max(entry.figures))]
    shown = f"{ratio:.2f}" if ratio is not None else "-"
    remarks = [_server_cpu(result, entry)]
    if baseline and result.always_worse(entry.contestant, baseline):
        remarks.append(result.benchmark.when_worse(entry.contestant))
    return (entry.label, *figures, shown, f"{done:,}", "; ".join(filter(None, remarks)))


def _server_cpu(result: CaseResult, entry: Entry) -> str:
    cpu = result.server_cpu_us(entry.contestant)
    if not cpu:
        return ""
    ratio = result.server_cpu_ratio(entry.contestant, result.benchmark.baseline or "")
    by_cpu = f", ratio by it {ratio:.2f}" if ratio is not None else ""
    return f"server CPU {statistics.median(cpu):.1f} us each{by_cpu}"


def _title(result: CaseResult) -> str:
    benchmark = result.benchmark
    compared = f"; ratio: times better than {benchmark.baseline}" if benchmark.baseline else ""
    return f"{benchmark.name}, {result.case.name}: {benchmark.title} ({benchmark.unit}){compared}"


def _print_plain(title: str, rows: Sequence[Sequence[str]]) -> None:
    table = [HEADINGS, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(HEADINGS) - 1)]
    print(f"\n{title}")
    for row in table:
        print("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:]), row[-1]]))


def _print_table(title: str, rows: Sequence[Sequence[str]]) -> None:
    try:
        from rich.console import Console
        from rich.table import Table
    except ImportError:
        _print_plain(title, rows)
        return
    table = Table(title=title, title_justify="left", title_style="bold")
    for heading in HEADINGS:
        words = heading in (HEADINGS[0], HEADINGS[-1])
        table.add_column(heading, justify="left" if words else "right", no_wrap=heading != "remark")
    for row in rows:
        table.add_row(*row)
    # A log file is no terminal of 80 columns: let it have the width that the words need.
    console = Console()
    Console(width=None if console.is_terminal else 120).print(table)


def print_report(results: Sequence[CaseResult], machine: Mapping[str, str | int]) -> None:
    """Print one table a case, then the goals."""
    print("\n".join(f"{key}: {value}" for key, value in machine.items()))
    for result in results:
        _print_table(_title(result), [_row(result, entry) for entry in result.entries])
    for text, found, met in judge(results):
        print(f"{'met   ' if met else 'MISSED'} {text}: {found:,.2f}")


def _entry_json(result: CaseResult, entry: Entry) -> dict[str, object]:
    baseline = result.benchmark.baseline
    measured = entry.status == "measured"
    return {
        "contestant": entry.contestant,
        "label": entry.label,
        "status": entry.status,
        "reason": entry.reason,
        "median": entry.median if measured else None,
        "ratio": result.ratio(entry.contestant, baseline) if baseline else None,
        "server_cpu_ratio": result.server_cpu_ratio(entry.contestant, baseline or ""),
        "figures": entry.figures,
        "measurements": [dataclasses.asdict(measurement) for measurement in entry.measurements],
    }


def write_json(path: Path, results: Sequence[CaseResult], machine: Mapping[str, str | int]) -> None:
    """Write every round of every contestant."""
    found = [
        {
            "benchmark": result.benchmark.name,
            "case": result.case.name,
            "parameters": dict(result.case.parameters),
            "unit": result.benchmark.unit,
            "better": result.benchmark.better,
            "baseline": result.benchmark.baseline,
            "contestants": [_entry_json(result, entry) for entry in result.entries],
        }
        for result in results
    ]
    goals = [{"goal": text, "measured": value, "met": met} for text, value, met in judge(results)]
    whole = {"machine": dict(machine), "results": found, "goals": goals}
    path.write_text(json.dumps(whole, indent=2) + "\n")
