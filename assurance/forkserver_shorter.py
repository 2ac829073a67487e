"""Shorter stateful tests for the fork server: a sample of walks, computed once for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from assurance.memo import Memo

if TYPE_CHECKING:
    from zokio.model import Adapter, Machine, Step, Witness


def shorten(memo: Memo, steps_max: int | None) -> None:
    """Have the stateful tests compute once what they need, and replay a part of all edges."""
    from tests.stateful import edge_replay
    from zokio.model import Lockstep, Witness, stateful

    stateful.explore = memo.remember(stateful.explore)  # type: ignore[attr-defined]  # its import
    walks = memo.remember(walks_of)

    def replay_some(machine: Machine[Any], adapter: Adapter[Any]) -> Witness:
        witness = Witness()
        lockstep = Lockstep(machine, adapter, witness)
        for first, steps in spread(walks(machine), steps_max):
            try:
                lockstep.start(first)
                for step in steps:
                    lockstep.take(step)
            finally:
                lockstep.stop()
        return witness

    def replay_some_of(many: int, machine: Machine[Any], adapter: Adapter[Any]) -> Witness:
        return replay_some(machine, adapter)

    def witness_nothing(machine: Machine[Any], witness: Witness) -> None:
        """A part of the walks need not show everything."""

    if steps_max is not None:
        edge_replay.replay_every_edge = replay_some
        edge_replay.replay_one_walk_in = replay_some_of
        edge_replay.assert_everything_was_witnessed = witness_nothing


def walks_of(machine: Machine[Any]) -> list[tuple[Any, list[Step]]]:
    """The walks of the machine's edge cover: where each begins, and its steps."""
    from zokio.model import EdgeReplay

    cover = EdgeReplay(machine)
    graph = cover.graph
    assert graph.edges is not None
    labels = graph.edges.labels
    return [
        (graph.states[walk.start], [graph.steps[labels[edge]] for edge in walk.edges])
        for walk in cover.walks
    ]


def spread(
    walks: list[tuple[Any, list[Step]]], steps_max: int | None
) -> list[tuple[Any, list[Step]]]:
    """About so many steps, in whole walks that are spread evenly over all of them."""
    if steps_max is None:
        return walks
    steps = sum(len(walk) for _, walk in walks)
    return walks[:: max(1, -(-steps // steps_max))]
