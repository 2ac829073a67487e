"""Every machine holds in each of its bounded configurations, and each claim can be seen to fail."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from spec import MACHINES
from zokio.model import Machine, Report, check

AnyMachine = Machine[Any]  # Any: their states differ, and here nobody looks at them

CONFIGURATIONS = [
    pytest.param(machine, id=f"{name}-{machine!r}")
    for name, machines in MACHINES.items()
    for machine in machines
]


@cache
def report_of(machine: AnyMachine) -> Report:
    """Each is explored once."""
    return check(machine)


@pytest.mark.parametrize("machine", CONFIGURATIONS)
def test_the_machine_holds(machine: AnyMachine) -> None:
    assert report_of(machine).outcome == "holds", report_of(machine).text()


@pytest.mark.parametrize("name", MACHINES)
def test_every_property_has_a_canary_in_some_configuration(name: str) -> None:
    """A `sometimes` needs none: it is itself a search for something."""
    claims = [item for machine in MACHINES[name] for item in machine.claims.items()]
    canaries = {claim.canary for _, claim in claims}
    promises = {
        property for property, claim in claims if claim.canary is None and claim.kind != "sometimes"
    }
    assert promises <= canaries, f"no canary of {sorted(promises - canaries)}"


@pytest.mark.parametrize("name", MACHINES)
def test_every_action_happens_in_some_configuration(name: str) -> None:
    reports = [report_of(machine) for machine in MACHINES[name]]
    actions = {action.name for machine in MACHINES[name] for action in machine.actions}
    happened = {name for report in reports for name, count in report.action_counts.items() if count}
    assert actions == happened
