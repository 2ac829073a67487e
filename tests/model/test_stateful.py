"""Hypothesis drives a toy by a machine: it passes a right one and catches planted bugs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

import hypothesis
import pytest
from hypothesis import settings

from tests.model.machines.drawn import Drawn, Node
from tests.model.machines.locks import State, TicketLock
from tests.model.toy import (
    BrokenInside,
    Crashing,
    ForgetfulRelease,
    LockAdapter,
    UnfairQueue,
)
from zokio.model import (
    Adapter,
    DivergenceError,
    Lockstep,
    Machine,
    ModelError,
    StatefulTestCase,
    Step,
    Witness,
    action,
    shortest_paths,
    sometimes,
    stateful,
    stateful_test,
)

FEW = settings(
    max_examples=25, stateful_step_count=15, derandomize=True, database=None, print_blob=False
)


class WatchedLock(TicketLock):
    """A ticket lock which says what should be seen."""

    processes: int = 3

    @sometimes
    def somebody_waits_outside(self, state: State) -> bool:
        return "inside" in state.at and "waiting" in state.at

    @sometimes
    def two_queue(self, state: State) -> bool:
        return len(state.queue) == 2

    @sometimes
    def four_queue(self, state: State) -> bool:
        return len(state.queue) == 4


def run(case: type[StatefulTestCase]) -> None:
    """Run a test case here and now; what it raises comes through."""
    case("runTest").debug()


def failure(
    adapter: Adapter[State], prefixes: Sequence[Sequence[Step]] | None = None
) -> BaseException:
    with pytest.raises((AssertionError, RuntimeError)) as caught:
        run(stateful_test(WatchedLock(), adapter, settings=FEW, prefixes=prefixes))
    return caught.value


def test_a_right_toy_passes_and_is_witnessed() -> None:
    adapter = LockAdapter()
    case = stateful_test(WatchedLock(), adapter, settings=FEW)
    assert (case.witnessed, case.witnessed_sometimes) == ({}, set())
    run(case)
    assert set(case.witnessed) == {"ask", "take", "release"}
    assert min(case.witnessed.values()) > 25
    assert case.witnessed_sometimes == {"somebody_waits_outside", "two_queue"}
    assert adapter.running == 0


def test_the_case_is_named_after_its_machine() -> None:
    case = stateful_test(WatchedLock(), LockAdapter(), settings=FEW)
    assert case.__name__ == "WatchedLockStateful"
    assert "WatchedLock(processes=3)" in str(case.__doc__)
    assert issubclass(case, StatefulTestCase)


@pytest.mark.parametrize(
    ("adapter", "named"),
    [
        (UnfairQueue(), r"\n  queue\[0\]: model \d, real \d\n  queue\[1\]: model \d, real \d\n"),
        (ForgetfulRelease(), r"\n  at\[\d\]: model 'idle', real 'inside'\n"),
    ],
    ids=["a wrong queue", "a lock not freed"],
)
def test_a_planted_bug_is_caught_and_the_variable_named(adapter: LockAdapter, named: str) -> None:
    error = failure(adapter)
    assert isinstance(error, DivergenceError)
    message = str(error)
    assert "WatchedLock: after " in message
    assert "the real system differs from the model:\n  " in message
    assert re.search(named, message)
    assert "steps so far:\n  1. ask(process=" in message
    assert adapter.running == 0


def test_a_planted_bug_is_caught_without_prefixes_too() -> None:
    message = str(failure(ForgetfulRelease(), prefixes=()))
    assert message.count("ask(process=") == 2
    assert "\n  4. release(process=" in message
    assert "\n  5. " not in message


def test_a_broken_invariant_of_the_real_system_is_caught_with_the_steps() -> None:
    error = failure(BrokenInside())
    assert "process 1 has taken the lock" in str(error)
    assert any("take(process=1)" in note for note in error.__notes__)


def test_an_error_of_the_real_system_is_caught_with_the_steps() -> None:
    error = failure(Crashing())
    assert isinstance(error, RuntimeError)
    assert any("WatchedLock: steps so far:\n  1. " in note for note in error.__notes__)


def test_a_real_system_that_cannot_start_is_stopped_all_the_same() -> None:
    class Unable(LockAdapter):
        def start(self, state: State) -> None:
            super().start(state)
            raise RuntimeError("cannot start")

    adapter = Unable()
    error = failure(adapter)
    assert any("steps so far: none" in note for note in error.__notes__)
    assert adapter.running == 0


def test_a_real_system_that_starts_elsewhere_is_caught() -> None:
    class Elsewhere(LockAdapter):
        def start(self, state: State) -> None:
            super().start(state)
            self.lock.wait(0)

    message = str(failure(Elsewhere()))
    assert "after the start the real system differs" in message
    assert "queue: model (), real (0,)" in message


def test_an_abstraction_that_is_no_state_is_refused() -> None:
    class Vague(LockAdapter):
        def abstraction(self) -> State:
            return tuple(super().abstraction())  # type: ignore[return-value]  # what is refused

    with pytest.raises(TypeError, match=r"Vague.abstraction\(\) returned .* it returns a State"):
        run(stateful_test(WatchedLock(), Vague(), settings=FEW))


def test_a_real_system_that_was_never_started_is_not_stopped() -> None:
    adapter = LockAdapter()
    lockstep = Lockstep(WatchedLock(), adapter, Witness())
    lockstep.stop()
    lockstep.start(State(("idle",) * 3, ()))
    lockstep.stop()
    lockstep.stop()
    assert adapter.running == 0


def test_only_enabled_steps_are_taken_and_witnessed() -> None:
    machine, witness = WatchedLock(), Witness()
    lockstep = Lockstep(machine, LockAdapter(), witness)
    lockstep.start(State(("idle",) * 3, ()))
    lockstep.take(lockstep.enabled[0])
    with pytest.raises(ModelError, match="is not enabled"):
        lockstep.take(lockstep.history[0])
    assert lockstep.state == State(("waiting", "idle", "idle"), (0,))
    assert (witness.actions, [str(step) for step in lockstep.history]) == (
        {"ask": 1},
        ["ask(process=0)"],
    )


def test_a_step_that_diverges_is_not_witnessed() -> None:
    witness = Witness()
    lockstep = Lockstep(WatchedLock(), Crashing(), witness)
    lockstep.start(State(("idle",) * 3, ()))
    with pytest.raises(RuntimeError):
        lockstep.take(lockstep.enabled[1])
    assert witness.actions == {}


def test_a_missing_method_is_an_error_at_once() -> None:
    class Half(LockAdapter):
        take = None  # type: ignore[assignment]  # as if it had been forgotten
        stop = None  # type: ignore[assignment]  # a method that is missing on purpose

    with pytest.raises(TypeError) as caught:
        stateful_test(TicketLock(), Half())  # type: ignore[arg-type]  # what is refused
    assert "Half cannot be driven by TicketLock: it has no stop(), take()." in str(caught.value)


def test_a_class_is_no_adapter() -> None:
    with pytest.raises(TypeError, match=r"LockAdapter is a class: give an instance"):
        stateful_test(TicketLock(), LockAdapter)  # type: ignore[arg-type]  # what is refused


class Recorder:
    """An adapter that follows the model of `Drawn` and notes where it has been."""

    def __init__(self) -> None:
        self.at = 0
        self.runs: list[list[int]] = []

    def start(self, state: Node) -> None:
        self.at = state.at
        self.runs.append([self.at])

    def stop(self) -> None:
        pass

    def check_invariants(self) -> None:
        pass

    def abstraction(self) -> Node:
        return Node(self.at)

    def move(self, targets: tuple[int, ...]) -> None:
        self.at = targets[self.at]
        self.runs[-1].append(self.at)

    fair_step = loose_step = move


CHAIN = Drawn(fair=((1, 2, 3, 4, 5, None),))


def test_a_run_may_end_where_the_model_ends() -> None:
    adapter = Recorder()
    run(stateful_test(CHAIN, adapter, settings=FEW))
    assert [0, 1, 2, 3, 4, 5] in adapter.runs


def test_runs_take_no_more_steps_than_asked_for() -> None:
    adapter = Recorder()
    run(stateful_test(CHAIN, adapter, settings=FEW, steps=2, prefixes=()))
    assert max(map(len, adapter.runs)) == 3


def test_runs_take_as_many_steps_as_the_settings_say() -> None:
    adapter = Recorder()
    some = settings(FEW, stateful_step_count=4)
    run(stateful_test(CHAIN, adapter, settings=some, prefixes=()))
    assert max(map(len, adapter.runs)) == 5


def test_some_runs_start_from_a_deep_state_and_some_from_the_beginning() -> None:
    adapter = Recorder()
    case = stateful_test(CHAIN, adapter, settings=FEW, steps=1)
    run(case)
    lengths = {len(one) for one in adapter.runs}
    assert 6 in lengths
    assert 2 in lengths


def test_hypothesis_is_told_how_deep_each_run_came(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[float, str]] = []
    monkeypatch.setattr(hypothesis, "target", lambda score, *, label: told.append((score, label)))
    adapter = Recorder()
    run(stateful_test(CHAIN, adapter, settings=FEW, steps=3))
    assert told == [(float(max(one)), "depth") for one in adapter.runs]


def test_a_machine_larger_than_its_search_is_driven_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stateful, "SEARCH_STATES_MAX", 2)
    adapter = Recorder()
    run(stateful_test(CHAIN, adapter, settings=FEW))
    assert [0, 1, 2, 3, 4, 5] in adapter.runs


def test_prefixes_may_be_given() -> None:
    step = CHAIN.instances()[0]
    adapter = Recorder()
    run(stateful_test(CHAIN, adapter, settings=FEW, steps=1, prefixes=[[step, step]]))
    assert {tuple(one[:3]) for one in adapter.runs if len(one) > 2} == {(0, 1, 2)}


def test_a_prefix_starts_where_it_can() -> None:
    machine = Drawn(start=(0, 1), fair=((None, 2, None),))
    adapter = Recorder()
    prefix = [machine.instances()[0]]
    run(stateful_test(machine, adapter, settings=FEW, prefixes=[prefix]))
    assert [0] in adapter.runs
    assert [1, 2] in adapter.runs


def test_a_prefix_that_is_no_path_is_refused() -> None:
    step = CHAIN.instances()[0]
    with pytest.raises(ModelError, match=r"Drawn: no initial state allows the prefix fair_step"):
        stateful_test(CHAIN, Recorder(), prefixes=[[step] * 6])


class Odd(NamedTuple):
    """A state."""

    bundle: int


class OddlyNamed(Machine[Odd]):
    """Actions whose names Hypothesis's own class uses."""

    def initial(self) -> list[Odd]:
        return [Odd(0)]

    @action(writes=("bundle",))
    def bundle(self, state: Odd) -> Odd:
        return Odd(1 - state.bundle)

    @action(writes=())
    def teardown(self, state: Odd) -> Odd:
        return state


