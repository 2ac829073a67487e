"""A state that notes what is read of it: which variables, which elements, which members.

Guards, effects and predicates are plain Python; to know what their answer depends on, they are
called with a `TrackedState` in the place of the state. Elements and scalars come out as they are;
only the state itself, split tuples and split sets (`packing.py`) are stand-ins. What is not
written out below is not there: code in C cannot look past a stand-in, it can only refuse it, and
then the caller asks again with whole variables (`coarse`), or gives up tracking.

It guarantees that two states which agree on what was noted get the same answer. `put` on a split
tuple, `|` and `-` on a split set are edits: they note nothing, for the result says nothing of
what it leaves alone. It deliberately judges nothing: see `observation.py`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from types import FunctionType, MethodType
from typing import Any, Protocol

from zokio.model.notes import Notes
from zokio.model.packing import Bag, Row, Variable


class Tracked(Protocol):
    """What all stand-ins can."""

    def _whole(self) -> Any:  # Any: a tuple, a set or a state
        """Return the value that this stands for, and note that it was read."""


class TrackedRow:
    """Stands for a tuple of a fixed length; `edits` are elements that were put in."""

    __slots__ = ("_edits", "_notes", "_value", "_variable")
    _edits: dict[int, Hashable]

    def __init__(
        self,
        notes: Notes,
        variable: Row,
        value: tuple[Hashable, ...],
        edits: dict[int, Hashable],
    ) -> None:
        self._notes, self._variable, self._value, self._edits = notes, variable, value, edits

    @property  # type: ignore[misc]  # `isinstance` asks for it, and typeshed lets it be set
    def __class__(self) -> type:
        return tuple

    def _whole(self) -> tuple[Hashable, ...]:
        self._notes[self._variable] = None
        value = list(self._value)
        for index, edit in self._edits.items():
            value[index] = edit
        return tuple(value) if self._edits else self._value

    def _put(self, index: int, value: Hashable) -> TrackedRow:
        edits = {**self._edits, index: value}
        return TrackedRow(self._notes, self._variable, self._value, edits)

    def __getitem__(self, index: Any) -> Any:  # Any: an index or a slice, an element or a tuple
        if index.__class__ is slice:
            return tuple(map(self.__getitem__, range(len(self._value))[index]))
        if self._edits:
            index = range(len(self._value))[index]
            if index in self._edits:
                return self._edits[index]
        value = self._value[index]
        self._notes[self._variable.cells[index]] = None
        return value

    def __len__(self) -> int:
        return len(self._value)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._whole())


class TrackedBag:
    """Stands for a set; `edits` are members that were put in (True) or taken out."""

    __slots__ = ("_edits", "_notes", "_value", "_variable")

    def __init__(
        self,
        notes: Notes,
        variable: Bag,
        value: frozenset[Hashable],
        edits: dict[Hashable, bool],
    ) -> None:
        self._notes, self._variable, self._value, self._edits = notes, variable, value, edits

    @property  # type: ignore[misc]  # `isinstance` asks for it, and typeshed lets it be set
    def __class__(self) -> type:
        return frozenset

    def _whole(self) -> frozenset[Hashable]:
        self._notes[self._variable] = None
        put = {member for member, there in self._edits.items() if there}
        return self._value.difference(self._edits).union(put)

    def _edited(self, members: object, there: bool) -> Any:  # Any: NotImplemented, or a stand-in
        if isinstance(members, TrackedBag):
            members = members._whole()
        if not isinstance(members, frozenset | set):
            return NotImplemented
        edits = self._edits | dict.fromkeys(members, there)
        return TrackedBag(self._notes, self._variable, self._value, edits)

    def __contains__(self, member: Hashable) -> bool:
        if member in self._edits:
            return self._edits[member]
        self._notes[self._variable.member(member)] = None
        return member in self._value

    def __or__(self, other: object) -> Any:  # Any: as `_edited`
        return self._edited(other, True)

    __ror__ = __or__

    def __sub__(self, other: object) -> Any:  # Any: as `_edited`
        return self._edited(other, False)

    def union(self, *others: Iterable[Hashable]) -> Any:  # Any: as `_edited`
        return self._edited(frozenset().union(*others), True)

    def difference(self, *others: Iterable[Hashable]) -> Any:  # Any: as `_edited`
        return self._edited(frozenset().union(*others), False)

    def __len__(self) -> int:
        return len(self._whole())

    def __iter__(self) -> Iterator[Hashable]:
        members = list(self._whole())
        return reversed(members) if self._notes.backwards else iter(members)


class TrackedState:
    """Stands for a state; `edits` are variables that were replaced.

    Variables that were looked at once are found in the instance's dictionary.
    """

    __slots__ = ("__dict__", "_edits", "_notes", "_value", "_variables")
    _edits: dict[str, Hashable]

    def __init__(
        self,
        *,  # so that `type(state)(1, 2, 3)` is refused
        notes: Notes,
        variables: dict[str, Variable],
        value: tuple[Hashable, ...],
    ) -> None:
        self._notes, self._variables, self._value = notes, variables, value
        self._edits = {}

    @property  # type: ignore[misc]  # `isinstance` asks for it, and typeshed lets it be set
    def __class__(self) -> type:
        return type(self._value)

    def __getattr__(self, name: str) -> Any:  # Any: a variable, or what its class defines
        variable = self._variables.get(name)
        if variable is None:
            return _from_class(self, type(self._value), name)
        value = track(self._notes, variable, self._value[variable.place])
        self.__dict__[name] = value
        return value

    def _replace(self, **changes: Hashable) -> TrackedState:
        for name in changes:
            if name not in self._variables:
                raise ValueError(f"Got unexpected field names: {[name]!r}")
        after = TrackedState(notes=self._notes, variables=self._variables, value=self._value)
        after._edits = self._edits | changes
        after.__dict__.update(self.__dict__ | changes)
        return after

    def _asdict(self) -> dict[str, Hashable]:
        return dict(zip(self._variables, self, strict=True))

    def _whole(self) -> Any:  # Any: a state
        return tuple.__new__(type(self._value), [plain(value) for value in self])

    def __getitem__(self, index: Any) -> Any:  # Any: an index or a slice
        return tuple(self)[index]

    def __iter__(self) -> Iterator[Hashable]:
        return (getattr(self, name) for name in self._variables)

    def __len__(self) -> int:
        return len(self._value)


def _from_class(state: TrackedState, kind: type, name: str) -> object:
    """Return a method, a property or a constant of the class of the state."""
    for klass in kind.__mro__:
        found = vars(klass).get(name)
        if isinstance(found, FunctionType):
            return MethodType(found, state)
        if isinstance(found, property) and found.fget is not None:
            return found.fget(state)
        if klass is tuple:
            break
        if found is not None:
            return found.__get__(None, kind) if hasattr(found, "__get__") else found
    return getattr(state._whole(), name)


def track(notes: Notes, variable: Variable, value: Any) -> Any:  # Any: a value of any type
    """Return a variable's value for code to look at, and note what it will see of it."""
    if not notes.coarse:
        if isinstance(variable, Row):
            return TrackedRow(notes, variable, value, {})
        if isinstance(variable, Bag):
            return TrackedBag(notes, variable, value, {})
    notes[variable] = None
    return value


