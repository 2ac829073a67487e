"""Every registration, timer and sleep of the bookkeeping benchmark really comes, once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import million
from benchmarks.benchmark import Measurement, WorkNotDone
from benchmarks.child import Failed
from benchmarks.million import lines, main
from benchmarks.million_worker import WORKLOADS, World, measure
from benchmarks.processes import is_told

pytestmark = pytest.mark.skipif(not is_told(), reason="the system does not tell")
STEPS = {
    "registrations": ["register", "wait", "wake", "deregister"],
    "timers": ["insert", "fire", "cancel"],
    "sleeps": ["sleep", "wake"],
}


@pytest.mark.parametrize("workload", WORKLOADS)
@pytest.mark.parametrize("count", [1, 150])
def test_all_come_once_and_each_step_is_told(workload: str, count: int) -> None:
    found = measure(workload, {"count": count})
    assert found.operations == count
    told = [key.removesuffix(" seconds") for key in found.extra if key.endswith("seconds")]
    assert told == STEPS[workload]


def test_nothing_is_left_in_the_reactor_and_among_the_timers() -> None:
    world = World()
    with world.runtime as runtime:
        for work in WORKLOADS.values():
            runtime.block_on(work(world, 20))
        assert len(runtime.timers) == 0
        world.reactor.check_invariants()
        assert not world.reactor._registrations
    assert world.done == 60


def test_the_figures_are_those_of_one() -> None:
    costs = {"register seconds": 2.0, "register bytes": 500_000}
    (line,) = lines("registrations", Measurement("", "", 1_000_000, 0, 2.0, costs))
    assert line.split() == ["registrations", "register", "2.00", "us", "of", "CPU", "0", "bytes"]


def test_a_tiny_run_reports_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    assert main(["--count", "50", "--json", str(figures)]) == 0
    assert "50 of each" in capsys.readouterr().out
    assert json.loads(figures.read_text())["timers"]["operations"] == 50


def test_what_did_not_come_or_broke_is_no_figure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    short = Measurement("", "", 49, 0, 1.0)
    monkeypatch.setattr(million, "measure_in_child", lambda *words, **more: short)
    with pytest.raises(WorkNotDone, match="49 instead of 50"):
        million.measure("timers", 50)

    def fail(*words: object, **more: object) -> Measurement:
        raise Failed("it broke")

    monkeypatch.setattr(million, "measure_in_child", fail)
    assert main(["--count", "50"]) == 1
    assert "failed: it broke" in capsys.readouterr().err
