"""What a run found: figures of every round, medians, and ratios to the baseline."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from benchmarks.benchmark import Benchmark, Case, Measurement

Status = Literal["measured", "missing", "failed"]


@dataclass(slots=True)
class Entry:
    """One contestant in one case. `reason` says why it is missing or failed."""

    contestant: str
    status: Status = "measured"
    reason: str = ""
    figures: list[float] = field(default_factory=list)
    measurements: list[Measurement] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The name to show."""
        return self.measurements[0].label if self.measurements else self.contestant

    @property
    def median(self) -> float:
        """Of all rounds."""
        return statistics.median(self.figures)


@dataclass(slots=True)
class CaseResult:
    """All contestants in one case."""

    benchmark: Benchmark
    case: Case
    entries: list[Entry]

    def entry(self, contestant: str) -> Entry | None:
        """The measured entry of that name, if there is one."""
        for entry in self.entries:
            if entry.contestant == contestant and entry.status == "measured" and entry.figures:
                return entry
        return None

    def ratio(self, contestant: str, versus: str) -> float | None:
        """How many times better, above 1, or worse, below 1: the median of the rounds' ratios.

        Rounds are paired, so that a slow minute of the machine falls on both sides of a ratio.
        """
        one, other = self.entry(contestant), self.entry(versus)
        if one is None or other is None:
            return None
        higher = self.benchmark.better == "higher"
        return _ratio(*((one.figures, other.figures) if higher else (other.figures, one.figures)))

    def always_worse(self, contestant: str, versus: str) -> bool:
        """Whether it was worse in every round: in some round noise would have shown otherwise."""
        one, other = self.entry(contestant), self.entry(versus)
        if one is None or other is None:
            return False
        sign = 1 if self.benchmark.better == "higher" else -1
        pairs = zip(one.figures, other.figures, strict=False)
        return all(sign * a < sign * b for a, b in pairs)

    def server_cpu_us(self, contestant: str) -> list[float]:
        """CPU of the server for one request, in microseconds, round by round; only of servers."""
        entry = self.entry(contestant)
        key = "server_cpu_us_per_request"
        return [m.extra[key] for m in entry.measurements if key in m.extra] if entry else []

    def server_cpu_ratio(self, contestant: str, versus: str) -> float | None:
        """As `ratio`, by the CPU of the server: what a busy machine disturbs least."""
        return _ratio(self.server_cpu_us(versus), self.server_cpu_us(contestant))


def _ratio(above: Sequence[float], below: Sequence[float]) -> float | None:
    pairs = list(zip(above, below, strict=False))
    if not pairs or any(a <= 0 or b <= 0 for a, b in pairs):
        return None
    return statistics.median(a / b for a, b in pairs)
