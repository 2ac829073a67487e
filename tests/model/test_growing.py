"""Growing configurations: the smallest first, each searched whole, and a limit is no pass."""

from __future__ import annotations

from itertools import count
from typing import NamedTuple

from tests.model.machines.two_phase import TwoPhase
from zokio.model import Machine, action, always, check_growing
from zokio.model.growing import larger


class Counters(NamedTuple):
    """Two counters."""

    left: int
    right: int


class TwoCounters(Machine[Counters]):
    """Two counters, of which the right one must not come to three."""

    left: int = 1
    right: int = 1
    loud: bool = False

    def initial(self) -> list[Counters]:
        return [Counters(0, 0)]

    @action(writes=("left",), reads=("left",))
    def count_left(self, state: Counters) -> Counters:
        return state._replace(left=state.left + 1)

    @count_left.guard
    def can_count_left(self, state: Counters) -> bool:
        return state.left < 9 * self.left

    @action(writes=("right",), reads=("right",))
    def count_right(self, state: Counters) -> Counters:
        return state._replace(right=state.right + 1)

    @count_right.guard
    def can_count_right(self, state: Counters) -> bool:
        return state.right < self.right

    @always
    def the_right_one_is_small(self, state: Counters) -> bool:
        return state.right < 3

    @always(canary="the_right_one_is_small")
    def the_right_one_stands(self, state: Counters) -> bool:
        return state.right == 0


class Alone(Machine[Counters]):
    """Nothing in it can grow."""

    mode: str = "fast"

    def initial(self) -> list[Counters]:
        return [Counters(0, 0)]

    @action(writes=(), reads=())
    def stay(self, state: Counters) -> Counters:
        return state


def test_every_integer_constant_is_raised_by_one_and_no_other_kind() -> None:
    assert {name: repr(each) for name, each in larger(TwoCounters()).items()} == {
        "left": "TwoCounters(left=2, right=1, loud=False)",
        "right": "TwoCounters(left=1, right=2, loud=False)",
    }


def test_the_configuration_expected_to_be_smallest_comes_first_until_one_is_wrong() -> None:
    found = [(repr(each), report) for each, report in check_growing(TwoCounters(), seconds=9e9)]
    # Raised on the left (38), which then promises 72; so on the right (30), which promises 45.
    assert [report.states for _, report in found] == [20, 38, 30, 40]
    assert found[-1][0] == "TwoCounters(left=1, right=3, loud=False)"
    assert [report.outcome for _, report in found] == ["holds", "holds", "holds", "violated"]


def test_the_known_sizes_of_two_phase_commit_are_met_on_the_way() -> None:
    reports = [
        each for _, each in check_growing(TwoPhase(managers=3), seconds=9e9, states_max=9000)
    ]
    assert [report.states for report in reports[:3]] == [288, 1568, 8832]
    assert [report.outcome for report in reports] == ["holds", "holds", "holds", "incomplete"]
    assert reports[-1].cut == "states_max"


def test_when_the_time_is_up_the_search_is_cut_and_no_other_one_begins() -> None:
    ticks = count()
    found = list(check_growing(TwoPhase(managers=5), seconds=2, now=lambda: float(next(ticks))))
    assert [report.outcome for _, report in found] == ["holds", "incomplete"]
    assert found[-1][1].cut == "seconds_max"


def test_the_first_configuration_is_searched_whole_whatever_the_time() -> None:
    ticks = count(step=100)
    found = list(check_growing(TwoPhase(managers=3), seconds=1, now=lambda: float(next(ticks))))
    assert [report.outcome for _, report in found] == ["holds"]


def test_a_machine_without_integer_constants_has_only_itself() -> None:
    assert [repr(each) for each, _ in check_growing(Alone(), seconds=9e9)] == ["Alone(mode='fast')"]
