"""Machines that are written wrongly: each error says where, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from zokio.model import Machine, ModelError, action, always, check, eventually, to_dot


class State(NamedTuple):
    """Two variables."""

    total: int
    seen: Hashable = ()


class Counter(Machine[State]):
    """Counts to `most`; the tests below break it one by one."""

    most: int = 2

    def initial(self) -> Iterable[State]:
        return [State(0)]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"by": (1, 2)}

    @action(writes=("total",), reads=("total",))
    def add(self, state: State, by: int) -> State:
        return state._replace(total=state.total + by)

    @add.guard
    def can_add(self, state: State, by: int) -> bool:
        return state.total + by <= self.most

    @always
    def is_small(self, state: State) -> bool:
        return state.total <= self.most


def refused(machine: Callable[[], Machine[State]], *words: str, **options: Any) -> None:
    """Assert that checking the machine raises an error with all these words."""
    with pytest.raises(ModelError) as caught:
        check(machine(), **options)
    for word in words:
        assert word in str(caught.value)


def refused_class(declare: Callable[[], object], *words: str) -> None:
    """Assert that declaring the class raises an error with all these words."""
    with pytest.raises(ModelError) as caught:
        declare()
    for word in words:
        assert word in str(caught.value)


def test_the_machine_to_break_is_whole() -> None:
    assert check(Counter()).outcome == "holds"


def test_a_class_is_no_machine() -> None:
    with pytest.raises(ModelError, match=r"Counter is a class: give a machine, Counter\(\)"):
        check(Counter)  # type: ignore[arg-type]  # what the check refuses
    with pytest.raises(ModelError, match="Counter is a class"):
        to_dot(Counter)  # type: ignore[arg-type]  # a class, where a machine belongs


def test_an_unknown_constant() -> None:
    refused(lambda: Counter(least=1), "Counter has no constant least", "it has most")


def test_an_unknown_constant_of_a_machine_without_any() -> None:
    class Plain(Machine[State]):
        """No constants."""

    refused(lambda: Plain(least=1), "Plain has no constant least: it has none")


def test_a_constant_without_a_value() -> None:
    class Open(Counter):
        least: int

    refused(Open, "Open needs a value of least", "Open(least=...)")


def test_a_machine_without_initial() -> None:
    class Headless(Machine[State]):
        """No initial states."""

    refused(Headless, "Headless needs a method initial(self)")


def test_an_initial_without_states() -> None:
    class Empty(Counter):
        def initial(self) -> Iterable[State]:
            return []

    refused(Empty, "Empty: initial() returned no state")


def test_an_initial_state_that_is_no_named_tuple() -> None:
    class Bare(Counter):
        def initial(self) -> Iterable[State]:
            return [(0, ())]  # type: ignore[list-item]  # what the check refuses

    refused(Bare, "Bare: initial() returned (0, ())", "a NamedTuple of its variables")


def test_initial_states_of_two_classes() -> None:
    class Other(NamedTuple):
        total: int

    class Mixed(Counter):
        def initial(self) -> Iterable[State]:
            return [State(0), Other(0)]  # type: ignore[list-item]  # what the check refuses

    refused(Mixed, "Mixed: initial() returned states of different classes")


def test_an_unhashable_initial_value() -> None:
    class Listed(Counter):
        def initial(self) -> Iterable[State]:
            return [State(0, [])]  # type: ignore[arg-type]  # what the check refuses

    refused(Listed, "Listed: initial() gives seen the value []", "use tuples and frozensets")


def test_a_guard_with_other_parameters() -> None:
    def declare() -> None:
        class Wrong(Counter):
            def can_add(self, state: State, amount: int) -> bool:  # what the check refuses
                return True

    refused_class(
        declare,
        "Wrong: guard can_add(state, amount) must have the parameters of its action add(state, by)",
    )


def test_an_effect_that_does_not_take_the_state() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @action(writes=())  # type: ignore[arg-type]  # what the check refuses
            def nothing(self) -> State:
                return State(0)

    refused_class(declare, "Wrong.nothing must be a method that takes the state")


def test_an_effect_with_parameters_that_have_no_names() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @action(writes=())
            def nothing(self, state: State, *arguments: int) -> State:
                return state

    refused_class(declare, "def nothing(self, state, ...)", "plain parameters")


def test_two_guards_of_one_action() -> None:
    def declare() -> None:
        class Wrong(Machine[State]):
            @action(writes=())
            def rest(self, state: State) -> State:
                return state

            @rest.guard
            def can_rest(self, state: State) -> bool:
                return True

            @rest.guard
            def may_rest(self, state: State) -> bool:
                return True

    refused_class(declare, "Wrong: action rest has two guards, can_rest and may_rest")


def test_a_guard_that_was_replaced_by_something_else() -> None:
    def declare() -> None:
        class Wrong(Counter):
            can_add = True  # type: ignore[assignment]  # what the check refuses

    refused_class(declare, "Wrong: the guard of add needs a method can_add; there is none")


def test_an_action_under_two_names() -> None:
    def declare() -> None:
        class Wrong(Counter):
            plus = Counter.add

    refused_class(declare, "Wrong: the effect of action plus is called add")


@pytest.mark.parametrize("what", ["writes", "reads"])
def test_one_string_instead_of_a_tuple(what: str) -> None:
    names: dict[str, Any] = {"writes": (), what: "total"}
    refused_class(lambda: action(**names), f'@action({what}="total")', f'{what}=("total",)')


def test_a_name_that_the_machine_itself_uses() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @action(writes=("total",))
            def apply(self, state: State) -> State:  # type: ignore[override]  # what the check refuses
                return state

    refused_class(declare, "Wrong: apply is a name of Machine itself")


def test_a_variable_that_does_not_exist() -> None:
    class Wrong(Counter):
        @action(writes=("amount",))
        def add(self, state: State, by: int) -> State:
            return state

    refused(Wrong, "Wrong: action add declares amount", "no variable of State: total, seen")


def test_a_parameter_without_a_domain() -> None:
    class Wrong(Counter):
        def domains(self) -> Mapping[str, Sequence[Hashable]]:
            return {}

    refused(Wrong, "Wrong: parameter by has no domain", 'let domains() return {"by": ...}')


def test_a_machine_without_domains() -> None:
    class Wrong(Machine[State]):
        def initial(self) -> Iterable[State]:
            return [State(0)]

        @action(writes=())
        def rest(self, state: State, by: int) -> State:
            return state

    refused(Wrong, "Wrong: parameter by has no domain")


def test_a_domain_without_an_order() -> None:
    class Wrong(Counter):
        def domains(self) -> Mapping[str, Sequence[Hashable]]:
            return {"by": {1, 2}}  # type: ignore[dict-item]  # what the check refuses

    refused(Wrong, "Wrong: the domain of by is a set", "the same in every run")


def test_a_domain_with_doubles() -> None:
    class Wrong(Counter):
        def domains(self) -> Mapping[str, Sequence[Hashable]]:
            return {"by": (1, 1)}

    refused(Wrong, "Wrong: the domain of by has doubles: (1, 1)")


def test_an_effect_that_returns_nothing() -> None:
    class Wrong(Counter):
        def add(self, state: State, by: int) -> State:
            return None  # type: ignore[return-value]  # what the check refuses

    refused(
        Wrong,
        "Wrong: the effect of add(by=1) returned None from State(total=0, seen=())",
        "state._replace",
    )


def test_an_effect_that_returns_a_bare_tuple() -> None:
    class Wrong(Counter):
        def add(self, state: State, by: int) -> State:
            return (state.total + by, ())  # type: ignore[return-value]  # what the check refuses

    refused(Wrong, "the effect of add(by=1) returned (1, ())")


def test_an_effect_that_writes_what_it_did_not_declare() -> None:
    class Wrong(Counter):
        def add(self, state: State, by: int) -> State:
            return State(state.total + by, seen=(by,))

    refused(
        Wrong,
        "Wrong: the effect of add(by=1) changed seen from () to (1,)",
        "writes=('total',)",
        "add 'seen' or leave it alone",
    )


def test_an_effect_may_rebuild_an_equal_value_of_what_it_does_not_write() -> None:
    class Rebuilt(Counter):
        def initial(self) -> Iterable[State]:
            return [State(0, (1000, 2000))]

        @action(writes=("total",), reads=("total", "seen"))
        def add(self, state: State, by: int) -> State:
            assert isinstance(state.seen, tuple)
            return State(state.total + by, (*state.seen[:1], 2000))

    assert check(Rebuilt()).outcome == "holds"


def test_an_effect_that_makes_a_value_unhashable() -> None:
    class Wrong(Counter):
        @action(writes=("total", "seen"))
        def add(self, state: State, by: int) -> State:
            return State(state.total, [by])  # type: ignore[arg-type]  # what the check refuses

    refused(Wrong, "the effect of add(by=1) from State(", "gives seen the value [1]")


def test_an_effect_that_raises() -> None:
    class Wrong(Counter):
        def add(self, state: State, by: int) -> State:
            return State(state.total // (state.total - 1))

        def can_add(self, state: State, by: int) -> bool:
            return True

        def initial(self) -> Iterable[State]:
            return [State(1)]

    refused(
        Wrong, "Wrong: the effect of add(by=1) raised ZeroDivisionError", "State(total=1, seen=())"
    )


def test_the_step_that_raises_is_found_behind_disabled_ones() -> None:
    class Wrong(Counter):
        def can_add(self, state: State, by: int) -> bool:
            return by == 2

        def add(self, state: State, by: int) -> State:
            raise LookupError(by)

    refused(Wrong, "Wrong: the effect of add(by=2) raised LookupError(2)")


def test_a_guard_that_raises() -> None:
    class Wrong(Counter):
        def can_add(self, state: State, by: int) -> bool:
            raise KeyError(by)

    refused(Wrong, "Wrong: the guard of add(by=1) raised KeyError(1) in State(total=0, seen=())")


def test_an_effect_that_depends_on_more_than_its_state() -> None:
    class Wrong(Counter):
        calls = 0

        def add(self, state: State, by: int) -> State:
            Wrong.calls += 1
            if Wrong.calls == 1:
                raise RuntimeError("only once")
            return state

    report = check(Wrong())
    assert report.outcome == "nondeterministic"
    assert "depend on the state and their arguments only" in report.detail


def test_a_predicate_that_raises() -> None:
    class Wrong(Counter):
        def is_small(self, state: State) -> bool:
            return 1 / (2 - state.total) > 0

    refused(
        Wrong,
        "Wrong: the predicate is_small raised ZeroDivisionError",
        "State(total=2, seen=())",
        "in every reachable state",
    )


def test_a_progress_predicate_that_raises() -> None:
    class Wrong(Counter):
        @eventually(of="by")
        def gets_far(self, state: State, by: int) -> bool:
            return 1 // (1 - state.total) > 0

    refused(Wrong, "the predicate gets_far raised ZeroDivisionError", "State(total=1, seen=())")


def test_a_property_with_parameters_that_it_does_not_name() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @eventually
            def gets_far(self, state: State, by: int) -> bool:
                return True

    refused_class(declare, "Wrong: property gets_far: gets_far(state, by)", "of=()")


def test_an_always_property_with_parameters() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @always
            def is_far(self, state: State, by: int) -> bool:
                return True

    refused_class(declare, "Wrong: property is_far: is_far(state, by)")


def test_a_beginning_with_other_parameters() -> None:
    def declare() -> None:
        class Wrong(Counter):
            def begins(self, state: State) -> bool:
                return True

            @eventually(after="begins", of="by")
            def gets_far(self, state: State, by: int) -> bool:
                return True

    refused_class(declare, "Wrong: property gets_far: begins(state) must have", "of=('by',)")


def test_a_beginning_that_does_not_exist() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @eventually(after="begins")
            def gets_far(self, state: State) -> bool:
                return True

    refused_class(declare, "Wrong: the property gets_far needs a method begins; there is none")


def test_a_canary_of_what_is_no_property() -> None:
    def declare() -> None:
        class Wrong(Counter):
            @always(canary="is_tiny")
            def is_zero(self, state: State) -> bool:
                return state.total == 0

    refused_class(
        declare, "Wrong: is_zero is a canary of is_tiny, which is no property", "is_small"
    )


def test_a_limit_of_no_states() -> None:
    refused(Counter, "states_max is 0: it must be at least 1", states_max=0)


def test_an_effect_of_an_action_that_does_not_exist() -> None:
    with pytest.raises(ModelError, match="Counter has no action subtract: it has add"):
        Counter().effect_of("subtract")
