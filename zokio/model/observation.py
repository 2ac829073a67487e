"""What a function of the state answers, learned once for all states that look alike to it.

A guard, an effect or a predicate looks at a few cells of the state, one after another, and what it
looks at next depends only on what it has seen. So its answers are a tree: each node looks at a
cell (or a whole variable), each branch is one pattern of its bits, each leaf an answer. A state
that runs out of the tree is shown to the function itself, as a `TrackedState` that notes the cells
that are read; they and the answer become a new branch. The tree then answers for every state with
the same patterns in these cells, and it does so with one dictionary look-up a cell.

It guarantees that an answer from the tree is the function's own. That rests on two things, and
both are checked: the function depends on the state only, and it reads it through the stand-in
(`audit.py` asks again for a sample of the states, and the first answers of every function are
compared with those that it gives on the plain state).
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Container, Hashable, Iterable
from types import FunctionType
from typing import Any, Generic, TypeVar

from zokio.model.notes import Notes
from zokio.model.packing import Bag, Cell, Layout, Row, Variable
from zokio.model.tracking import TrackedBag, TrackedRow, TrackedState, plain

S = TypeVar("S", bound=tuple[Hashable, ...])
T = TypeVar("T")

# A node is a list [mask, get of the dictionary of its branches, what it looks at]. A branch is a
# node, or an answer, which is never a list and never None: None is a state not seen before.
Node = list[Any]  # Any: it holds things of three types

COMPARED_FIRST = 8  # answers that are compared with those on the plain state
COMPARED_EVERY = 32  # and then every so many
BLIND_MIN = 2  # so many parts that are written unread are looked at all the same


class BadEffectError(Exception):
    """An effect returned something else than a state, or wrote what it did not declare."""


class MisledError(Exception):
    """A function was seen to answer a stand-in wrongly: what was learned of it is worth nothing.

    Attributes:
        observed: The function.
    """

    def __init__(self, observed: object) -> None:
        super().__init__(observed)
        self.observed = observed


class View(Generic[S]):
    """What the functions of one search share: the layout and how states are shown.

    Attributes:
        layout: Where the variables stand.
        variables: The variables by name.
        opaque: Whether states answer to more than their fields, so that no stand-in will do.
    """

    def __init__(self, layout: Layout[S]) -> None:
        self.layout = layout
        names: tuple[str, ...] = getattr(layout.kind, "_fields", ())
        self.variables = dict(zip(names, layout.variables, strict=True))
        self.opaque = _changes_protocols(layout.kind)
        self.unpack = layout.unpack

    def show(self, state: S, notes: Notes) -> Any:  # Any: a stand-in for S
        """Return what a function is given in the place of the state."""
        return TrackedState(notes=notes, variables=self.variables, value=state)

    def change(
        self,
        packed: int,
        after: Any,  # Any: whatever an effect returned
        notes: Notes,
        writable: frozenset[int],
    ) -> int:
        """Return what to add to the integer of a state for that of the next; note what is written.

        Raises:
            BadEffectError: It is no state, or it changed more than the variables `writable`.
        """
        if type(after) is TrackedState and after._notes is notes:
            written: Iterable[tuple[str, Hashable]] = after._edits.items()
        elif type(after) is self.layout.kind:
            written = zip(self.variables, after, strict=True)
        else:
            raise BadEffectError
        added = 0
        parts: dict[Cell | Variable, int] = {}
        for name, new in written:
            variable = self.variables[name]
            change = _change(packed, variable, new, notes, parts)
            if change and variable.place not in writable:
                raise BadEffectError
            added += change
        notes.end_reading()
        notes.blind = {
            part: pattern
            for part, pattern in parts.items()
            if part not in notes and getattr(part, "variable", part) not in notes
        }
        if len(notes.blind) <= BLIND_MIN:
            notes.update(dict.fromkeys(notes.blind))
            notes.blind = {}
        return added


def _change(
    packed: int,
    variable: Variable,
    new: Any,  # Any: a value of any type
    notes: Notes,
    parts: dict[Cell | Variable, int],
) -> int:
    """Return what to add for the new value of one variable; tell which parts get which pattern."""
    own = type(new) in (TrackedRow, TrackedBag) and new._variable is variable
    if not own or new._notes is not notes:
        pattern = variable.pattern(plain(new))
        parts[variable] = pattern
        return pattern - (packed & variable.mask)
    added = 0
    for key, value in new._edits.items():
        if isinstance(variable, Row):
            cell = variable.cells[key]
            pattern = cell.pattern(plain(value))
        else:
            assert isinstance(variable, Bag)
            cell = variable.member(plain(key))
            pattern = cell.mask if value else 0
        parts[cell] = pattern
        added += pattern - (packed & cell.mask)
    return added


class Observed(ABC, Generic[S]):
    """A function of the state as a tree of what it looks at; subclasses say how to ask it.

    Attributes:
        root: The node above the tree.
        parts: What the tree looks at anywhere.
    """

    def __init__(self, view: View[S]) -> None:
        self.view = view
        self.parts: dict[Cell | Variable, None] = {}
        self.asked = 0
        self.root = _node(None)

    def answer(self, packed: int) -> object:
        """Return the answer for a state, from the tree if it is there."""
        node: Any = self.root
        while node.__class__ is list:
            node = node[1](packed & node[0])
        return self.learn(packed) if node is None else node

    def known_by(
        self, packed: int, parts: Container[Cell | Variable]
    ) -> Any:  # Any: a node or an answer
        """Return how far a look at `parts` alone leads: an answer, or the node of another part.

        The parts count, not their bits of today: a cell that has met one value has none yet.
        """
        node: Any = self.root
        while node.__class__ is list and (node is self.root or _is_among(node[2], parts)):
            below = node[1](packed & node[0])
            if below is None:
                self.learn(packed)  # the answer may rest on other parts: look again
            else:
                node = below
        return node

    def learn(self, packed: int) -> object:
        """Ask the function itself, and keep its answer, which may be a node."""
        state = self.view.unpack(packed)
        notes = Notes()
        answer = self.ask(packed, state, notes)
        self.asked += 1
        self._insert(packed, notes, answer)
        return answer[1](packed & answer[0]) if isinstance(answer, list) else answer

    @abstractmethod
    def ask(self, packed: int, state: S, notes: Notes) -> object:
        """Return the function's own answer, and note what it rests on."""

    def is_compared(self) -> bool:
        """Whether this answer is to be compared with the one on the plain state."""
        return self.asked < COMPARED_FIRST or self.asked % COMPARED_EVERY == 0

    def memory(self) -> int:
        """Return the bytes of the tree."""
        size, todo = 0, [self.root]
        while todo:
            node = todo.pop()
            branches = _branches(node) if hasattr(node[1], "__self__") else {}
            size += sys.getsizeof(node) + sys.getsizeof(branches)
            for below in branches.values():
                if below.__class__ is list:
                    todo.append(below)
                elif below.__class__ is tuple:
                    size += sys.getsizeof(below)
        return size

    def _insert(self, packed: int, notes: Notes, answer: object) -> None:
        node, seen = self.root, set()
        while (below := node[1](packed & node[0])).__class__ is list:
            node = below
            seen.add(node[2])
        if below is not None:
            return
        for part in notes:
            if part in seen or (part.__class__ is Cell and part.variable in seen):
                continue
            self.parts[part] = None
            below = _node(part)
            _branches(node)[packed & node[0]] = below
            node = below
            seen.add(part)
        _branches(node)[packed & node[0]] = answer


def _node(part: Cell | Variable | None) -> Node:
    branches: dict[int, object] = {}
    node = [0 if part is None else part.mask, branches.get, part]
    if part is not None:
        part.watchers.append(node)
    return node


def _is_among(part: Cell | Variable, parts: Container[Cell | Variable]) -> bool:
    return part in parts or (isinstance(part, Cell) and part.variable in parts)


def _branches(node: Node) -> dict[int, object]:
    branches: dict[int, object] = node[1].__self__
    return branches


_EVERY_NAMED_TUPLE = {"__new__", "__repr__", "__getnewargs__"}


def _changes_protocols(kind: type) -> bool:
    """Tell whether states answer to operators in a way of their own, past any stand-in."""
    own = [vars(klass) for klass in kind.__mro__ if klass not in (tuple, object)]
    return any(
        isinstance(value, FunctionType) and name.startswith("__") and name not in _EVERY_NAMED_TUPLE
        for names in own
        for name, value in names.items()
    )


def mask_of(parts: Iterable[Cell | Variable]) -> int:
    """Return the bits of all parts."""
    mask = 0
    for part in parts:
        mask |= part.mask
    return mask
