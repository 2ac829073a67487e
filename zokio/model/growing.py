"""Growing configurations: from a small one upwards, until something is wrong or the time is up.

A wrong machine is mostly wrong in a small configuration already, and there its counterexample is
shortest (Jackson 2006, "Software Abstractions", calls it the small scope hypothesis). So the search
begins with the configuration given, and goes on with those that have one integer constant raised by
one, the ones expected to be smallest first. What was searched whole is a pass of that very
configuration; the one during which the time ran out is reported as `incomplete` and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from time import perf_counter
from typing import Any, TypeVar

from zokio.model.checker import check
from zokio.model.machine import Machine
from zokio.model.report import Report
from zokio.model.search import ProgressReport

S = TypeVar("S", bound=tuple[Hashable, ...])

GROWTH = 2.0
"""How many times as many states one more is expected to bring, until it was seen. Little, so that
each constant is raised once before any is raised far."""


def larger(machine: Machine[S]) -> dict[str, Machine[S]]:
    """Return, by constant, the configuration in which that integer constant is one more."""
    known = machine.configuration
    return {
        name: type(machine)(**{**known, name: value + 1})
        for name, value in known.items()
        if type(value) is int
    }


def check_growing(
    machine: Machine[S],
    *,
    seconds: float,
    states_max: int | None = None,
    progress: ProgressReport | None = None,
    now: Callable[[], float] = perf_counter,
) -> Iterator[tuple[Machine[S], Report]]:
    """Check a machine, then larger and larger configurations of it.

    Ends after a configuration that does not hold, or when no configuration is left: a machine
    without integer constants has only itself.

    Args:
        machine: The configuration to begin with; it is searched whole, whatever the time.
        seconds: After these the search that is under way is cut, and no other one begins.
        states_max: A configuration with more states than this is cut, and ends the growing.
        progress: Called with a `Progress` after every few thousand states.
        now: The clock that `seconds` are counted by.

    Yields:
        Each configuration with its report. Only the last one may be "incomplete".
    """
    end = now() + seconds
    growth: dict[str, float] = {}
    waiting: list[tuple[float, str, int, Machine[S]]] = [(0.0, "", 0, machine)]
    seen: set[str] = set()
    while waiting:
        smallest = min(waiting, key=lambda each: each[0])
        waiting.remove(smallest)
        _, raised, states_before, chosen = smallest
        seconds_left = None if chosen is machine else max(0.0, end - now())
        report = check(chosen, states_max=states_max, seconds_max=seconds_left, progress=progress)
        yield chosen, report
        if report.outcome != "holds" or now() >= end:
            return
        if raised:
            growth[raised] = report.states / states_before
        for name, next_one in larger(chosen).items():
            if _key(next_one) not in seen:
                seen.add(_key(next_one))
                expected = report.states * growth.get(name, GROWTH)
                waiting.append((expected, name, report.states, next_one))


def _key(machine: Machine[Any]) -> str:  # Any: the class of the states does not matter
    return repr(machine)
