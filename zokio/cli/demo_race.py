"""A planted race for the demo: a runtime that looks at its queue once and then goes to sleep.

The machine has a worker that sleeps when its queue is empty, and another thread that pushes and
rings only if it sees the worker asleep. With `recheck` the worker announces its sleep and looks
once more, as zokio does; without, a push between the look and the sleep is slept through.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zokio.model import Machine, action, always


class Parking(NamedTuple):
    """`worker` is "looking", "announced" or "asleep"; `pushed` counts work not yet taken."""

    worker: str
    pushed: int
    unrung: bool


class ParkingMachine(Machine[Parking]):
    """One worker that parks, and one other thread that pushes and then rings."""

    recheck: bool = True

    def initial(self) -> Iterable[Parking]:
        return [Parking("looking", 0, False)]

    @action(writes=("pushed", "unrung"), reads=("pushed", "unrung"), fair=False)
    def push(self, state: Parking) -> Parking:
        return state._replace(pushed=1, unrung=True)

    @push.guard
    def can_push(self, state: Parking) -> bool:
        return state.pushed == 0 and not state.unrung

    @action(writes=("worker", "unrung"), reads=("worker", "unrung"))
    def ring(self, state: Parking) -> Parking:
        woken = (
            state.worker in ("announced", "asleep") if self.recheck else state.worker == "asleep"
        )
        return state._replace(worker="looking" if woken else state.worker, unrung=False)

    @ring.guard
    def can_ring(self, state: Parking) -> bool:
        return state.unrung

    @action(writes=("worker",), reads=("worker", "pushed"))
    def announce(self, state: Parking) -> Parking:
        return state._replace(worker="announced")

    @announce.guard
    def can_announce(self, state: Parking) -> bool:
        return state.worker == "looking" and state.pushed == 0

    @action(writes=("worker",), reads=("worker", "pushed"))
    def sleep(self, state: Parking) -> Parking:
        seen = self.recheck and state.pushed > 0
        return state._replace(worker="looking" if seen else "asleep")

    @sleep.guard
    def can_sleep(self, state: Parking) -> bool:
        return state.worker == "announced"

    @action(writes=("pushed",), reads=("worker", "pushed"))
    def take(self, state: Parking) -> Parking:
        return state._replace(pushed=0)

    @take.guard
    def can_take(self, state: Parking) -> bool:
        return state.worker == "looking" and state.pushed > 0

    @always
    def nobody_sleeps_while_work_waits(self, state: Parking) -> bool:
        return not (state.worker == "asleep" and state.pushed > 0 and not state.unrung)
