"""The SARIF report has the structure that the standard requires, and names files and lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.machines import Counting
from tests.cli.user_files import line_of, user_folder, write
from zokio.cli.main import main
from zokio.cli.reports.checked import Checked
from zokio.cli.reports.sarif import sarif_report
from zokio.model import check

Json = dict[str, Any]  # Any: whatever JSON can hold

# By object: what the official schema of SARIF 2.1.0 requires, and what else we write. A property
# that it does not list is an error there, too.
SCHEMA: dict[str, tuple[str, str]] = {
    "log": ("version runs", "$schema"),
    "run": ("tool", "results columnKind originalUriBaseIds"),
    "tool": ("driver", ""),
    "driver": ("name", "version rules informationUri"),
    "rule": ("id", "name shortDescription fullDescription properties help"),
    "result": ("message", "ruleId ruleIndex level locations codeFlows partialFingerprints"),
    "message": ("text", ""),
    "location": ("", "physicalLocation message"),
    "physicalLocation": ("artifactLocation", "region"),
    "artifactLocation": ("uri", ""),
    "region": ("startLine", ""),
    "codeFlow": ("threadFlows", ""),
    "threadFlow": ("locations", ""),
    "threadFlowLocation": ("location", ""),
}
INSIDE = {
    "runs": "run",
    "tool": "tool",
    "driver": "driver",
    "rules": "rule",
    "results": "result",
    "message": "message",
    "shortDescription": "message",
    "codeFlows": "codeFlow",
    "threadFlows": "threadFlow",
    "physicalLocation": "physicalLocation",
    "region": "region",
    "artifactLocation": "artifactLocation",
    "location": "location",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Every test runs where a user has these files."""
    with user_folder(tmp_path):
        yield tmp_path


def require_valid(kind: str, thing: Json) -> None:
    """Assert that an object and all in it is as the standard says."""
    needed, allowed = (set(names.split()) for names in SCHEMA[kind])
    assert needed <= set(thing) <= needed | allowed, (kind, set(thing))
    for name, value in thing.items():
        within = INSIDE.get(name)
        if name == "locations":
            within = "threadFlowLocation" if kind == "threadFlow" else "location"
        for part in value if isinstance(value, list) else [value]:
            if within is not None:
                require_valid(within, part)
    if kind == "result":
        assert thing["level"] in ("none", "note", "warning", "error")
    if kind == "region":
        assert thing["startLine"] >= 1


def run_of(text: str) -> Json:
    """The one run of a document."""
    log = json.loads(text)
    require_valid("log", log)
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    return cast(Json, run)


def checked(*arguments: str) -> Json:
    """What `zokio check --sarif` writes."""
    main(["check", *arguments, "--sarif", "report.sarif"])
    return run_of(Path("report.sarif").read_text(encoding="utf-8"))


def place(location: Json) -> tuple[str, int]:
    """File and line of a location."""
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_every_property_is_a_rule_and_what_holds_has_no_result() -> None:
    run = checked("lock:ONE")
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [
        f"LockMachine/{name}"
        for name in (
            *("mutual_exclusion", "nobody_is_ever_inside"),
            *("every_action_happens", "every_state_is_seen"),
        )
    ]
    assert rules[0]["shortDescription"]["text"] == "At most one task is inside."
    assert run["results"] == []


def test_a_violation_stands_at_its_property_and_its_run_leads_through_the_actions(
    folder: Path,
) -> None:
    file = folder / "lock.py"
    (result,) = checked("lock:CONFIGURATIONS")["results"]
    assert result["ruleId"] == "LockMachine/mutual_exclusion"
    assert result["level"] == "error"
    assert "4. take(task=1)" in result["message"]["text"]
    line = line_of(file, "def mutual_exclusion")
    assert place(result["locations"][0]) == ("lock.py", line)
    (flow,) = result["codeFlows"][0]["threadFlows"]
    steps = [each["location"] for each in flow["locations"]]
    look, take = (("lock.py", line_of(file, f"def {name}(")) for name in ("look", "take"))
    assert [place(step) for step in steps] == [look, look, take, take]
    assert steps[3]["message"]["text"] == "take(task=1): at = ('inside', 'inside'), holder = 1"


def test_what_is_incomplete_is_a_warning() -> None:
    results = checked("lock:ONE", "--states-max", "1")["results"]
    assert {result["level"] for result in results} == {"warning"}
    assert len(results) == 4


def test_a_file_elsewhere_has_its_whole_address(folder: Path, tmp_path_factory: Any) -> None:
    other = write(tmp_path_factory.mktemp("a b"), "far.py", (folder / "lock.py").read_text())
    (result,) = checked(f"{other}:CONFIGURATIONS")["results"]
    assert place(result["locations"][0])[0] == other.as_uri()


def test_hostile_names_and_a_machine_without_a_file_leave_it_valid() -> None:
    report = replace(check(Counting(limit=1)), machine='<b>"\x00')
    machine = type("Typed", (Counting,), {"__module__": "nowhere"})(limit=1)
    run = run_of(sarif_report([Checked("<b>", machine, report)]))
    (result,) = run["results"]
    assert result["ruleId"] == '<b>"\x00/within_the_limit'
