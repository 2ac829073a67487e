"""States packed into integers: each variable owns bits, each value that it takes a pattern of them.

Nothing is declared: values are numbered as the search meets them. A variable that is a tuple of a
fixed length is split into its elements, a set into its members; anything else is one cell. When a
cell runs out of patterns it is given one more bit, above all bits that exist: every integer made
before stays right, because the new bit was 0 in all of them.

It guarantees that two states are equal exactly when their integers are. It deliberately does not
know what a step is: see `observation.py`.

A tuple that turns out to change its length, or a set with very many members, becomes one cell: the
layout raises `CoarserLayout`, and the search begins again. Both show within the first states.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from zokio.model.literal import literal

S = TypeVar("S", bound=tuple[Hashable, ...])

MEMBERS_MAX = 64  # a set that has seen more members than this becomes one cell


class CoarserLayout(Exception):
    """A variable cannot be split after all.

    Attributes:
        place: The number of the variable.
    """

    def __init__(self, place: int) -> None:
        super().__init__(place)
        self.place = place


class Bits:
    """The bits of all states: hands out the next free one.

    Attributes:
        count: How many bits are in use.
    """

    def __init__(self) -> None:
        self.count = 0

    def take(self) -> int:
        """Return a mask of one new bit, above all others."""
        self.count += 1
        return 1 << (self.count - 1)


class Cell:
    """Some bits that hold one value, or tell whether one member is in a set.

    Attributes:
        variable: The variable that it belongs to.
        place: The number of that variable.
        mask: Its bits.
        watchers: Lists whose first item is a mask that has these bits.
    """

    __slots__ = ("mask", "patterns", "place", "singles", "values", "variable", "watchers")

    def __init__(self, variable: Variable) -> None:
        self.variable = variable
        self.place = variable.place
        self.mask = 0
        self.watchers: list[list[Any]] = []  # Any: nodes of `observation.py`
        self.singles: list[int] = []
        self.patterns: dict[Hashable, int] = {}
        self.values: dict[int, Hashable] = {}

    def pattern(self, value: Hashable) -> int:
        """Return the pattern of a value; a new one if the value is new."""
        found = self.patterns.get(value)
        return self._learn(value) if found is None else found

    def widen(self) -> None:
        """Take one more bit."""
        self.singles.append(self.variable.bits.take())
        self.mask |= self.singles[-1]
        self.variable.mask |= self.mask
        for part in (self, self.variable):
            for watcher in part.watchers:
                watcher[0] |= part.mask

    def _learn(self, value: Hashable) -> int:
        number = len(self.patterns)
        if number >> len(self.singles):
            self.widen()
        pattern = sum(bit for place, bit in enumerate(self.singles) if number >> place & 1)
        self.patterns[value] = pattern
        self.values[pattern] = value
        return pattern


class Values(dict[int, Hashable]):
    """The values of a variable by their patterns, made when they are first asked for."""

    def __init__(self, unpack: Callable[[int], Hashable]) -> None:
        self.unpack = unpack

    def __missing__(self, pattern: int) -> Hashable:
        value = self[pattern] = self.unpack(pattern)
        return value


class Variable:
    """One variable of the state, as a single cell.

    Attributes:
        place: Its number.
        mask: All its bits.
        patterns: The patterns of its values that were met.
        values: Its values by pattern.
        cells: Its cells.
        watchers: Lists whose first item is a mask that has these bits.
    """

    def __init__(self, place: int, bits: Bits) -> None:
        self.place = place
        self.bits = bits
        self.mask = 0
        self.watchers: list[list[Any]] = []  # Any: nodes of `observation.py`
        self.patterns: dict[Hashable, int] = {}
        self.values = Values(self.unpack)
        self.cells: list[Cell] = self.first_cells()

    def first_cells(self) -> list[Cell]:
        """Return the cells that it has from the beginning."""
        return [Cell(self)]

    def pattern(self, value: Hashable) -> int:
        """Return the pattern of a value of this variable."""
        found = self.patterns.get(value)
        if found is None:
            found = self.patterns[value] = self.pack(value)
        return found

    def pack(self, value: Hashable) -> int:
        """Make the pattern of a value that is new."""
        return self.cells[0].pattern(value)

    def unpack(self, pattern: int) -> Hashable:
        """Make the value of a pattern that is new."""
        return self.cells[0].values[pattern]


class Row(Variable):
    """A tuple of a fixed length: one cell an element."""

    def __init__(self, place: int, bits: Bits, length: int) -> None:
        self.length = length
        super().__init__(place, bits)

    def first_cells(self) -> list[Cell]:
        return [Cell(self) for _ in range(self.length)]

    def pack(self, value: Hashable) -> int:
        if type(value) is not tuple or len(value) != self.length:
            raise CoarserLayout(self.place)
        return sum(cell.pattern(item) for cell, item in zip(self.cells, value, strict=True))

    def unpack(self, pattern: int) -> Hashable:
        return tuple(cell.values[pattern & cell.mask] for cell in self.cells)


class Bag(Variable):
    """A set: one bit a member, in the order in which the members are first met."""

    def first_cells(self) -> list[Cell]:
        self.members: dict[Hashable, Cell] = {}
        return []

    def member(self, value: Hashable) -> Cell:
        """Return the cell that tells whether `value` is a member."""
        cell = self.members.get(value)
        if cell is None:
            if len(self.cells) == MEMBERS_MAX:
                raise CoarserLayout(self.place)
            cell = self.members[value] = Cell(self)
            cell.widen()
            self.cells.append(cell)
        return cell

    def pack(self, value: Hashable) -> int:
        if type(value) is not frozenset:
            raise CoarserLayout(self.place)
        # New members get their bits in an order that does not follow the hash seed.
        fresh = [member for member in value if member not in self.members]
        for member in sorted(fresh, key=literal) if len(fresh) > 1 else fresh:
            self.member(member)
        return sum(self.members[member].mask for member in value)

    def unpack(self, pattern: int) -> Hashable:
        return frozenset(value for value, cell in self.members.items() if pattern & cell.mask)


class Layout(Generic[S]):
    """Where the variables of a machine's states stand in an integer.

    Attributes:
        kind: The class of the states.
        variables: The variables, in the order of the state.
        bits: The bits in use; their number grows with what the search meets.
    """

    def __init__(self, firsts: Sequence[S], coarse: Iterable[int] = ()) -> None:
        self.kind = type(firsts[0])
        self.bits = Bits()
        self.variables = [
            self._variable(place, [state[place] for state in firsts], place in set(coarse))
            for place in range(len(firsts[0]))
        ]

    def _variable(self, place: int, values: list[Hashable], coarse: bool) -> Variable:
        if not coarse and all(type(value) is frozenset for value in values):
            return Bag(place, self.bits)
        lengths = {len(value) if type(value) is tuple else -1 for value in values}
        if not coarse and len(lengths) == 1 and max(lengths) > 0:
            return Row(place, self.bits, max(lengths))
        return Variable(place, self.bits)

    def pack(self, state: S) -> int:
        """Return the integer of a state."""
        return sum(one.pattern(value) for one, value in zip(self.variables, state, strict=True))

    def unpack(self, packed: int) -> S:
        """Return the state of an integer."""
        values = [one.values[packed & one.mask] for one in self.variables]
        return tuple.__new__(self.kind, values)

    def unwatch(self) -> None:
        """The search is over: whoever wanted to know of new bits is let go."""
        for variable in self.variables:
            variable.watchers.clear()
            for cell in variable.cells:
                cell.watchers.clear()

    def memory(self) -> int:
        """Return the bytes of the tables of values, without the values themselves."""
        cells = [cell for one in self.variables for cell in one.cells]
        patterns = [one.patterns for one in self.variables] + [cell.patterns for cell in cells]
        values = [one.values for one in self.variables] + [cell.values for cell in cells]
        return sum(map(sys.getsizeof, patterns)) + sum(map(sys.getsizeof, values))
