"""`zokio check --grow SECONDS`: one machine in larger and larger configurations."""

from __future__ import annotations

import sys
from typing import Any

from zokio.cli.reports.checked import Checked
from zokio.model import Machine, ProgressBar, check_growing


def check_grown(
    name: str,
    machine: Machine[Any],  # Any: machines have states of different types
    seconds: float,
    states_max: int | None,
) -> list[Checked]:
    """Return what was checked, the configuration given first.

    A configuration that the end of the time cut short is told of and left out: it is no pass, and
    no failure of those that were searched whole.
    """
    checked: list[Checked] = []
    with ProgressBar(f"{name} {machine.title}") as bar:
        for grown, report in check_growing(
            machine, seconds=seconds, states_max=states_max, progress=bar
        ):
            checked.append(Checked(name, grown, report))
    last = checked[-1]
    if len(checked) > 1 and last.report.outcome == "incomplete":
        checked.pop()
        print(
            f"{name}: {last.machine!r} was cut by {last.report.cut} at "
            f"{last.report.states:,} states: nothing is said of it",
            file=sys.stderr,
        )
    return checked
