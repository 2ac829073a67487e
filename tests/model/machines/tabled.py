"""A machine that is a table of edges, drawn at random or by hand, and something that obeys it.

Its labels are the arguments of its one action; a state with the same label twice cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from zokio.model import Machine, action

Table = Mapping[tuple[int, str], int]


class At(NamedTuple):
    """A place of the table."""

    place: int


class Tabled(Machine[At]):
    """From each place, by each label in the table, to the place that it says."""

    table: Table
    labels: Sequence[str]
    starts: Sequence[int] = (0,)

    def initial(self) -> Iterable[At]:
        return [At(place) for place in self.starts]

    def domains(self) -> Mapping[str, Sequence[str]]:
        return {"label": self.labels}

    @action(writes=("place",), reads=("place",), may_be_idle=True)
    def go(self, state: At, label: str) -> At:
        return At(self.table[state.place, label])

    @go.guard
    def can_go(self, state: At, label: str) -> bool:
        return (state.place, label) in self.table


def tabled(table: Table, starts: Sequence[int] = (0,)) -> Tabled:
    """The machine of a table."""
    labels = tuple(sorted({label for _, label in table}))
    return Tabled(table=table, labels=labels, starts=tuple(starts))


def ring(places: int) -> Tabled:
    """Once around."""
    return tabled({(place, "on"): (place + 1) % places for place in range(places)})


def drawn_table(random: Random) -> Tabled:
    """A table with loops, dead ends and doubled edges; not every place can be reached."""
    places = random.randint(1, 40)
    density = random.choice((0.3, 0.6, 0.9))
    table = {
        (place, label): random.randrange(places)
        for place in range(places)
        for label in "abcd"
        if random.random() < density
    }
    table.setdefault((0, "a"), 0)
    return tabled(table, starts=sorted({0, random.randrange(places)}))


class Follower:
    """Obeys a table of its own, which may differ from the machine's.

    Attributes:
        taken: The edges taken, in all runs.
        running: How many runs were begun and not ended.
    """

    def __init__(self, table: Table) -> None:
        self.table = dict(table)
        self.taken: list[tuple[int, str]] = []
        self.running = 0
        self.place = 0

    def start(self, state: At) -> None:
        self.running += 1
        self.place = state.place

    def stop(self) -> None:
        self.running -= 1

    def go(self, label: str) -> None:
        self.taken.append((self.place, label))
        self.place = self.table[self.place, label]

    def abstraction(self) -> At:
        return At(self.place)

    def check_invariants(self) -> None:
        pass