class OddAdapter:
    """Its driven methods have the names of Hypothesis's own."""

    def __init__(self) -> None:
        self.value = 0
        self.torn = 0

    def start(self, state: Odd) -> None:
        self.value = 0

    def stop(self) -> None:
        pass

    def check_invariants(self) -> None:
        pass

    def abstraction(self) -> Odd:
        return Odd(self.value)

    def bundle(self) -> None:
        self.value = 1 - self.value

    def teardown(self) -> None:
        self.torn += 1


def test_actions_may_have_the_names_of_hypothesis_methods() -> None:
    adapter = OddAdapter()
    case = stateful_test(OddlyNamed(), adapter, settings=FEW)
    run(case)
    assert case.witnessed["teardown"] == adapter.torn > 0
    assert case.witnessed["bundle"] > 0


def test_shortest_paths_end_in_different_deep_states() -> None:
    assert shortest_paths(CHAIN, count=2) == [
        (CHAIN.instances()[0],) * 5,
        (CHAIN.instances()[0],) * 2,
    ]
    assert [len(path) for path in shortest_paths(CHAIN)] == [5, 4, 3, 2, 1]


def test_shortest_paths_reach_every_action() -> None:
    paths = shortest_paths(TicketLock(processes=3), count=5)
    assert len(paths) == 5
    assert {path[-1].name for path in paths} >= {"ask", "take"}


def test_a_machine_that_never_moves_has_no_paths() -> None:
    assert shortest_paths(Drawn()) == []
