"""Reduction by symmetry: fewer states, the same verdicts, real traces, progress unreduced."""

from __future__ import annotations

import pytest

from tests.model.machines.locks import SpinLock, TicketLock
from tests.model.machines.locks import State as LockState
from tests.model.machines.two_phase import State, TwoPhase
from tests.model.naive import assert_is_run, reachable
from zokio.model import Machine, ModelError, always, check, explore


class Interchangeable(TwoPhase):
    """Managers are sorted by all that the state says of them."""

    def canonical(self, state: State) -> State:
        managers = sorted(
            (place, rm in state.tm_prepared, ("prepared", rm) in state.msgs)
            for rm, place in enumerate(state.rm_state)
        )
        numbered = list(enumerate(managers))
        decisions = {message for message in state.msgs if message[0] != "prepared"}
        return State(
            rm_state=tuple(place for place, _, _ in managers),
            tm_state=state.tm_state,
            tm_prepared=frozenset(rm for rm, (_, known, _) in numbered if known),
            msgs=frozenset({("prepared", rm) for rm, (_, _, sent) in numbered if sent} | decisions),
        )

    @always
    def nobody_aborts_after_two_have_prepared(self, state: State) -> bool:
        return not (state.rm_state.count("prepared") == 2 and "aborted" in state.rm_state)


class Renamed(TicketLock):
    """Processes are renamed in the order of the queue, then of where they are."""

    def canonical(self, state: LockState) -> LockState:
        first = list(state.queue)
        rest = [process for process in range(self.processes) if process not in first]
        order = first + sorted(rest, key=lambda process: state.at[process])
        at = tuple(state.at[process] for process in order)
        return LockState(at, tuple(range(len(first))))


@pytest.mark.parametrize("managers", [2, 3, 4])
def test_the_representatives_are_those_of_the_reachable_states(managers: int) -> None:
    machine = Interchangeable(managers=managers)
    states, _ = reachable(machine)
    graph = explore(machine, reduced=True)
    assert set(graph.states) == {machine.canonical(state) for state in states}
    assert len(graph.states) < len(states)


@pytest.mark.parametrize(
    "machine", [Interchangeable(managers=3), Renamed(processes=3), TwoPhase(managers=3)], ids=repr
)
def test_the_verdicts_are_those_of_the_whole_graph(machine: Machine[State]) -> None:
    whole, reduced = check(machine), check(machine, reduced=True)
    assert reduced.reduced and not whole.reduced
    assert reduced.states <= whole.states
    for one, other in zip(whole.properties, reduced.properties, strict=True):
        assert (one.name, one.outcome, one.instance) == (other.name, other.outcome, other.instance)
        if one.trace is not None and other.trace is not None:
            assert_is_run(machine, other.trace)
            assert len(one.trace.steps) == len(other.trace.steps)


def test_progress_is_judged_on_the_whole_graph() -> None:
    """A loop of representatives need not be a loop of states."""

    class RenamedSpinLock(SpinLock):
        def canonical(self, state: LockState) -> LockState:
            order = sorted(range(self.processes), key=lambda process: state.at[process])
            renamed = {process: number for number, process in enumerate(order)}
            at = tuple(state.at[process] for process in order)
            return LockState(at, tuple(sorted(renamed[process] for process in state.queue)))

    report = check(RenamedSpinLock(processes=2), reduced=True)
    assert report.property("gets_in").outcome == "violated"
    with pytest.raises(ModelError, match="a reduced graph has no edges"):
        explore(RenamedSpinLock(), reduced=True, edges=True)


class Favoured(Interchangeable):
    """Manager 0 is not like the others."""

    def can_rm_choose_to_abort(self, state: State, rm: int) -> bool:
        return rm != 0 and TwoPhase.can_rm_choose_to_abort(self, state, rm)


class Judged(Interchangeable):
    """A claim speaks of one manager."""

    @always
    def the_first_does_not_abort(self, state: State) -> bool:
        return state.rm_state[0] != "aborted"


class Restless(Interchangeable):
    """A representative that is represented by another state."""

    def canonical(self, state: State) -> State:
        return state._replace(rm_state=state.rm_state[1:] + state.rm_state[:1])


@pytest.mark.parametrize(
    ("kind", "problem"),
    [
        (Favoured, "has steps to other representatives"),
        (Judged, "is judged differently by the_first_does_not_abort"),
        (Restless, "canonical() is no symmetry"),
    ],
)
def test_a_machine_that_is_not_symmetric_is_refused(kind: type[TwoPhase], problem: str) -> None:
    with pytest.raises(ModelError) as caught:
        check(kind(managers=3), reduced=True)
    assert problem in str(caught.value)
