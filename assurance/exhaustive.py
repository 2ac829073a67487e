"""Every reachable state of every specification within its bounds, and every claim about them.

What `zokio check` does, with figures: each configuration of each machine is explored whole, every
property holds in every state and on every fair run, every canary is refuted, and every action
happens. A search that a limit ended is an error here.

    python -m assurance.exhaustive [--fast]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from multiprocessing import get_context

from assurance.command import run_as_command
from assurance.count_bar import CountBar
from spec import MACHINES
from zokio.model import check

PROCESSES = 2
FAST = ("task", "shutdown")

STATES_MAX: int | None = None
"""No limit: one that is hit is an error."""

Job = tuple[str, int]
Figures = dict[str, int]


def measure(*, fast: bool) -> dict[str, object]:
    """Check them all; the figures, by specification and in all.

    Args:
        fast: Two small specifications only.

    Raises:
        AssertionError: A claim does not hold, a canary is not refuted, an action never happens, or
            a search was cut short.
    """
    names = FAST if fast else tuple(MACHINES)
    jobs = [(name, number) for name in names for number in range(len(MACHINES[name]))]
    found: dict[str, list[Figures]] = {name: [] for name in names}
    with (
        CountBar("configurations", len(jobs)) as bar,
        get_context("fork").Pool(PROCESSES) as pool,
    ):
        for (name, _), figures in zip(jobs, pool.imap(checked, jobs), strict=True):
            found[name].append(figures)
            bar.advance()
    specifications = {name: figures_of(name, found[name]) for name in names}
    return {
        "specifications": specifications,
        "configurations": len(jobs),
        **{
            each: sum(figures[each] for figures in specifications.values())
            for each in ("properties", "states", "transitions")
        },
    }


def checked(job: Job) -> Figures:
    """Check one configuration of a specification; what does not hold is an error."""
    name, number = job
    report = check(MACHINES[name][number], states_max=STATES_MAX)
    assert report.outcome == "holds" and report.complete, report.text()
    return {
        "states": report.states,
        "transitions": report.transitions,
        "depth": report.depth,
    }


def figures_of(name: str, found: list[Figures]) -> Figures:
    """What was found of one specification, over all its configurations."""
    return {
        "configurations": len(found),
        "properties": len(set(properties_of(name))),
        "states": sum(each["states"] for each in found),
        "transitions": sum(each["transitions"] for each in found),
        "depth": max(each["depth"] for each in found),
    }


def properties_of(name: str) -> Iterator[str]:
    """The titles of what a specification claims of all its runs; neither canaries nor questions."""
    for machine in MACHINES[name]:
        for title, claim in machine.claims.items():
            if claim.canary is None and claim.kind != "sometimes":
                yield title


if __name__ == "__main__":
    sys.exit(run_as_command(measure))
