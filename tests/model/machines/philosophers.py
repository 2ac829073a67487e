"""Dining philosophers: one table that deadlocks, one that orders its forks."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, put


class State(NamedTuple):
    """By fork: who holds it, -1 nobody. By philosopher: how many forks she holds."""

    holder: tuple[int, ...]
    holds: tuple[int, ...]


class Philosophers(Machine[State]):
    """Everybody takes the left fork first."""

    seats: int = 3

    def initial(self) -> Iterable[State]:
        return [State((-1,) * self.seats, (0,) * self.seats)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"seat": range(self.seats)}

    def forks(self, seat: int) -> tuple[int, int]:
        """The forks of a seat, in the order in which they are taken."""
        return seat, (seat + 1) % self.seats

    @action(writes=("holder", "holds"), reads=("holder", "holds"))
    def take(self, state: State, seat: int) -> State:
        fork = self.forks(seat)[state.holds[seat]]
        return State(put(state.holder, fork, seat), put(state.holds, seat, state.holds[seat] + 1))

    @take.guard
    def can_take(self, state: State, seat: int) -> bool:
        held = state.holds[seat]
        return held < 2 and state.holder[self.forks(seat)[held]] == -1

    @action(writes=("holder", "holds"), reads=("holds",))
    def put_down(self, state: State, seat: int) -> State:
        first, second = self.forks(seat)
        return State(put(put(state.holder, first, -1), second, -1), put(state.holds, seat, 0))

    @put_down.guard
    def can_put_down(self, state: State, seat: int) -> bool:
        return state.holds[seat] == 2

    @always
    def no_deadlock(self, state: State) -> bool:
        return bool(self.enabled(state))


class OrderedPhilosophers(Philosophers):
    """Everybody takes the fork with the lower number first."""

    def forks(self, seat: int) -> tuple[int, int]:
        first, second = sorted(super().forks(seat))
        return first, second
