"""What a benchmark is: cases, contestants, and how a measurement becomes a figure.

Each benchmark has a file of its own that makes one `Benchmark`; `catalogue.py` lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

RUNTIMES = ("zokio", "asyncio", "uvloop", "rloop", "trio")

Parameters = Mapping[str, float]


class WorkNotDone(Exception):
    """A contestant did not do what it was asked to do: its time says nothing."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What one process of one contestant reported.

    Args:
        label: the contestant's name as it wants to be shown ("zokio (compiled)").
        version: of the contestant.
        operations: how many it completed, counted by the work itself.
        together: how many tasks were under way when the first one ended, 0 where it does not apply.
        quantity: what they cost: seconds of CPU, seconds, or bytes; the benchmark says which.
        extra: more figures for the JSON file.
    """

    label: str
    version: str
    operations: int
    together: int
    quantity: float
    extra: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """One size of a benchmark."""

    name: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One question, asked of every contestant in the same words.

    Args:
        name: as `--only` takes it.
        title: one line for the table, with what is counted.
        unit: of the figure.
        better: whether a higher or a lower figure is better.
        baseline: the contestant to which ratios refer; None where a ratio would say nothing.
        contestants: in the order in which each round runs them.
        cases: the full sizes; `quick` and `tiny` (for the smoke test) the smaller ones.
        measure: runs one contestant once, in a process of its own.
        verify: raises `WorkNotDone` unless the measurement stands for the work of the case.
        figure: the measurement as a number in `unit`.
        when_worse: what to say of a contestant that was worse than the baseline in every round.
    """

    name: str
    title: str
    unit: str
    better: Literal["higher", "lower"]
    baseline: str | None
    contestants: tuple[str, ...]
    cases: tuple[Case, ...]
    quick: tuple[Case, ...]
    tiny: tuple[Case, ...]
    measure: Callable[[str, Parameters], Measurement]
    verify: Callable[[Measurement, Parameters], None]
    figure: Callable[[Measurement], float]
    when_worse: Callable[[str], str] = lambda contestant: ""


def expect(what: str, found: int, wanted: int) -> None:
    """Raise `WorkNotDone` unless exactly the wanted number was done."""
    if found != wanted:
        raise WorkNotDone(f"{what}: {found:,} instead of {wanted:,}")
