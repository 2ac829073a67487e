"""The HTML report: claims, timelines, coverage, drawings, well-formed whatever a machine says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.cli.machines import Counting
from tests.cli.user_files import line_of, user_folder
from tests.model.machines.locks import SpinLock
from zokio.cli.main import main
from zokio.cli.reports.checked import Checked
from zokio.cli.reports.html_report import html_report
from zokio.cli.reports.layout import boxes
from zokio.cli.reports.routes import routes
from zokio.cli.reports.timeline import timeline
from zokio.model import Machine, Trace, action, always, check
from zokio.model.views import views

VOID = {"meta"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Every test runs where a user has these files."""
    with user_folder(tmp_path):
        yield tmp_path


class Balance(HTMLParser):
    """Reads a page and checks that its elements are closed in order, and that ids are unique."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.ids += [value or "" for name, value in attrs if name == "id"]
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def require_sound(page: str) -> Balance:
    """Assert that a page is well-formed and loads nothing."""
    balance = Balance()
    balance.feed(page)
    balance.close()
    assert balance.open == []
    assert len(set(balance.ids)) == len(balance.ids)
    assert {"script", "img", "link", "iframe"} & set(balance.seen) == set()
    assert "http" not in page
    return balance


def page_of(machine: Machine[Any]) -> str:  # Any: whatever its states are
    """The report on one machine."""
    return html_report([Checked("name", machine, check(machine))])


def test_the_page_has_every_claim_the_counterexample_and_where_it_is_written(folder: Path) -> None:
    assert main(["check", "lock:CONFIGURATIONS", "--html", "out/report.html"]) == 1
    page = Path("out/report.html").read_text(encoding="utf-8")
    require_sound(page)
    assert page.startswith("<!doctype html>")
    assert "canary of mutual_exclusion: must fail" in page
    assert f"{folder / 'lock.py'}:{line_of(folder / 'lock.py', 'def mutual_exclusion')}" in page
    assert page.count('<table class="timeline">') == 1
    assert "prefers-color-scheme: dark" in page


def test_a_timeline_has_a_row_for_each_step_and_marks_what_changed() -> None:
    trace = check(Counting(limit=1)).property("within_the_limit").trace
    assert trace is not None
    rows = re.findall(r"<tr.*?</tr>", timeline(trace))
    assert len(rows) == 1 + len(trace.states)
    assert "changed" not in rows[1]
    assert '<td>2</td><th>count()</th><td class="changed">2</td>' in rows[3]


def test_the_loop_of_a_run_without_end_is_marked() -> None:
    trace = check(SpinLock()).property("gets_in").trace
    assert trace is not None and trace.loop is not None
    table = timeline(trace)
    assert table.count('<tr class="loop">') == len(trace.steps) - trace.loop
    assert "from here on again and again" in table
    assert f"and so back to the state after step {trace.loop}, for ever" in table
    assert "at the beginning" in timeline(replace(trace, loop=0))
    assert "and stays there for ever" in timeline(Trace(trace.initial, (), 0))


def test_actions_are_counted_in_the_exploration_and_on_the_real_system() -> None:
    seen = {"machines": {"LockMachine": {"actions": {"look": 1234, "take": 5}, "sometimes": []}}}
    Path("seen.json").write_text(json.dumps(seen))
    main(["check", "lock:ONE", "--html", "r.html", "--witness", "seen.json"])
    page = Path("r.html").read_text(encoding="utf-8")
    require_sound(page)
    assert "on the real system" in page and "1,234" in page
    assert page.count('<td class="number never">never</td>') == 1


@pytest.mark.parametrize("text", ["", "[]", '{"machines": {"A": {}}}', '{"machines": [1]}'])
def test_a_witness_that_is_none_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], text: str
) -> None:
    Path("seen.json").write_text(text)
    assert main(["check", "lock:ONE", "--html", "r.html", "--witness", "seen.json"]) == 2
    assert "seen.json does not say which actions were taken" in capsys.readouterr().err
    assert main(["check", "lock:ONE", "--html", "r.html", "--witness", "none.json"]) == 2
    assert "cannot read none.json" in capsys.readouterr().err


class Hostile(NamedTuple):
    """A variable that holds markup."""

    text: str


class HostileMachine(Machine[Hostile]):
    """<script>alert("&")</script>"""

    name: str = "</style><script>1</script>"

    def initial(self) -> list[Hostile]:
        return [Hostile("<img src=x onerror=1>")]

    @action(writes=("text",))
    def change(self, state: Hostile) -> Hostile:
        return Hostile('"><script>2</script>')

    @always
    def stays(self, state: Hostile) -> bool:
        return state.text.startswith("<img")


def test_hostile_names_and_values_are_escaped() -> None:
    page = page_of(HostileMachine())
    require_sound(page)
    assert "<script" not in page
    assert "&lt;img src=x" in page


@pytest.mark.parametrize("machine", [SpinLock(), SpinLock(processes=3), Counting()])
def test_a_drawing_has_every_node_and_no_two_on_one_place(machine: Machine[Any]) -> None:
    for view in views(machine):
        places = boxes(view.nodes, view.initial, view.arrows)
        assert len(places) == len(view.nodes)
        for number, box in enumerate(places):
            assert not any(box.overlaps(other) for other in places[number + 1 :])
        ways = routes(places, view.arrows)
        assert set(ways) == set(view.arrows)
        for ends, way in ways.items():
            for end, point in zip(ends, (way.at(0), way.at(1)), strict=True):
                box = places[end]
                assert abs(abs(point[1] - box.y) - box.height / 2) < 0.01
                assert abs(point[0] - box.x) <= box.width / 2
    page = page_of(machine)
    assert require_sound(page).seen.count("svg") == len(views(machine))


def test_an_arrow_that_goes_around_crosses_no_box() -> None:
    for view in views(SpinLock()):
        places = boxes(view.nodes, view.initial, view.arrows)
        for way in routes(places, view.arrows).values():
            if len(way.points) == 6:
                for part in range(2, 99):
                    x, y = way.at(part / 100)
                    inside = [
                        box
                        for box in places
                        if abs(x - box.x) < box.width / 2 - 1
                        and abs(y - box.y) < box.height / 2 - 1
                    ]
                    assert inside == []
