"""A machine that is any small graph: what tests draw, by hand or by Hypothesis.

Steps are partial functions on the nodes 0, 1, 2, ...: at node `n` step `s` leads to
`steps[s][n]`, and is disabled where that is None.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, sometimes

Targets = tuple[int | None, ...]


class Node(NamedTuple):
    """The node that the machine is at."""

    at: int


class Drawn(Machine[Node]):
    """Fair and loose steps on a graph; `begins` leads to `holds`, and `avoided` is never seen."""

    start: tuple[int, ...] = (0,)
    fair: tuple[Targets, ...] = ()
    loose: tuple[Targets, ...] = ()
    begins: frozenset[int] = frozenset({0})
    holds: frozenset[int] = frozenset()
    avoided: frozenset[int] = frozenset()

    def initial(self) -> Iterable[Node]:
        return [Node(node) for node in self.start]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"fair_targets": self._tables(self.fair), "loose_targets": self._tables(self.loose)}

    @staticmethod
    def _tables(tables: tuple[Targets, ...]) -> Sequence[Hashable]:
        return tuple(dict.fromkeys(tables))

    @action(writes=("at",), may_be_idle=True)
    def fair_step(self, state: Node, fair_targets: Targets) -> Node:
        return self.moved(state, fair_targets)

    @fair_step.guard
    def can_fair_step(self, state: Node, fair_targets: Targets) -> bool:
        return fair_targets[state.at] is not None

    @action(writes=("at",), fair=False, may_be_idle=True)
    def loose_step(self, state: Node, loose_targets: Targets) -> Node:
        return self.moved(state, loose_targets)

    @loose_step.guard
    def can_loose_step(self, state: Node, loose_targets: Targets) -> bool:
        return loose_targets[state.at] is not None

    def moved(self, state: Node, targets: Targets) -> Node:
        """The node that a step leads to."""
        target = targets[state.at]
        assert target is not None
        return state._replace(at=target)

    @always
    def avoids(self, state: Node) -> bool:
        return state.at not in self.avoided

    @sometimes
    def arrives(self, state: Node) -> bool:
        return state.at in self.avoided

    def has_begun(self, state: Node) -> bool:
        return state.at in self.begins

    @eventually(after="has_begun")
    def gets_there(self, state: Node) -> bool:
        return state.at in self.holds
