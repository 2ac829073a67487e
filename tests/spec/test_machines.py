"""Every machine holds in each of its bounded configurations, and each claim can be seen to fail."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import zokio
from spec import MACHINES
from tests.helpers.uncounted import uncounted
from zokio.cli.reports.page import Sized, file_name, index, page
from zokio.model import Machine, Report, check

AnyMachine = Machine[Any]  # Any: their states differ, and here nobody looks at them

PAGES = Path(__file__).resolve().parents[2] / "docs" / "spec"
ARE_PAGES_HERE = not zokio.compiled  # they are not among the installed files

COUNTED_MAX = 1_500
"""So many states of each are explored once more under coverage."""


@pytest.mark.parametrize("name", MACHINES)
def test_the_specification_holds_and_its_page_says_how_large_it_is(name: str) -> None:
    """In one test, since the exploring is what takes its time: minutes, if each had its own."""
    for machine in MACHINES[name]:
        check(machine, states_max=COUNTED_MAX)
    with uncounted():
        reports = [check(machine) for machine in MACHINES[name]]
        assert_each_holds(reports)
        assert_every_action_happens(MACHINES[name], reports)
        if ARE_PAGES_HERE:
            assert_the_page_is_up_to_date(name, reports)


def assert_each_holds(reports: Sequence[Report]) -> None:
    for report in reports:
        assert report.outcome == "holds", report.text()


def assert_every_action_happens(machines: Sequence[AnyMachine], reports: Sequence[Report]) -> None:
    """In some configuration."""
    actions = {action.name for machine in machines for action in machine.actions}
    happened = {name for report in reports for name, count in report.action_counts.items() if count}
    assert actions == happened


def assert_the_page_is_up_to_date(name: str, reports: Sequence[Report]) -> None:
    written = (PAGES / file_name(name)).read_text(encoding="utf-8")
    assert written == page(name, sized(MACHINES[name], reports), PAGES), "run `make docs`"


def sized(machines: Sequence[AnyMachine], reports: Sequence[Report]) -> list[Sized]:
    """The configurations with the figures of their reports."""
    return [
        Sized(machine, report.states, report.transitions, report.depth, report.complete)
        for machine, report in zip(machines, reports, strict=True)
    ]


@pytest.mark.parametrize("name", MACHINES)
def test_every_property_has_a_canary_in_some_configuration(name: str) -> None:
    """A `sometimes` needs none: it is itself a search for something."""
    claims = [item for machine in MACHINES[name] for item in machine.claims.items()]
    canaries = {claim.canary for _, claim in claims}
    promises = {
        property for property, claim in claims if claim.canary is None and claim.kind != "sometimes"
    }
    assert promises <= canaries, f"no canary of {sorted(promises - canaries)}"


@pytest.mark.interpreted  # the pages are not among the installed files
def test_the_list_of_pages_is_up_to_date_and_there_are_no_others() -> None:
    written = (PAGES / "README.md").read_text(encoding="utf-8")
    rows = [line for line in written.splitlines() if line.startswith("| [")]
    task = MACHINES["task"]
    fresh = index({"task": sized(task, [check(machine) for machine in task])}, PAGES).splitlines()
    assert fresh[-1] in rows
    assert [row.split("(")[1].split(")")[0] for row in rows] == [*map(file_name, MACHINES)]
    assert {file.name for file in PAGES.iterdir()} == {"README.md", *map(file_name, MACHINES)}
