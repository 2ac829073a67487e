"""Machines by themselves: constants, steps in order, overriding, typing of the declarations."""

from __future__ import annotations

from typing import ClassVar

import pytest

from tests.model.machines.drawn import Drawn, Node
from tests.model.machines.locks import SpinLock, TicketLock
from tests.model.machines.locks import State as LockState
from tests.model.machines.peterson import BlindPeterson, Peterson, RudePeterson, State
from zokio.model import Action, Machine, ModelError, Step, action, always

IDLE = State(0, (False, False), ("idle", "idle"))


def test_constants_have_defaults_and_are_set_by_name() -> None:
    assert Peterson().configuration == {"processes": 2}
    assert Peterson(processes=3).configuration == {"processes": 3}
    assert repr(Peterson(processes=3)) == "Peterson(processes=3)"


def test_class_variables_and_private_names_are_no_constants() -> None:
    class Quiet(Drawn):
        shared: ClassVar[int] = 1
        _private: int = 2
        extra: int

    assert Quiet(extra=3).configuration == {**Drawn().configuration, "extra": 3}


def test_actions_are_in_definition_order_with_their_declarations() -> None:
    assert [each.name for each in Peterson().actions] == [
        *("raise_flag", "give_way", "enter", "leave")
    ]
    first = Peterson().actions[0]
    assert first.parameters == ("process",)
    assert (first.writes, first.reads) == (("flags", "at"), ("at",))
    assert (first.fair, first.may_be_idle) == (False, False)
    assert repr(first) == "<action raise_flag(process)>"


def test_instances_are_ordered_by_action_and_then_by_domain() -> None:
    steps = [str(step) for step in SpinLock(processes=2).instances()]
    assert steps == [
        f"{name}(process={process})" for name in ("ask", "take", "release") for process in (0, 1)
    ]


def test_a_step_knows_its_name_and_arguments() -> None:
    step = SpinLock().instances()[1]
    assert (step.name, step.arguments, step.named_arguments) == ("ask", (1,), {"process": 1})
    assert step == Step(step.action, (1,))
    assert repr(step) == "ask(process=1)"


def test_enabled_steps_are_those_whose_guards_hold() -> None:
    machine = Peterson()
    assert [str(step) for step in machine.enabled(IDLE)] == [
        "raise_flag(process=0)",
        "raise_flag(process=1)",
    ]
    assert machine.is_enabled(IDLE, machine.instances()[0])


def test_apply_leads_to_the_next_state() -> None:
    machine = Peterson()
    after = machine.apply(IDLE, machine.enabled(IDLE)[1])
    assert after == State(0, (False, True), ("idle", "yielding"))


def test_apply_refuses_a_step_that_is_not_enabled() -> None:
    machine = Peterson()
    with pytest.raises(ModelError, match=r"Peterson: leave\(process=1\) is not enabled in State\("):
        machine.apply(IDLE, machine.instances()[-1])


def test_effects_guards_and_predicates_stay_callable() -> None:
    machine = Peterson()
    assert machine.can_raise_flag(IDLE, 0)
    assert machine.raise_flag(IDLE, 0).at == ("yielding", "idle")
    assert machine.one_at_a_time(IDLE)
    assert not machine.gets_in(IDLE, 0)


def test_the_class_gives_the_action_and_the_instance_its_effect() -> None:
    assert isinstance(Peterson.enter, Action)
    assert Peterson.enter.name == "enter"
    assert callable(Peterson().enter)


def test_a_subclass_overrides_a_guard_by_its_name() -> None:
    waiting = State(1, (True, True), ("waiting", "idle"))
    enter = Step(Peterson.enter, (0,))
    assert not Peterson().is_enabled(waiting, enter)
    assert BlindPeterson().is_enabled(waiting, enter)
    assert BlindPeterson().actions == Peterson().actions


def test_a_subclass_overrides_an_effect_under_the_same_declaration() -> None:
    waiting = State(0, (True, False), ("yielding", "idle"))
    assert Peterson().give_way(waiting, 0).turn == 1
    assert RudePeterson().give_way(waiting, 0).turn == 0
    assert [each.name for each in RudePeterson().actions] == [
        each.name for each in Peterson().actions
    ]
    assert RudePeterson.give_way.writes == Peterson.give_way.writes
    assert RudePeterson.give_way.reads == Peterson.give_way.reads
    assert not RudePeterson().can_give_way(IDLE, 0)


@pytest.mark.parametrize("fair", [True, False])
@pytest.mark.parametrize("may_be_idle", [True, False])
def test_an_override_keeps_fairness_and_idleness(fair: bool, may_be_idle: bool) -> None:
    class Resting(Drawn):
        @action(writes=(), fair=fair, may_be_idle=may_be_idle)
        def rest(self, state: Node) -> Node:
            return state

    class Tired(Resting):
        def rest(self, state: Node) -> Node:
            return Node(state.at)

    rest = Tired().actions[-1]
    assert (rest.name, rest.fair, rest.may_be_idle) == ("rest", fair, may_be_idle)


def test_a_plain_method_overrides_an_effect_too() -> None:
    class Frozen(Peterson):
        def leave(self, state: State, process: int) -> State:
            return state

    leave = Frozen().actions[-1]
    assert (leave.name, leave.writes) == ("leave", Peterson.leave.writes)
    inside = State(0, (True, False), ("inside", "idle"))
    assert Frozen().apply(inside, Step(Peterson.leave, (0,))) == inside
    assert Peterson().apply(inside, Step(leave, (0,))) != inside


def test_an_action_declared_again_keeps_its_place_and_its_guard() -> None:
    class Fair(SpinLock):
        @action(writes=("at", "queue"), fair=True)
        def ask(self, state: LockState, process: int) -> LockState:
            return state

    assert [each.name for each in Fair().actions] == ["ask", "take", "release"]
    assert Fair().actions[0].fair
    assert Fair.definition.guards["ask"] == "can_ask"
    assert not SpinLock().actions[0].fair


def test_a_guard_may_call_the_one_that_it_overrides() -> None:
    lock = TicketLock()
    queued = TicketLock().initial()
    state = next(iter(queued))._replace(at=("waiting", "waiting"), queue=(1, 0))
    assert [str(step) for step in lock.enabled(state)] == ["take(process=1)"]


def test_a_mixin_that_is_no_machine_declares_for_one() -> None:
    class Resting:
        patience: int = 3

        @action(writes=())
        def rest(self, state: Node) -> Node:
            return state

        @always
        def has_patience(self, state: Node) -> bool:
            return self.patience > 0

    class Rested(Resting, Drawn):
        """A drawn machine that can rest."""

    machine = Rested(patience=2)
    assert machine.configuration["patience"] == 2
    assert "rest()" in map(str, machine.enabled(Node(0)))
    assert "has_patience" in machine.claims


def test_an_action_without_a_guard_is_always_enabled() -> None:
    class Counter(Machine[Node]):
        @action(writes=("at",))
        def count(self, state: Node) -> Node:
            return Node(state.at + 1)

    machine = Counter()
    assert machine.guard_of("count") is None
    assert [str(step) for step in machine.enabled(Node(3))] == ["count()"]
    assert machine.is_enabled(Node(3), machine.instances()[0])
    assert machine.apply(Node(3), machine.instances()[0]) == Node(4)


def test_claims_can_be_listed() -> None:
    claims = Peterson().claims
    assert list(claims)[:3] == ["one_at_a_time", "both_wait", "gets_in"]
    assert claims["gets_in"].after == "is_trying"
    assert claims["gets_in"].of == ("process",)
    assert claims["nobody_ever_enters"].canary == "one_at_a_time"
