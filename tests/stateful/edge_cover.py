"""Every transition of a bounded machine, taken once on the real system.

Random runs may miss what is rare. `replay_every_edge` explores the machine exhaustively and walks
over its graph until every transition was taken, by the real system in lockstep with the model: in
these bounds the machine says nothing which the real system cannot do, and every action and every
`sometimes` is witnessed. It is for small configurations; it does not search beyond them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from itertools import islice
from typing import TypeVar

from zokio.model import Adapter, Lockstep, Machine, Step, Witness, explore

S = TypeVar("S", bound=tuple[Hashable, ...])


def walks(machine: Machine[S]) -> Iterator[tuple[S, list[Step]]]:
    """Walks from initial states which together take every transition, each new one greedily."""
    graph = explore(machine, edges=True)
    untaken = [dict(graph.out(number)) for number in range(len(graph.states))]
    for number, out in enumerate(untaken):
        while out:
            path = graph.path(number)
            here = path.start
            steps = []
            for step, target in path.edges:
                untaken[here].pop(step, None)
                steps.append(step)
                here = target
            while untaken[here]:
                step, here = untaken[here].popitem()
                steps.append(step)
            yield graph.states[path.start], [graph.steps[step] for step in steps]


def replay_every_edge(machine: Machine[S], adapter: Adapter[S], *, one_in: int = 1) -> Witness:
    """Take every transition on the real system; what was seen there.

    Args:
        one_in: Take only one walk in so many, spread evenly, where all would take too long.

    Raises:
        DivergenceError: the real system did something else.
    """
    witness = Witness()
    lockstep = Lockstep(machine, adapter, witness)
    for first, steps in islice(walks(machine), 0, None, one_in):
        try:
            lockstep.start(first)
            for step in steps:
                lockstep.take(step)
        finally:
            lockstep.stop()
    return witness


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
