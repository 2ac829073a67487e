"""Two-phase commit after Gray and Lamport ("Consensus on Transaction Commit", TwoPhase.tla).

Known counts of reachable states: 288 with 3 managers, 8,832 with 5, 296,448 with 7.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, action, always, put, sometimes


class State(NamedTuple):
    """The variables of TwoPhase.tla."""

    rm_state: tuple[str, ...]
    tm_state: str
    tm_prepared: frozenset[int]
    msgs: frozenset[tuple[str, int]]


COMMIT, ABORT = ("commit", -1), ("abort", -1)


class TwoPhase(Machine[State]):
    """Resource managers and a transaction manager; messages are never lost nor consumed."""

    managers: int = 3

    def initial(self) -> Iterable[State]:
        return [State(("working",) * self.managers, "init", frozenset(), frozenset())]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"rm": range(self.managers)}

    @action(writes=("tm_prepared",), reads=("tm_state", "msgs"))
    def tm_receive_prepared(self, state: State, rm: int) -> State:
        return state._replace(tm_prepared=state.tm_prepared | {rm})

    @tm_receive_prepared.guard
    def can_tm_receive_prepared(self, state: State, rm: int) -> bool:
        return state.tm_state == "init" and ("prepared", rm) in state.msgs

    @action(writes=("tm_state", "msgs"), reads=("tm_state", "tm_prepared"))
    def tm_commit(self, state: State) -> State:
        return state._replace(tm_state="done", msgs=state.msgs | {COMMIT})

    @tm_commit.guard
    def can_tm_commit(self, state: State) -> bool:
        return state.tm_state == "init" and len(state.tm_prepared) == self.managers

    @action(writes=("tm_state", "msgs"), reads=("tm_state",))
    def tm_abort(self, state: State) -> State:
        return state._replace(tm_state="done", msgs=state.msgs | {ABORT})

    @tm_abort.guard
    def can_tm_abort(self, state: State) -> bool:
        return state.tm_state == "init"

    @action(writes=("rm_state", "msgs"), reads=("rm_state",))
    def rm_prepare(self, state: State, rm: int) -> State:
        return state._replace(
            rm_state=put(state.rm_state, rm, "prepared"), msgs=state.msgs | {("prepared", rm)}
        )

    @rm_prepare.guard
    def can_rm_prepare(self, state: State, rm: int) -> bool:
        return state.rm_state[rm] == "working"

    @action(writes=("rm_state",), reads=("rm_state",))
    def rm_choose_to_abort(self, state: State, rm: int) -> State:
        return state._replace(rm_state=put(state.rm_state, rm, "aborted"))

    @rm_choose_to_abort.guard
    def can_rm_choose_to_abort(self, state: State, rm: int) -> bool:
        return state.rm_state[rm] == "working"

    @action(writes=("rm_state",), reads=("msgs",))
    def rm_receive_commit(self, state: State, rm: int) -> State:
        return state._replace(rm_state=put(state.rm_state, rm, "committed"))

    @rm_receive_commit.guard
    def can_rm_receive_commit(self, state: State, rm: int) -> bool:
        return COMMIT in state.msgs

    @action(writes=("rm_state",), reads=("msgs",))
    def rm_receive_abort(self, state: State, rm: int) -> State:
        return state._replace(rm_state=put(state.rm_state, rm, "aborted"))

    @rm_receive_abort.guard
    def can_rm_receive_abort(self, state: State, rm: int) -> bool:
        return ABORT in state.msgs

    @always
    def consistent(self, state: State) -> bool:
        return not {"aborted", "committed"} <= set(state.rm_state)

    @sometimes
    def somebody_commits(self, state: State) -> bool:
        return "committed" in state.rm_state

    @always(canary="consistent")
    def nobody_commits(self, state: State) -> bool:
        return "committed" not in state.rm_state
