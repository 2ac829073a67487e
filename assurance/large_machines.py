"""The configurations that are too large for `zokio check`, each explored while there is time.

    python -m assurance.large_machines [--fast]

A search that ends has seen every state: every claim holds, and every canary is violated. One that
time has cut short is `incomplete`: nothing was violated in the states that it saw, and nothing is
claimed of the others. `make thorough` explores them to the end, in about twelve minutes. It needs
two processors and 2 GiB of memory.
"""

from __future__ import annotations

import sys
from multiprocessing import get_context

from assurance.command import run_as_command
from assurance.count_bar import CountBar
from spec import cancellation_token, http_pool, supervisor
from spec.workers_bounds import LARGE
from spec.workers_coarse import CoarseWorkers
from zokio.model import check

PROCESSES = 2
SECONDS_MAX = 60.0
"""For each, by the wall clock."""

EXPLORED = (
    CoarseWorkers(workers=2),
    *LARGE,
    *cancellation_token.LARGE,
    http_pool.LARGE,
    supervisor.LARGE,
)
"""The fast run takes the first alone, the whole run the others."""

Figures = dict[str, object]


def measure(*, fast: bool) -> Figures:
    """Explore them.

    Args:
        fast: Only a small configuration of the largest machine.

    Raises:
        AssertionError: A claim does not hold.
    """
    found: dict[str, Figures] = {}
    numbers = [0] if fast else range(1, len(EXPLORED))
    with (
        CountBar("large configurations", len(numbers)) as bar,
        get_context("fork").Pool(PROCESSES) as pool,
    ):
        for name, figures in pool.imap(explored, numbers):
            found[name] = figures
            bar.advance()
    return {
        "complete": sum(each["outcome"] == "holds" for each in found.values()),
        "states": sum(int(str(each["states"])) for each in found.values()),
        "machines": found,
    }


def explored(number: int) -> tuple[str, Figures]:
    """Explore one of `EXPLORED`: its name and its figures."""
    report = check(EXPLORED[number], seconds_max=SECONDS_MAX)
    assert report.outcome in ("holds", "incomplete"), report.text()
    return f"{report.machine} {report.configuration}", {
        "outcome": report.outcome,
        "states": report.states,
        "depth": report.depth,
        "seconds": round(report.seconds, 1),
    }


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
