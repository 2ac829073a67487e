"""The search for planted bugs, timed: a part of it, and that it can fail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assurance import planted_bugs
from assurance.planted_bugs import BUGS_MIN, chosen, measure, name_of
from tests.mutants.test_mechanism import HARMLESS

pytestmark = pytest.mark.interpreted  # plants its changes in the source


def test_the_bugs_of_the_task_are_found_each_with_its_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planted_bugs, "KERNEL", ("task",))
    figures = measure(fast=True)
    found = figures["found"]
    assert isinstance(found, dict) and len(found) == figures["bugs"]
    assert figures["outcomes"] == {"failed": figures["bugs"]}
    assert all(each["seconds"] > 0 and each["test"] for each in found.values())


def test_a_change_that_nobody_notices_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    harmless = replace(HARMLESS, name="a_comment")
    monkeypatch.setattr(planted_bugs, "chosen", lambda *, fast: [harmless])
    with pytest.raises(AssertionError, match="not noticed: task.a_comment"):
        measure(fast=True)


def test_the_bugs_are_spread_over_all_machines_in_the_same_order_in_every_run() -> None:
    bugs = chosen(fast=False)
    names = [name_of(bug) for bug in bugs]
    assert len(set(names)) == len(names) >= BUGS_MIN
    assert names == [name_of(bug) for bug in chosen(fast=False)]
    machines = {bug.machine for bug in bugs}
    assert {bug.machine for bug in bugs[: len(machines)]} == machines
