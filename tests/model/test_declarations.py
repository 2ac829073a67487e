"""What an action reads and writes is held against what it declares, on every transition."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pytest

from tests.model.machines.two_phase import State as Commit
from tests.model.machines.two_phase import TwoPhase
from zokio.model import Machine, ModelError, action, always, check, explore, put


class State(NamedTuple):
    """One variable of each kind that the checker packs in a way of its own."""

    row: tuple[int, ...]
    bag: frozenset[int]
    word: str
    queue: tuple[int, ...]

    def first(self) -> int:
        """A method of the state reads what it reads."""
        return self.row[0]

    @property
    def size(self) -> int:
        """So does a property."""
        return len(self.queue)


def machine(
    effect: Callable[[State], State], reads: tuple[str, ...], guard: Callable[[State], bool]
) -> Machine[State]:
    """A machine with one action of that guard and effect; it may write everything."""

    class One(Machine[State]):
        def initial(self) -> Iterable[State]:
            return [
                State((0, 1), frozenset({1}), "a", (1, 2)),
                State((1, 1), frozenset({1, 2}), "b", ()),
            ]

        @action(writes=State._fields, reads=reads)
        def act(self, state: State) -> State:
            return effect(state)

        @act.guard
        def can_act(self, state: State) -> bool:
            return guard(state)

    return One()


def keep(state: State) -> State:
    return state


def yes(state: State) -> bool:
    return True


READERS: dict[str, Callable[[Any], object]] = {
    "row": lambda state: state.row[1] == 1,
    "row, a slice": lambda state: state.row[:1] == (0,),
    "row, by a method": lambda state: state.first() == 0,
    "row, by its hash": lambda state: hash(state.row) == hash((0, 1)),
    "row, by a loop": lambda state: any(state.row),
    "row, by a pattern": lambda state: _matches(state.row),
    "row, by asking a copy": lambda state: state._replace(word="c").row == (0, 1),
    "bag": lambda state: 1 in state.bag,
    "bag, by its length": lambda state: len(state.bag) == 1,
    "bag, by an operator": lambda state: state.bag & {2} == {2},
    "bag, by another set": lambda state: frozenset({1}) == state.bag,
    "word": lambda state: state.word == "a",
    "word, by its place": lambda state: state[2] == "a",
    "queue": lambda state: state.queue != (),
    "queue, by a property": lambda state: state.size > 0,
}


def _matches(row: tuple[int, ...]) -> bool:
    match row:
        case (0, _):
            return True
        case _:
            return False


@pytest.mark.parametrize("what", READERS)
@pytest.mark.parametrize("where", ["guard", "effect"])
def test_a_read_that_is_not_declared_names_action_variable_and_state(what: str, where: str) -> None:
    variable, reader = what.split(",")[0], READERS[what]

    def guard(state: State) -> bool:
        return bool(reader(state))

    def effect(state: State) -> State:
        return state._replace(queue=(9,)) if reader(state) else state

    others = tuple(name for name in State._fields if name != variable)
    one = machine(effect, others, yes) if where == "effect" else machine(keep, others, guard)
    with pytest.raises(ModelError, match=r"act\(\) reads \w+ in State\(row=.*add '\w+'") as caught:
        check(one)
    if "place" not in what:  # who asks by place looks at the state as a whole
        assert f"reads {variable} in" in str(caught.value)
    whole = machine(effect, State._fields, yes)
    assert check(whole).outcome == "holds"


def test_what_is_only_replaced_put_or_passed_on_is_not_read() -> None:
    def effect(state: State) -> State:
        return state._replace(
            row=put(state.row, 0, 5), bag=(state.bag | {7}) - {1}, word="c", queue=()
        )

    assert check(machine(effect, (), yes)).states == 4


def test_a_put_leaves_the_other_elements_as_they_are_in_each_state() -> None:
    """The one branch that is learned says nothing of the elements that nobody looked at."""
    report_states = {
        tuple(state)
        for state in _explored(
            machine(lambda state: state._replace(row=put(state.row, 0, 5)), (), yes)
        )
    }
    assert {row for row, *_ in report_states} == {(0, 1), (1, 1), (5, 1)}


def _explored(one: Machine[State]) -> Sequence[State]:
    return explore(one).states


def test_an_action_without_a_declaration_may_read_anything() -> None:
    class Silent(Machine[State]):
        def initial(self) -> Iterable[State]:
            return [State((0, 1), frozenset(), "a", ())]

        @action(writes=("word",))
        def act(self, state: State) -> State:
            return state._replace(word="b") if all(state.row) else state

    assert check(Silent()).outcome == "holds"


def test_a_read_is_found_on_the_one_transition_that_makes_it() -> None:
    """All other transitions read what is declared."""

    class Late(TwoPhase):
        @TwoPhase.rm_prepare.override
        def rm_prepare(self, state: Commit, rm: int) -> Commit:
            if state.rm_state == ("prepared", "prepared", "working"):
                assert state.tm_state in ("init", "done")
            return TwoPhase.rm_prepare.effect(self, state, rm)

    with pytest.raises(ModelError, match=r"rm_prepare\(rm=2\) reads tm_state in State\(rm_state="):
        check(Late())


def test_a_write_is_found_on_the_one_transition_that_makes_it() -> None:
    class Late(TwoPhase):
        @TwoPhase.rm_prepare.override
        def rm_prepare(self, state: Commit, rm: int) -> Commit:
            after: Commit = TwoPhase.rm_prepare.effect(self, state, rm)
            if state.rm_state == ("prepared", "prepared", "working"):
                return after._replace(tm_state="done")
            return after

    with pytest.raises(ModelError, match=r"rm_prepare\(rm=2\) changed tm_state from"):
        check(Late())


class Sized(NamedTuple):
    """A state that answers to `len` and `bool` in a way of its own."""

    items: tuple[int, ...]

    def __bool__(self) -> bool:
        return sum(self.items) > 1


class Opaque(Machine[Sized]):
    """No stand-in of its states could do what they do."""

    def initial(self) -> Iterable[Sized]:
        return [Sized((0, 0, 0))]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"place": range(3)}

    @action(writes=("items",), reads=("items",))
    def fill(self, state: Sized, place: int) -> Sized:
        return Sized(put(state.items, place, 1))

    @fill.guard
    def can_fill(self, state: Sized, place: int) -> bool:
        return not state


def test_states_with_operators_of_their_own_are_shown_as_they_are() -> None:
    assert check(Opaque()).states == 1 + 3 + 3


def test_an_effect_that_refuses_stand_ins_is_asked_with_whole_variables() -> None:
    class Joining(TwoPhase):
        @TwoPhase.rm_prepare.override
        def rm_prepare(self, state: Commit, rm: int) -> Commit:
            assert tuple.__len__(state.rm_state) == 3  # refuses all but a real tuple
            return TwoPhase.rm_prepare.effect(self, state, rm)

    assert check(Joining()).states == 288


class Curious(TwoPhase):
    """Asks what kind of thing it was given, which it cannot know of a stand-in, when all is done.

    What was learned before that is thrown away, and the step is asked in another manner.
    """

    @TwoPhase.rm_receive_abort.override
    def rm_receive_abort(self, state: Commit, rm: int) -> Commit:
        if type(state.rm_state) is not tuple:
            return state
        return TwoPhase.rm_receive_abort.effect(self, state, rm)

    @always
    def is_made_of_tuples(self, state: Commit) -> bool:
        return type(state.rm_state) is tuple


def test_a_step_and_a_predicate_that_see_through_the_stand_in_are_believed_without_it() -> None:
    report = check(Curious())
    assert (report.states, report.outcome) == (288, "holds")
