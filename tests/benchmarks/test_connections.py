"""The connections' benchmark opens what it says, and a server that cheats or leaks is found out."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks import churn, connections, crowd, remote
from benchmarks.benchmark import WorkNotDone
from benchmarks.child import Failed
from benchmarks.churn import Churn
from benchmarks.connections import lines_of_crowd, main, parse
from benchmarks.crowd import Crowd, Point, gather
from benchmarks.processes import is_told

pytestmark = pytest.mark.skipif(not is_told(), reason="the system does not tell")

LEAKY = """
from zokio.net.registered import Registered
kept = []
Registered.close = lambda self: kept.append(self)
"""
WRONG = "server.TEXT = b'Hello, Weird!'"
COMPLAINS = "import sys; print('something is odd', file=sys.stderr)"


def never() -> float:
    """A time that does not come."""
    return time.monotonic() + 3_600


def serve_with(change: str, patch: pytest.MonkeyPatch) -> None:
    """Have the servers be changed like this."""
    program = f"import sys\nfrom benchmarks import connections_server as server\n{change}\n"
    program += "server.main(int(sys.argv[1]))"
    patch.setattr(remote, "SERVER", [sys.executable, "-c", program])


def test_the_quick_run_opens_all_and_asks_on_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures, chart = tmp_path / "figures.json", tmp_path / "chart.png"
    assert main(["--quick", "--json", str(figures), "--png", str(chart)]) == 0
    assert capsys.readouterr().out.count("500 connections, server processes") == 2
    one, two = json.loads(figures.read_text())["crowds"]
    assert (one["servers"], two["servers"]) == (1, 2)
    for found in (one, two):
        assert found["points"][0]["connections"] == 0
        assert found["points"][-1]["connections"] == len(found["latencies"]) == 500
    assert chart.read_bytes().startswith(b"\x89PNG")


def test_the_quick_churn_leaves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figures = tmp_path / "figures.json"
    assert main(["--quick", "--churn", "100000", "--json", str(figures)]) == 0
    assert "500 connections opened and dropped" in capsys.readouterr().out
    found = json.loads(figures.read_text())["churn"]
    assert (found["silent"], found["answered"], found["unread"]) == (168, 167, 165)
    assert found["descriptors_after"] == found["descriptors_before"] > 0


def test_descriptors_that_are_left_fail_the_churn(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    serve_with(LEAKY, monkeypatch)
    monkeypatch.setattr(churn, "SETTLING_SECONDS", 0.0)
    monkeypatch.setattr(churn, "SOURCES", 1)
    assert main(["--quick", "--churn", "10"]) == 1
    assert "failed: descriptors left" in capsys.readouterr().err


def test_memory_that_grows_with_the_connections_fails_the_churn() -> None:
    fine = Churn(100_000, 1.0, 40_000, 40_000, 20_000, 9, 9, 50 << 20, 53 << 20)
    fine.check()
    with pytest.raises(WorkNotDone, match="has grown by"):
        dataclasses.replace(fine, bytes_after=fine.bytes_before + 100 * 100_000).check()
    with pytest.raises(WorkNotDone, match="connections"):
        dataclasses.replace(fine, silent=39_999).check()


def test_a_wrong_answer_fails_the_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    serve_with(WRONG, monkeypatch)
    with pytest.raises(Failed, match="wrong answer"):
        gather(5, 1, 5, never(), lambda _: None)


def test_a_server_that_complains_fails_the_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    serve_with(COMPLAINS, monkeypatch)
    with pytest.raises(WorkNotDone, match="something is odd"):
        gather(5, 1, 5, never(), lambda _: None)


def test_a_client_that_cannot_connect_fails_with_its_own_words() -> None:
    with remote.client(1) as client, pytest.raises(Failed, match="refused"):
        client.call("open", "127.0.0.1", 1)


def test_no_more_is_opened_than_the_descriptors_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    serve_with("server.raise_descriptor_limit = lambda: 84", monkeypatch)
    found = gather(1_000, 1, 7, never(), lambda _: None)
    assert (found.connections, found.wanted, found.fitting) == (20, 20, 20)
    assert [point.connections for point in found.points] == [0, 7, 14, 20]


def test_a_client_gets_no_more_than_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "PER_SOURCE", 4)
    found = gather(10, 2, 3, never(), lambda _: None)
    assert [point.connections for point in found.points] == [0, 3, 4, 7, 8, 10]
    assert len(found.latencies) == 10


def test_when_the_time_is_over_nothing_more_is_opened_and_it_says_so() -> None:
    with pytest.raises(WorkNotDone, match="no connection"):
        gather(5, 1, 1, time.monotonic(), lambda _: None)
    with pytest.MonkeyPatch.context() as patch:
        clock = SimpleNamespace(monotonic=iter((1.0, 2.0, 9.0)).__next__)
        patch.setattr(crowd, "time", clock)
        found = gather(5, 1, 1, 5.0, lambda _: None)
    assert (found.connections, found.wanted, len(found.latencies)) == (2, 5, 2)


def test_the_figures_of_a_crowd() -> None:
    points = [Point(0, 1_000), Point(100, 501_000)]
    found = Crowd(2, 1_000, 200, points, [place / 1e3 for place in range(100)])
    assert found.bytes_each == 5_000
    assert (found.percentile(50), found.percentile(100)) == (0.05, 0.099)
    told = "\n".join(lines_of_crowd(found))
    assert "the time was over, before 200" in told
    assert "5.0 GB in 1,000 processes of 1,000" in told


@pytest.mark.parametrize("words", [["--servers", "0"], ["--churn", "0"], ["--most", "-1"]])
def test_wrong_arguments_end_with_exit_code_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2


def test_where_the_system_does_not_tell_it_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(connections, "is_told", lambda: False)
    assert main(["--quick"]) == 3
    assert "does not tell" in capsys.readouterr().out
