"""Peterson's mutual exclusion for two processes, and two wrong ones made by overriding.

The file is also the example of how a machine is typed: it passes mypy strict without an ignore.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, eventually, put, sometimes


class State(NamedTuple):
    """Whose turn it is to go first, who has raised the flag, and where each process is."""

    turn: int
    flags: tuple[bool, ...]
    at: tuple[str, ...]


class Peterson(Machine[State]):
    """Each assignment to a shared variable is a step of its own."""

    processes: int = 2

    def initial(self) -> Iterable[State]:
        return [State(0, (False,) * self.processes, ("idle",) * self.processes)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"process": range(self.processes)}

    @action(writes=("flags", "at"), reads=("at",), fair=False)
    def raise_flag(self, state: State, process: int) -> State:
        return state._replace(
            flags=put(state.flags, process, True), at=put(state.at, process, "yielding")
        )

    @raise_flag.guard
    def can_raise_flag(self, state: State, process: int) -> bool:
        return state.at[process] == "idle"

    @action(writes=("turn", "at"), reads=("at",))
    def give_way(self, state: State, process: int) -> State:
        return state._replace(turn=1 - process, at=put(state.at, process, "waiting"))

    @give_way.guard
    def can_give_way(self, state: State, process: int) -> bool:
        return state.at[process] == "yielding"

    @action(writes=("at",), reads=("at", "flags", "turn"))
    def enter(self, state: State, process: int) -> State:
        return state._replace(at=put(state.at, process, "inside"))

    @enter.guard
    def can_enter(self, state: State, process: int) -> bool:
        free = not state.flags[1 - process] or state.turn == process
        return state.at[process] == "waiting" and free

    @action(writes=("flags", "at"), reads=("at",))
    def leave(self, state: State, process: int) -> State:
        return state._replace(
            flags=put(state.flags, process, False), at=put(state.at, process, "idle")
        )

    @leave.guard
    def can_leave(self, state: State, process: int) -> bool:
        return state.at[process] == "inside"

    @always
    def one_at_a_time(self, state: State) -> bool:
        return state.at.count("inside") <= 1

    @sometimes
    def both_wait(self, state: State) -> bool:
        return state.at == ("waiting", "waiting")

    def is_trying(self, state: State, process: int) -> bool:
        return state.at[process] in ("yielding", "waiting")

    @eventually(after="is_trying", of="process")
    def gets_in(self, state: State, process: int) -> bool:
        return state.at[process] == "inside"

    @always(canary="one_at_a_time")
    def nobody_ever_enters(self, state: State) -> bool:
        return "inside" not in state.at

    @sometimes(canary="both_wait")
    def both_are_inside(self, state: State) -> bool:
        return state.at.count("inside") == 2

    @eventually(of="process", canary="gets_in")
    def gets_in_without_trying(self, state: State, process: int) -> bool:
        return state.at[process] == "inside"


class BlindPeterson(Peterson):
    """Wrong guard: does not look at the other's flag."""

    def can_enter(self, state: State, process: int) -> bool:
        return state.at[process] == "waiting"


class RudePeterson(Peterson):
    """Wrong effect: takes the turn instead of giving it."""

    @Peterson.give_way.override
    def give_way(self, state: State, process: int) -> State:
        return state._replace(turn=process, at=put(state.at, process, "waiting"))
