"""Progress under weak fairness: cases with known answers, drawn by hand as small graphs.

A table `(1, None)` is a step that leads from node 0 to node 1 and is disabled at node 1.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.model.machines.drawn import Drawn, Node
from tests.model.naive import assert_starves
from zokio.model import Machine, PropertyResult, action, check, eventually


def judged(**constants: Any) -> PropertyResult:
    machine = Drawn(**constants)
    result = check(machine).property("gets_there")
    if result.outcome == "violated":
        assert result.trace is not None
        assert_starves(machine, result.trace, machine.has_begun, machine.gets_there)
    return result


def outcome(**constants: Any) -> str:
    return judged(**constants).outcome


def test_a_fair_step_is_taken_some_time() -> None:
    assert outcome(fair=((1, None),), holds=frozenset({1})) == "holds"


def test_a_loose_step_may_never_be_taken() -> None:
    result = judged(loose=((1, None),), holds=frozenset({1}))
    assert result.outcome == "violated"
    assert result.trace is not None
    assert (result.trace.loop, result.trace.steps) == (0, ())


def test_a_deadlock_before_the_goal_is_a_violation() -> None:
    result = judged(fair=((1, None, None),), holds=frozenset({2}))
    assert result.outcome == "violated"
    assert result.trace is not None
    assert result.trace.states == (Node(0), Node(1))
    assert result.trace.loop == 1


def test_a_loop_beside_the_only_terminal_state_is_a_violation() -> None:
    """A search that looks at terminal states only sees none that is wrong."""
    spinning, leaving = (1, 0, None), (2, 2, None)
    assert outcome(fair=(spinning,), loose=(leaving,), holds=frozenset({2})) == "violated"


def test_a_fair_way_out_that_stays_open_is_taken() -> None:
    spinning, leaving = (1, 0, None), (2, 2, None)
    assert outcome(fair=(spinning, leaving), holds=frozenset({2})) == "holds"


def test_a_fair_way_out_that_opens_and_closes_need_not_be_taken() -> None:
    """Infinitely often enabled, never for ever: weak fairness does not help."""
    spinning, leaving = (1, 0, None), (2, None, None)
    result = judged(fair=(spinning, leaving), holds=frozenset({2}))
    assert result.outcome == "violated"
    assert result.trace is not None
    assert [state.at for state in result.trace.states] == [0, 1, 0]


def test_two_ways_into_one_state_are_told_apart() -> None:
    """A search that remembers states and not whether the goal was passed sees one way only."""
    through_goal, past_goal = (1, 3, None, None), (2, None, 3, None)
    assert outcome(fair=(through_goal, past_goal), holds=frozenset({1})) == "violated"
    assert outcome(fair=(through_goal,), holds=frozenset({1})) == "holds"


def test_the_goal_counts_in_the_very_state_that_begins() -> None:
    assert outcome(fair=((1, None),), holds=frozenset({0})) == "holds"


def test_a_goal_passed_before_the_beginning_does_not_count() -> None:
    constants = {"fair": ((1, 2, None),), "holds": frozenset({1})}
    assert outcome(begins=frozenset({2}), **constants) == "violated"
    assert outcome(begins=frozenset({0}), **constants) == "holds"


def test_a_beginning_that_is_never_reached_promises_nothing() -> None:
    assert outcome(fair=((0, None),), begins=frozenset({1})) == "holds"


def test_a_goal_reached_again_and_again_on_a_loop_holds() -> None:
    assert outcome(fair=((1, 0),), holds=frozenset({1})) == "holds"


def test_a_fair_step_that_changes_nothing_does_not_move_on() -> None:
    result = judged(fair=((0, None),), holds=frozenset({1}))
    assert result.outcome == "violated"
    assert result.trace is not None
    assert [str(step) for step, _ in result.trace.steps] == ["fair_step(fair_targets=(0, None))"]


def test_a_fair_step_that_changes_nothing_does_not_keep_another_waiting() -> None:
    assert outcome(fair=((0, None), (1, None)), holds=frozenset({1})) == "holds"


def test_a_loop_must_serve_every_fair_step_in_it() -> None:
    """Both steps are always enabled; the loop of a shortest walk alone would be unfair to one."""
    forward, jumping = (1, 2, 0), (0, 2, 2)
    result = judged(fair=(forward, jumping), begins=frozenset({0}), holds=frozenset({3}))
    assert result.outcome == "violated"
    assert result.trace is not None
    assert len({step for step, _ in result.trace.steps[result.trace.loop :]}) == 2


def test_the_way_to_the_loop_is_a_shortest_one() -> None:
    long_way, short_way = (1, 2, 3, None, None), (4, None, None, None, 3)
    result = judged(fair=(long_way, short_way), holds=frozenset())
    assert result.trace is not None
    assert [state.at for state in result.trace.states] == [0, 4, 3]


def test_the_way_to_the_loop_is_counted_in_steps_and_not_in_order_of_discovery() -> None:
    firsts = tuple((n, *[None] * 6) for n in (1, 2, 3, 4))
    low_numbers, high_number = (None, 2, 3, 5, 1, None, 5), (None, None, None, None, 6, None, None)
    result = judged(loose=firsts, fair=(low_numbers, high_number), begins=frozenset({4}))
    assert result.trace is not None
    assert [state.at for state in result.trace.states] == [0, 4, 6, 5]


def test_the_way_to_the_beginning_counts_as_well() -> None:
    moving, turning = (1, 2, 3, None, 5, 6, 3), (4, *[None] * 6)
    result = judged(
        fair=(moving,), loose=(turning,), begins=frozenset({0, 6}), holds=frozenset({4, 5})
    )
    assert result.trace is not None
    assert [state.at for state in result.trace.states] == [0, 1, 2, 3]


class Clocks(Machine[Node]):
    """A clock that may stop between ticks, for properties without `after` and with two values."""

    stops: bool = True

    def initial(self) -> list[Node]:
        return [Node(0)]

    def domains(self) -> dict[str, range]:
        return {"hand": range(2), "other": range(2)}

    @action(writes=("at",))
    def tick(self, state: Node) -> Node:
        return Node(1 - state.at)

    @tick.guard
    def can_tick(self, state: Node) -> bool:
        return state.at == 0 or not self.stops

    @eventually
    def ticks(self, state: Node) -> bool:
        return state.at == 1

    def points(self, state: Node, hand: int, other: int) -> bool:
        return state.at == hand

    @eventually(after="points", of=("hand", "other"))
    def meets(self, state: Node, hand: int, other: int) -> bool:
        return state.at == other


@pytest.mark.parametrize(("stops", "expected"), [(True, "hand=1, other=0"), (False, "")])
def test_a_property_of_two_parameters_is_claimed_for_every_pair(stops: bool, expected: str) -> None:
    result = check(Clocks(stops=stops)).property("meets")
    assert result.instance == expected
    assert result.outcome == ("violated" if stops else "holds")


def test_without_a_beginning_the_goal_must_come_again_and_again() -> None:
    assert check(Clocks(stops=True)).property("ticks").outcome == "holds"  # for good
    assert check(Clocks(stops=False)).property("ticks").outcome == "holds"  # again and again

    class Stuck(Clocks):
        def ticks(self, state: Node) -> bool:
            return state.at == 0

    assert check(Stuck(stops=True)).property("ticks").outcome == "violated"
    assert check(Stuck(stops=False)).property("ticks").outcome == "holds"
