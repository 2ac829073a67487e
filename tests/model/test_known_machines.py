"""The checker against machines whose answers are known from elsewhere."""

from __future__ import annotations

import pytest

from tests.model.machines.locks import SpinLock, TicketLock
from tests.model.machines.peterson import BlindPeterson, Peterson, RudePeterson, State
from tests.model.machines.philosophers import OrderedPhilosophers, Philosophers
from tests.model.machines.two_phase import TwoPhase
from tests.model.naive import assert_is_run, assert_starves
from zokio.model import Report, check


@pytest.mark.parametrize(
    ("managers", "states", "transitions", "depth"), [(3, 288, 1_145, 10), (5, 8_832, 58_145, 16)]
)
def test_two_phase_commit_has_its_published_counts(
    managers: int, states: int, transitions: int, depth: int
) -> None:
    report = check(TwoPhase(managers=managers))
    assert (report.states, report.transitions, report.depth) == (states, transitions, depth)
    assert report.outcome == "holds"


def forks_by_depth_first_search(seats: int, *, ordered: bool) -> tuple[int, int, int]:
    """Count states, transitions and deadlocks of the table, with forks as bits and no checker."""
    takes = []
    for seat in range(seats):
        left, right = seat, (seat + 1) % seats
        takes.append((max(left, right), min(left, right)) if ordered else (right, left))
    found: set[tuple[tuple[int, ...], ...]] = set()
    transitions = deadlocks = 0
    todo: list[tuple[tuple[int, ...], ...]] = [tuple(() for _ in range(seats))]
    while todo:
        hands = todo.pop()
        if hands in found:
            continue
        found.add(hands)
        held = {fork for hand in hands for fork in hand}
        nexts = []
        for seat, hand in enumerate(hands):
            second, first = takes[seat]
            after = () if len(hand) == 2 else (*hand, second if hand else first)
            if len(hand) == 2 or after[-1] not in held:
                nexts.append((*hands[:seat], after, *hands[seat + 1 :]))
        transitions += len(nexts)
        deadlocks += not nexts
        todo += nexts
    return len(found), transitions, deadlocks


@pytest.mark.parametrize("seats", [2, 3, 4, 5])
def test_philosophers_who_take_the_left_fork_first_deadlock(seats: int) -> None:
    machine = Philosophers(seats=seats)
    report = check(machine)
    states, transitions, deadlocks = forks_by_depth_first_search(seats, ordered=False)
    assert (report.states, report.transitions) == (states, transitions)
    assert deadlocks == 1
    result = report.property("no_deadlock")
    assert result.outcome == report.outcome == "violated"
    assert result.trace is not None
    assert_is_run(machine, result.trace)
    assert len(result.trace.steps) == seats
    assert result.trace.states[-1].holds == (1,) * seats


@pytest.mark.parametrize("seats", [2, 3, 4, 5])
def test_philosophers_who_order_their_forks_do_not_deadlock(seats: int) -> None:
    report = check(OrderedPhilosophers(seats=seats))
    states, transitions, deadlocks = forks_by_depth_first_search(seats, ordered=True)
    assert (report.states, report.transitions, deadlocks) == (states, transitions, 0)
    assert report.outcome == "holds"


def test_petersons_mutual_exclusion_is_right() -> None:
    report = check(Peterson())
    assert report.outcome == "holds", report.text()
    outcomes = {result.name: result.outcome for result in report.properties}
    assert outcomes == {
        "one_at_a_time": "holds",
        "both_wait": "holds",
        "gets_in": "holds",
        "nobody_ever_enters": "violated",
        "both_are_inside": "violated",
        "gets_in_without_trying": "violated",
    }


def shortest_violation(report: Report, name: str) -> tuple[list[str], State]:
    trace = report.property(name).trace
    assert trace is not None
    return [str(step) for step, _ in trace.steps], trace.states[-1]


def test_a_wrong_guard_lets_two_in_after_exactly_six_steps() -> None:
    report = check(BlindPeterson())
    steps, last = shortest_violation(report, "one_at_a_time")
    assert report.outcome == "violated"
    assert sorted(steps) == [
        f"{name}(process={process})"
        for name in ("enter", "give_way", "raise_flag")
        for process in (0, 1)
    ]
    assert last.at == ("inside", "inside")


def test_a_wrong_effect_lets_two_in_after_exactly_six_steps() -> None:
    report = check(RudePeterson())
    steps, last = shortest_violation(report, "one_at_a_time")
    assert len(steps) == 6
    assert steps[-2].startswith("give_way") or steps[-1].startswith("enter")
    assert last.at == ("inside", "inside")


def test_weak_fairness_does_not_save_who_is_enabled_again_and_again_only() -> None:
    machine = SpinLock()
    result = check(machine).property("gets_in")
    assert (result.outcome, result.instance) == ("violated", "process=0")
    assert result.trace is not None
    assert_starves(
        machine,
        result.trace,
        lambda state: machine.waits(state, 0),
        lambda state: machine.gets_in(state, 0),
    )
    loop = [step.name for step, _ in result.trace.steps[result.trace.loop :]]
    assert set(loop) == {"ask", "take", "release"}


def test_a_queue_saves_everybody() -> None:
    report = check(TicketLock(processes=3))
    assert report.outcome == "holds", report.text()
