"""The measurement of the traces: its fast part holds, and it fails when a claim does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assurance import traces
from tests.model.naive_validation import validate_naively
from zokio.model import RecordedTrace, in_sequence

pytestmark = pytest.mark.interpreted  # the compiled build cannot be traced

RUN = RecordedTrace(
    "task", {"tasks": 1}, in_sequence([("spawn", (0,)), ("begin_poll", (0,)), ("end_ready", (0,))])
)


def test_programs_are_recorded_and_their_traces_are_runs() -> None:
    figures = traces.measure(fast=True)
    assert figures["consumed_percent"] == 100
    assert figures["bugs_shown"] == figures["bugs_tried"] == 1
    rejected, judged = (
        figures["corruptions_rejected"],
        figures["corruptions_judged_by_the_definition"],
    )
    assert isinstance(rejected, int) and isinstance(judged, int)
    assert rejected > 100 and judged > 100


def test_a_trace_that_is_no_run_is_reported_with_the_event() -> None:
    wrong = replace(RUN, events=RUN.events[1:])
    with pytest.raises(AssertionError, match="no run of task: event 0: begin_poll"):
        traces._validated([RUN, wrong])


def test_a_bug_that_does_not_show_is_reported_by_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(traces, "record_with_bug", lambda *_: [RUN])
    with pytest.raises(AssertionError, match="did not show in a trace: nobody_rings"):
        traces._bugs(tmp_path, fast=True)


def test_a_verdict_that_is_not_the_one_of_the_definition_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    judge = validate_naively
    monkeypatch.setattr(
        traces,
        "validate_naively",
        lambda machine, events: replace(judge(machine, events), consumed=-1),
    )
    with pytest.raises(AssertionError, match="and by the definition"):
        traces._corrupted([RUN], fast=True)
