"""The replay part of the assurance case: the small machines whole, and what it must not pass."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from assurance import replay as part
from assurance.replay_jobs import JOBS, NOT_REPLAYED
from spec import MACHINES
from spec.task import TaskMachine
from zokio.model import ExcuseError, ReplayReport

pytestmark = pytest.mark.interpreted  # the probes of the scheduler, see tests/stateful

# Three are for traces, and the workers' steps are taken under modelled threads.
REPLAYED = set(MACHINES) - {
    *("surroundings", "clockwork", "blocking_runs", "workers", "virtual_time"),
}
SMALL = next(job for job in JOBS if repr(job.machine) == repr(TaskMachine(tasks=2)))
EXCUSED = next(job for job in JOBS if job.excuses)


@pytest.mark.uncounted
def test_every_edge_of_the_small_machines_is_replayed() -> None:
    figures = part.measure(fast=True)
    jobs: Any = figures["jobs"]  # Any: what is printed as JSON
    assert {job["specification"] for job in jobs} == REPLAYED
    assert all(job["outcome"] == "complete" for job in jobs)
    assert json.loads(json.dumps(figures)) == figures


def test_every_configuration_is_replayed_or_it_is_said_why_not() -> None:
    configurations = {repr(machine) for machines in MACHINES.values() for machine in machines}
    replayed = {repr(job.machine) for job in JOBS}
    assert configurations - replayed == set(NOT_REPLAYED)
    assert {job.name for job in JOBS} == REPLAYED


def test_an_excuse_that_is_not_needed_fails_on_the_real_runtime() -> None:
    counts = part.Counts()
    with pytest.raises(ExcuseError, match="covers no edge"):
        part.run_job(replace(SMALL, excuses=EXCUSED.excuses), counts)
    hides = replace(EXCUSED.excuses[0], covers=lambda _, step: step.name == "end_error")
    with pytest.raises(ExcuseError, match=r"end_error\(task=0\) in Task\(.* the real system takes"):
        part.run_job(replace(SMALL, excuses=(hides,)), counts)


def test_an_edge_that_the_runtime_cannot_take_fails_without_its_excuse() -> None:
    with pytest.raises(AssertionError, match="the step got to 'ended'") as caught:
        part.run_job(replace(EXCUSED, excuses=()), part.Counts())
    steps = caught.value.__notes__[0].splitlines()
    assert "begin_poll" in steps[-1] and "begin_poll" in steps[-2], "a poll beside another one"


def test_progress_counts_every_step() -> None:
    counts = part.Counts()
    report = part.run_job(SMALL, counts)
    assert counts.taken.value == counts.planned.value == report.steps


def test_what_fails_in_a_worker_fails_the_measurement(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(part, "JOBS", (replace(SMALL, excuses=EXCUSED.excuses),))
    monkeypatch.setattr(part, "_counts", part.Counts())
    told = part._run(0)
    assert isinstance(told, str) and "this excuse covers no edge" in told
    monkeypatch.setattr(part, "run_jobs", lambda *_, **__: part.reports_in([told]))
    assert part.main([]) == 1
    assert "this excuse covers no edge" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("taken", "complaint"),
    [(b"\1\0", "was not replayed whole"), (b"\1\1", "2 edges are fewer than 50000")],
    ids=["an edge left out", "too few edges"],
)
def test_less_than_what_is_claimed_fails(
    monkeypatch: pytest.MonkeyPatch, taken: bytes, complaint: str
) -> None:
    def reports(numbers: Sequence[int], workers: int) -> list[ReplayReport]:
        return [ReplayReport(repr(SMALL.machine), bytearray(taken)) for _ in numbers]

    monkeypatch.setattr(part, "JOBS", (SMALL,))
    monkeypatch.setattr(part, "run_jobs", reports)
    with pytest.raises(AssertionError, match=complaint):
        part.measure(fast=False)
