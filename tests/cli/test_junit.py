"""The JUnit report has the structure that Jenkins and pytest hold it to, whatever it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.cli.machines import Counting
from tests.cli.user_files import line_of, user_folder
from zokio.cli.main import main
from zokio.cli.reports.checked import Checked
from zokio.cli.reports.junit import junit_report, printable
from zokio.model import Machine, check

# By element: the attributes that must be there, those that may be, and the elements inside. This is
# what the schema of Jenkins' xUnit plug-in (junit-10.xsd), which pytest is held to, says of them.
SCHEMA = {
    "testsuites": ("", "name time tests failures errors", "testsuite"),
    "testsuite": (
        "name tests failures errors",
        "time skipped timestamp hostname id package file",
        "properties testcase",
    ),
    "properties": ("", "", "property"),
    "property": ("name value", "", ""),
    "testcase": ("name", "time classname group", "failure skipped"),
    "failure": ("", "type message", ""),
}
TIME = re.compile(r"\d{1,3}\.\d{3}")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Every test runs where a user has these files."""
    with user_folder(tmp_path):
        yield tmp_path


def require_valid(element: Element) -> None:
    """Assert that an element and all in it is as the schema says."""
    needed, allowed, inside = (set(names.split()) for names in SCHEMA[element.tag])
    given = set(element.keys())
    assert needed <= given <= needed | allowed, (element.tag, given)
    assert {child.tag for child in element} <= inside, element.tag
    assert "time" not in given or TIME.fullmatch(element.get("time", "")), element.get("time")
    for child in element:
        require_valid(child)


def document(*arguments: str) -> Element:
    """What `zokio check --junit` writes."""
    main(["check", *arguments, "--junit", "sub/report.xml"])
    root = fromstring(Path("sub/report.xml").read_text(encoding="utf-8"))
    require_valid(root)
    for suite in [root, *root.iter("testsuite")]:
        assert suite.get("tests") == str(len([*suite.iter("testcase")]))
        assert suite.get("failures") == str(len([*suite.iter("failure")]))
    return root


def failures(root: Element) -> dict[str, Element]:
    """The failed cases by name."""
    return {
        case.get("name", ""): failure
        for case in root.iter("testcase")
        for failure in case.iter("failure")
    }


def test_each_property_is_a_case_and_each_configuration_a_suite() -> None:
    root = document("lock:CONFIGURATIONS")
    names = [[case.get("name") for case in suite.iter("testcase")] for suite in root]
    claims = ["mutual_exclusion", "nobody_is_ever_inside"]
    assert names == [[*claims, "every_action_happens", "every_state_is_seen"]] * 2
    assert [suite.get("name") for suite in root] == [
        "lock:CONFIGURATIONS LockMachine(tasks=1)",
        "lock:CONFIGURATIONS LockMachine(tasks=2)",
    ]
    assert [suite.get("failures") for suite in root] == ["0", "1"]


def test_a_failure_has_the_counterexample_and_the_line_of_the_property(folder: Path) -> None:
    found = failures(document("lock:LockMachine", "--set", "tasks=2"))
    assert set(found) == {"mutual_exclusion"}
    failure = found["mutual_exclusion"]
    text = failure.text or ""
    assert failure.get("type") == "violated"
    assert "4. take(task=1)" in text and "5. " not in text
    line = line_of(folder / "lock.py", "def mutual_exclusion")
    assert text.endswith(f"at {folder / 'lock.py'}:{line}")


def test_what_was_not_seen_to_its_end_is_a_failure_of_its_own_type() -> None:
    found = failures(document("lock:ONE", "--states-max", "1"))
    assert {name: failure.get("type") for name, failure in found.items()} == dict.fromkeys(
        (
            "mutual_exclusion",
            "nobody_is_ever_inside",
            "every_action_happens",
            "every_state_is_seen",
        ),
        "incomplete",
    )


def test_hostile_names_and_values_leave_it_well_formed() -> None:
    hostile = "<b>&\"'\x00\x1b]]>\ud800"
    machine = Counting(limit=1)
    machine.limit = cast(Any, hostile)  # Any: a constant may be whatever the user gives
    report = replace(check(Counting(limit=1)), configuration={"limit": hostile}, machine=hostile)
    root = fromstring(junit_report([Checked(hostile, cast(Machine[Any], machine), report)]))
    require_valid(root)
    assert "<b>&" in root[0].get("name", "")
    assert printable("a\x00\ud800b\n") == "a\\x00\\ud800b\n"
