"""Rounds are interleaved, ratios are paired by round, and nobody is dropped in silence."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks.benchmark import Case, Measurement, Parameters, WorkNotDone
from benchmarks.child import Failed, Missing
from benchmarks.goals import judge
from benchmarks.interleave import run_case
from benchmarks.report import print_report
from benchmarks.results import CaseResult
from benchmarks.switches import SWITCHES

CASE = Case("a case", {})


class Script:
    """Stands in for the contestants: seconds by contestant and round, or an error to raise."""

    def __init__(self, **seconds: list[float] | Exception) -> None:
        self.seconds = seconds
        self.calls: list[str] = []

    def measure(self, contestant: str, parameters: Parameters) -> Measurement:
        done = self.calls.count(contestant)
        self.calls.append(contestant)
        scripted = self.seconds[contestant]
        if isinstance(scripted, Exception):
            raise scripted
        return Measurement(f"{contestant} 1.0", "1.0", 1_000_000, 0, scripted[done])

    def run(self, rounds: int) -> CaseResult:
        benchmark = dataclasses.replace(
            SWITCHES, measure=self.measure, verify=lambda measurement, parameters: None
        )
        return run_case(benchmark, CASE, tuple(self.seconds), rounds, lambda _: None)


def test_rounds_are_interleaved() -> None:
    script = Script(zokio=[1, 1, 1], asyncio=[1, 1, 1])
    script.run(3)
    assert script.calls == ["zokio", "asyncio"] * 3


def test_a_ratio_compares_the_contestants_round_by_round() -> None:
    # The machine becomes ten times slower from round to round; zokio is always twice as fast.
    result = Script(zokio=[1, 10, 100], asyncio=[2, 20, 200]).run(3)
    assert result.ratio("zokio", "asyncio") == pytest.approx(2)
    assert result.ratio("asyncio", "zokio") == pytest.approx(0.5)


def test_a_ratio_above_one_is_better_also_where_lower_figures_are() -> None:
    result = Script(zokio=[1], asyncio=[4]).run(1)
    result.benchmark = dataclasses.replace(result.benchmark, better="lower")
    assert result.ratio("zokio", "asyncio") == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("error", "status"),
    [(Missing("not here"), "missing"), (Failed("broke"), "failed"), (WorkNotDone("3"), "failed")],
)
def test_who_is_missing_or_fails_is_reported_and_asked_once(
    error: Exception, status: str, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Script(zokio=[1, 1], rloop=error)
    result = script.run(2)
    assert script.calls == ["zokio", "rloop", "zokio"]
    assert result.entry("rloop") is None
    assert result.ratio("zokio", "rloop") is None
    print_report([result], {"date": "today"})
    lines = [line for line in capsys.readouterr().out.splitlines() if "rloop" in line]
    assert len(lines) == 1
    assert status in lines[0]
    assert str(error) in lines[0]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [([1.2, 1.01, 3], True), ([1.2, 0.99, 3], False), ([1, 1, 1], False), ([0.5] * 3, False)],
)
def test_a_reason_stands_beside_who_was_worse_in_every_round(
    seconds: list[float], said: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Script(zokio=seconds, asyncio=[1, 1, 1], rloop=Missing("not here")).run(3)
    result.benchmark = dataclasses.replace(result.benchmark, when_worse="because it is {}".format)
    print_report([result], {"date": "today"})
    lines = [line for line in capsys.readouterr().out.splitlines() if "because" in line]
    assert len(lines) == said
    assert all("because it is zokio" in line for line in lines)


@pytest.mark.parametrize(("seconds", "met"), [(0.3, True), (0.5, False)])
def test_a_goal_is_met_only_by_the_figures(seconds: float, met: bool) -> None:
    result = Script(zokio=[seconds], asyncio=[1]).run(1)
    ((text, found, judged),) = judge([result])
    assert "3 x asyncio" in text
    assert found == pytest.approx(1 / seconds)
    assert judged is met


@pytest.mark.parametrize(
    ("benchmark", "contestant", "better", "figure", "met"),
    [
        ("echo_pipelined", "zokio messages", "higher", 500.0, True),
        ("echo_pipelined", "zokio messages", "higher", 499.0, False),
        ("idle_memory", "zokio", "lower", 2047.0, True),
        ("idle_memory", "zokio", "lower", 2048.0, False),
    ],
)
def test_a_figure_without_a_rival_has_to_be_reached_or_stayed_under(
    benchmark: str, contestant: str, better: str, figure: float, met: bool
) -> None:
    result = Script(**{contestant: [1.0]}).run(1)
    result.benchmark = dataclasses.replace(
        result.benchmark, name=benchmark, better="higher" if better == "higher" else "lower"
    )
    result.entries[0].figures = [figure]
    ((text, found, judged),) = judge([result])
    assert ("at least 500" if better == "higher" else "below 2048") in text
    assert (found, judged) == (figure, met)


def test_both_ratios_of_a_server_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    result = Script(zokio=[1, 1], asyncio=[2, 2]).run(2)
    for entry, cost in zip(result.entries, (5.0, 15.0), strict=True):
        entry.measurements = [
            dataclasses.replace(each, extra={"server_cpu_us_per_request": cost})
            for each in entry.measurements
        ]
    print_report([result], {"date": "today"})
    printed = " ".join(capsys.readouterr().out.split())
    assert "2.00" in printed
    assert "server CPU 5.0 us each, ratio by it 3.00" in printed
