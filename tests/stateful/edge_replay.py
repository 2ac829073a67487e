"""What the stateful tests want of a replay: every edge, or a part of the walks, and all was seen.

A whole replay takes every transition of a small machine on the real runtime. Of a larger one, tests
take one walk in so many, the same in every run; all of them are for `python -m assurance.replay`.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeVar

from zokio.model import Adapter, EdgeReplay, Machine, Witness, replay

S = TypeVar("S", bound=tuple[Hashable, ...])


def replay_every_edge(machine: Machine[S], adapter: Adapter[S]) -> Witness:
    """Take every transition on the real system; what was seen there."""
    report = replay(machine, adapter)
    assert report.outcome == "complete"
    assert report.replayed == report.edges
    return report.witness


def replay_one_walk_in(many: int, machine: Machine[S], adapter: Adapter[S]) -> Witness:
    """Take a part of the transitions on the real system; what was seen there."""
    return EdgeReplay(machine).run(adapter, part=(0, many)).witness


def assert_everything_was_witnessed(machine: Machine[S], witness: Witness) -> None:
    """Each action of the machine, and each `sometimes`, was seen on the real system."""
    idle = [action.name for action in machine.actions if not witness.actions[action.name]]
    assert not idle, f"never run on the real system: {idle}"
    wanted = {
        name
        for name, claim in machine.claims.items()
        if claim.kind == "sometimes" and claim.canary is None
    }
    unseen = wanted - witness.sometimes
    assert not unseen, f"never seen on the real system: {sorted(unseen)}"