_SIMPLE = frozenset({str, int, bool, type(None)})


def plain(value: Any) -> Any:  # Any: a value of any type
    """Return a value without stand-ins in it; those that there are count as read."""
    kind = type(value)
    if kind in _SIMPLE:
        return value
    if kind in (TrackedRow, TrackedBag, TrackedState):
        value = value._whole()
        kind = type(value)
    if issubclass(kind, tuple):
        for item in value:
            if type(item) not in _SIMPLE:
                return tuple.__new__(kind, map(plain, value))
    elif kind is frozenset:
        return frozenset(map(plain, value))
    return value


_OPERATORS = {name: found for name, found in vars(operator).items() if name.startswith("__")}


def _by_value(name: str) -> Callable[..., object]:
    """Return the method of that name, on the value that a stand-in stands for."""

    def method(self: Tracked, *arguments: Any) -> object:  # Any: whatever the method takes
        if name in _OPERATORS:
            return _OPERATORS[name](plain(self), *map(plain, arguments))
        return getattr(plain(self), name)(*map(plain, arguments))

    method.__name__ = name
    return method


def _reflected(name: str) -> Callable[[Any, Any], object]:  # Any: operands of any type
    function = getattr(operator, name)

    def method(self: Any, other: Any) -> object:  # Any: operands of any type
        return function(plain(other), plain(self))

    return method


_COMPARED = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
_SHOWN = ("__repr__", "__str__", "__format__")
_ADDED = ("__add__", "__mul__", "__rmul__", "count", "index")
_SETS = ("__and__", "__xor__", "intersection", "symmetric_difference", "isdisjoint")
_METHODS: dict[type, tuple[str, ...]] = {
    TrackedRow: ("__contains__", *_ADDED),
    TrackedBag: (*_SETS, "issubset", "issuperset", "copy"),
    TrackedState: ("__contains__", "__add__", "__mul__", "__rmul__"),
}
for _kind, _names in _METHODS.items():
    for _name in (*_COMPARED, *_SHOWN, *_names):
        setattr(_kind, _name, _by_value(_name))
for _kind, _names in {TrackedRow: ("add",), TrackedBag: ("and_", "xor", "sub")}.items():
    for _name in _names:
        setattr(_kind, f"__r{_name.strip('_')}__", _reflected(_name))
Sequence.register(TrackedRow)  # so that `match` takes them for sequences, too
Sequence.register(TrackedState)
