"""A predicate as an observed function, asked about every state of a graph.

It looks at a few variables, so its answer for one state is that for many (`observation.py`). It
guarantees the predicate's own answers, in the order of the states. A predicate that looks at so
much that states seldom look alike to it, or that does not get on with stand-ins, is simply called.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, TypeVar

from zokio.model.diagnosis import explain_predicate
from zokio.model.machine import Machine
from zokio.model.notes import Notes
from zokio.model.observation import MisledError, Observed, View

S = TypeVar("S", bound=tuple[Hashable, ...])

TRIED = 512  # states after which it is decided whether states look alike to the predicate
ALIKE = 4  # they do if no more than one in so many had to be shown to it


class ObservedPredicate(Observed[S]):
    """A predicate with its arguments; its answers are True and False."""

    def __init__(
        self, view: View[S], machine: Machine[S], name: str, arguments: tuple[Hashable, ...]
    ) -> None:
        super().__init__(view)
        self.machine, self.name, self.arguments = machine, name, arguments
        self.predicate = getattr(machine, name)
        self.is_called = view.opaque

    def everywhere(self, packed: Sequence[int]) -> bytearray:
        """Return what it says of each state."""
        try:
            return bytearray(self.answers(packed))
        except MisledError:
            return bytearray(self.answers(packed))

    def first(self, packed: Sequence[int], wanted: bool) -> int | None:
        """Return the number of the first state of which it says `wanted`."""
        try:
            return _first(self.answers(packed), wanted)
        except MisledError:
            return _first(self.answers(packed), wanted)

    def answers(self, packed: Sequence[int]) -> Iterator[bool]:
        """Yield what it says of each state.

        Raises:
            ModelError: It raised.
            MisledError: What was yielded may be wrong; it is called from here on: ask again.
        """
        states = iter(packed)
        if not self.is_called:
            yield from self._from_tree(islice(states, TRIED))
            if self.asked * ALIKE <= TRIED:
                yield from self._from_tree(states)
        unpack = self.view.unpack
        for one in states:
            yield self._call(unpack(one))

    def ask(self, packed: int, state: S, notes: Notes) -> object:
        shown = None
        with suppress(Exception):  # it may not get on with stand-ins
            shown = bool(self.predicate(self.view.show(state, notes), *self.arguments))
        if shown is None or (self.is_compared() and shown is not self._call(state)):
            self._call(state)  # if it raises by itself, that is to be told
            self.is_called = True
            raise MisledError(self)
        return shown

    def _from_tree(self, states: Iterator[int]) -> Iterator[bool]:
        node: Any
        for packed in states:
            node = self.root
            while node.__class__ is list:
                node = node[1](packed & node[0])
            yield self.learn(packed) is True if node is None else node

    def _call(self, state: S) -> bool:
        try:
            return bool(self.predicate(state, *self.arguments))
        except Exception as error:
            explain_predicate(self.machine, self.name, state, error)


def _first(answers: Iterable[bool], wanted: bool) -> int | None:
    return next((number for number, answer in enumerate(answers) if answer is wanted), None)
