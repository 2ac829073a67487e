"""The page about choosing a runtime has the figures of a run and no others."""

from __future__ import annotations

import dataclasses
import re

import pytest

import zokio
from benchmarks.choosing import PAGE, figures, with_figures
from benchmarks.workers import WITH_POOL

MACHINE = {
    "date": "2026-01-02T03:04:05+00:00",
    "cpu": "a CPU",
    "cores": 2,
    "python": "CPython 3.11",
    "threads": "in turn (GIL)",
}


def entry(contestant: str, median: float | None, ratio: float | None) -> dict[str, object]:
    status = "missing" if median is None else "measured"
    return {"contestant": contestant, "status": status, "median": median, "ratio": ratio}


RUN = {
    "machine": MACHINE,
    "results": [
        {
            "benchmark": "workers_tasks",
            "case": "a case",
            "unit": "M/s",
            "contestants": [
                entry("workers=0", 3.0, 1.0),
                entry("workers=1", 1.5, 0.5),
                entry("workers=2", None, None),
                entry("workers=4", 8.0, None),
            ],
        },
        {
            "benchmark": "workers_echo",
            "case": "64 x 1 KiB",
            "unit": "k/s",
            "contestants": [entry("workers=0 streams", 4321.0, 1.0)],
        },
        {"benchmark": "echo", "case": "not about workers", "unit": "k/s", "contestants": []},
    ],
}


def row(text: str, name: str) -> list[str]:
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {name}")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_each_contestant_stands_in_its_column_or_is_said_to_be_missing() -> None:
    text = figures(RUN)
    tasks = row(text, "workers_tasks, a case, M/s")
    assert tasks == ["3 (1.00)", "-", "1.5 (0.50)", "missing", "8 (-)"]
    assert row(text, "workers_echo, 64 x 1 KiB, k/s") == ["4,321 (1.00)", "-", "-", "-", "-"]
    assert row(text, "blocking_files") == ["not run"] * len(WITH_POOL)
    assert "not about workers" not in text
    assert text.startswith("Measured 2026-01-02 on a CPU, 2 cores, CPython 3.11, threads in turn")


def test_only_what_stands_between_the_marks_is_replaced() -> None:
    page = PAGE.read_text()
    written = with_figures(page, RUN)
    assert "| workers_tasks, a case, M/s |" in written
    assert with_figures(written, RUN) == written
    begin, end = written.index("<!-- figures"), written.index("<!-- end of figures")
    assert written[:begin] == page[: page.index("<!-- figures")]
    assert written[end:] == page[page.index("<!-- end of figures") :]
    with pytest.raises(ValueError, match="the page lacks"):
        with_figures("no marks", RUN)


def test_the_settings_that_the_page_names_are_there() -> None:
    fields = {field.name for field in dataclasses.fields(zokio.RuntimeConfig)}
    text = PAGE.read_text()
    for name in ("workers", "numa", "blocking_threads"):
        assert f"{name}=" in text
        assert name in fields
    for policy in re.findall(r'numa="(\w+)"', text):
        assert zokio.RuntimeConfig(numa=policy).numa == policy
    assert (PAGE.parent.parent / "examples" / "processes.py").exists()
