"""The configurations that are too large for `zokio check`, explored all the same.

    python -m assurance.large_machines [--fast]

It guarantees that every claim holds in each of them, every canary is violated, and no limit was
hit. It needs one processor, 2 GiB of memory and about ten minutes (`--fast`: the largest one's
machine with two workers, half a minute).
"""

from __future__ import annotations

import sys

from assurance.command import run_as_command
from spec.workers_bounds import LARGE
from spec.workers_coarse import CoarseWorkers
from zokio.model import ProgressBar, check


def measure(*, fast: bool) -> dict[str, object]:
    """Explore them.

    Args:
        fast: Only a small configuration of the largest machine.

    Raises:
        AssertionError: A claim does not hold, or a search was cut.
    """
    reports = []
    for machine in (CoarseWorkers(workers=2),) if fast else LARGE:
        with ProgressBar(machine.title) as bar:
            report = check(machine, progress=bar)
        assert report.outcome == "holds", report.text()
        reports.append(report)
    return {
        "states": sum(report.states for report in reports),
        "transitions": sum(report.transitions for report in reports),
        "machines": {
            f"{report.machine} {report.configuration}": {
                "states": report.states,
                "depth": report.depth,
                "seconds": round(report.seconds, 1),
            }
            for report in reports
        },
    }


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
