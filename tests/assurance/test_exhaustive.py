"""Every configuration is explored whole, or the part of the assurance case fails."""

from __future__ import annotations

import pytest

from assurance import exhaustive
from spec import MACHINES
from zokio.model import check


def test_the_figures_are_those_of_the_checker() -> None:
    figures = exhaustive.measure(fast=True)
    found = figures["specifications"]
    assert isinstance(found, dict) and set(found) == set(exhaustive.FAST)
    reports = [check(machine) for machine in MACHINES["task"]]
    assert found["task"]["states"] == sum(report.states for report in reports)
    assert found["task"]["properties"] == len(set(exhaustive.properties_of("task")))


def test_a_search_that_a_limit_ended_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exhaustive, "STATES_MAX", 10)
    with pytest.raises(AssertionError, match="incomplete"):
        exhaustive.measure(fast=True)
