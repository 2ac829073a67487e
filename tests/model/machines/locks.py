"""Two locks: one that starves under weak fairness, and one that hands out tickets and does not."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, drop, eventually, put


class State(NamedTuple):
    """Where each process is, and who queues, the first one first."""

    at: tuple[str, ...]
    queue: tuple[int, ...]


class SpinLock(Machine[State]):
    """Whoever comes first takes a free lock: `take` is enabled again and again, not for ever."""

    processes: int = 2

    def initial(self) -> Iterable[State]:
        return [State(("idle",) * self.processes, ())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"process": range(self.processes)}

    @action(writes=("at", "queue"), reads=("at", "queue"), fair=False)
    def ask(self, state: State, process: int) -> State:
        return State(put(state.at, process, "waiting"), (*state.queue, process))

    @ask.guard
    def can_ask(self, state: State, process: int) -> bool:
        return state.at[process] == "idle"

    @action(writes=("at", "queue"), reads=("at", "queue"))
    def take(self, state: State, process: int) -> State:
        return State(put(state.at, process, "inside"), drop(state.queue, process))

    @take.guard
    def can_take(self, state: State, process: int) -> bool:
        return state.at[process] == "waiting" and "inside" not in state.at

    @action(writes=("at",), reads=("at",))
    def release(self, state: State, process: int) -> State:
        return state._replace(at=put(state.at, process, "idle"))

    @release.guard
    def can_release(self, state: State, process: int) -> bool:
        return state.at[process] == "inside"

    @always
    def one_at_a_time(self, state: State) -> bool:
        return state.at.count("inside") <= 1

    def waits(self, state: State, process: int) -> bool:
        return state.at[process] == "waiting"

    @eventually(after="waits", of=("process",))
    def gets_in(self, state: State, process: int) -> bool:
        return state.at[process] == "inside"


class TicketLock(SpinLock):
    """Only the first of the queue may take the lock."""

    def can_take(self, state: State, process: int) -> bool:
        return super().can_take(state, process) and state.queue[0] == process
