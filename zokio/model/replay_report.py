"""What a replay has done: which edges of a machine were taken by the real system, and the rest.

Reports of parts add up (`merged`). It guarantees that the outcome is "complete" only when every
edge of a complete graph was taken, excused, or leads on from nowhere but an excused edge.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Literal

from zokio.model.lockstep import Witness


@dataclass(slots=True)
class ReplayReport:
    """What a replay of one machine, or of a part of its walks, has done.

    Attributes:
        machine: The machine with its constants.
        taken: By edge: 1 when the real system took it and was then where the model is.
        excused: By reason: how many edges are excused by it.
        tried: How many excused edges were tried, in vain.
        behind: How many edges only lead on from an excused one.
        steps: How many steps were taken, edges that were taken before among them.
        restarts: How many walks were begun.
        limits: Which limits were hit.
        seconds: How long the replay took.
        witness: The actions and the `sometimes` that were seen.
    """

    machine: str
    taken: bytearray
    excused: Counter[str] = field(default_factory=Counter)
    tried: int = 0
    behind: int = 0
    steps: int = 0
    restarts: int = 0
    limits: list[str] = field(default_factory=list)
    seconds: float = 0.0
    witness: Witness = field(default_factory=Witness)

    @property
    def edges(self) -> int:
        """How many edges the explored graph has."""
        return len(self.taken)

    @property
    def replayed(self) -> int:
        """How many different edges the real system took."""
        return self.taken.count(1)

    @property
    def outcome(self) -> Literal["complete", "incomplete"]:
        """Whether nothing is left to take or to try."""
        excused = self.excused.total()
        accounted = self.replayed + excused + self.behind == self.edges
        whole = not self.limits and accounted and self.tried == excused
        return "complete" if whole else "incomplete"

    def to_json(self) -> dict[str, object]:
        """Return the report as an object that `json.dumps` accepts."""
        return {
            "machine": self.machine,
            "outcome": self.outcome,
            "edges": self.edges,
            "replayed": self.replayed,
            "excused": dict(self.excused),
            "tried": self.tried,
            "behind": self.behind,
            "steps": self.steps,
            "restarts": self.restarts,
            "limits": self.limits,
            "seconds": round(self.seconds, 1),
        }


def merged(reports: Iterable[ReplayReport]) -> ReplayReport:
    """Return the sum of reports of parts of one machine's walks; seconds add up as well.

    Raises:
        ValueError: There is none, or they are of different machines.
    """
    every = list(reports)
    if not every:
        raise ValueError("there are no reports to merge")
    return reduce(_sum, every)


def _sum(left: ReplayReport, right: ReplayReport) -> ReplayReport:
    if (left.machine, left.edges) != (right.machine, right.edges):
        raise ValueError(f"reports of {left.machine} and of {right.machine} do not add up")
    taken = bytearray(map(or_, left.taken, right.taken))
    actions = left.witness.actions + right.witness.actions
    return ReplayReport(
        left.machine,
        taken,
        left.excused,
        left.tried + right.tried,
        left.behind,
        left.steps + right.steps,
        left.restarts + right.restarts,
        sorted({*left.limits, *right.limits}),
        left.seconds + right.seconds,
        Witness(actions, left.witness.sometimes | right.witness.sometimes),
    )
