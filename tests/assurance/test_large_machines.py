"""The large configurations: here a small one of one of their machines."""

from __future__ import annotations

from typing import Any

import pytest

from assurance import large_machines
from spec import MACHINES
from spec.workers_coarse import CoarseWorkers
from zokio.model import Machine, check

LARGE = large_machines.EXPLORED[1:]


def test_the_machine_with_larger_steps_holds() -> None:
    figures: Any = large_machines.measure(fast=True)  # Any: what is printed as JSON
    ((name, small),) = figures["machines"].items()
    assert name.startswith("CoarseWorkers")
    assert (small["outcome"], figures["complete"]) == ("holds", 1)
    assert small["states"] == figures["states"] > 1_000


def test_what_time_has_cut_short_is_incomplete_and_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_machines, "SECONDS_MAX", 0.0)
    figures: Any = large_machines.measure(fast=True)  # Any: what is printed as JSON
    (cut,) = figures["machines"].values()
    assert (cut["outcome"], figures["complete"]) == ("incomplete", 0)


def test_a_claim_that_does_not_hold_fails_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(CoarseWorkers):
        def polled_by_at_most_one(self, state: object) -> bool:
            return False

    monkeypatch.setattr(large_machines, "EXPLORED", (Wrong(workers=1, tasks=1),))
    with pytest.raises(AssertionError, match="violated"):
        large_machines.measure(fast=True)


def test_what_is_too_large_is_not_checked_every_time() -> None:
    every_time = {repr(machine) for machines in MACHINES.values() for machine in machines}
    assert not every_time & {repr(machine) for machine in LARGE}


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("machine", LARGE, ids=repr)
def test_every_large_configuration_holds_to_its_last_state(machine: Machine[Any]) -> None:
    report = check(machine)
    assert report.outcome == "holds" and report.complete, report.text()
