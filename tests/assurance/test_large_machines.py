"""The large configurations: here a small one of the same machine."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from assurance import large_machines
from spec import MACHINES
from spec.workers_bounds import LARGE
from zokio.model import check


def test_the_machine_with_larger_steps_holds() -> None:
    figures: Any = large_machines.measure(fast=True)  # Any: what is printed as JSON
    ((name, small),) = figures["machines"].items()
    assert name.startswith("CoarseWorkers")
    assert small["states"] == figures["states"] > 1_000


def test_a_claim_that_does_not_hold_fails_the_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assurance.large_machines.check", partial(check, states_max=100))
    with pytest.raises(AssertionError, match="incomplete"):
        large_machines.measure(fast=True)


def test_what_is_too_large_is_not_checked_every_time() -> None:
    every_time = {repr(machine) for machines in MACHINES.values() for machine in machines}
    assert not every_time & {repr(machine) for machine in LARGE}
