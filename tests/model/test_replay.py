"""Replays of small tables by something that follows them, with planted bugs and wrong excuses."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.model.machines.locks import TicketLock
from tests.model.machines.tabled import At, Follower, Tabled, drawn_table, ring, tabled
from tests.model.toy import BrokenInside, LockAdapter, UnfairQueue
from zokio.model import (
    DivergenceError,
    EdgeReplay,
    Excuse,
    ExcuseError,
    ReplayReport,
    explore,
    merged,
    replay,
    sometimes,
)

SEEDS = range(25)
GRAPH = drawn_table(Random("replay"))
EDGES = sorted(
    (state.place, str(step.arguments[0]))
    for state in explore(GRAPH).states
    for step in GRAPH.enabled(state)
)


class WatchedRing(Tabled):
    """Says what should be seen."""

    @sometimes
    def begins(self, state: At) -> bool:
        return state.place == 0

    @sometimes
    def is_far(self, state: At) -> bool:
        return state.place == 99


def at(place: int, label: str, reason: str = "It never does.") -> Excuse[At]:
    """The excuse of one edge."""
    return Excuse(reason, lambda state, step: (state.place, step.arguments[0]) == (place, label))


def without(machine: Tabled, *edges: tuple[int, str]) -> Follower:
    """A follower that cannot take some edges of a machine."""
    return Follower({edge: to for edge, to in machine.table.items() if edge not in edges})


@pytest.mark.parametrize("seed", SEEDS)
def test_whoever_follows_the_table_takes_every_edge(seed: int) -> None:
    machine = drawn_table(Random(f"right {seed}"))
    follower = Follower(machine.table)
    report = replay(machine, follower)
    count = sum(explore(machine).fired)
    assert (report.outcome, report.replayed, report.edges) == ("complete", count, count)
    assert len(set(follower.taken)) == count
    assert len(follower.taken) == report.steps == report.witness.actions["go"]
    assert follower.running == 0


def test_a_real_lock_takes_every_edge_and_what_was_seen_is_told() -> None:
    report = replay(TicketLock(processes=3), LockAdapter())
    assert report.outcome == "complete"
    assert set(report.witness.actions) == {"ask", "take", "release"}
    assert report.to_json()["replayed"] == report.edges > 0


def test_a_sometimes_is_seen_where_the_real_system_was_and_nowhere_else() -> None:
    machine = WatchedRing(table=ring(3).table, labels=("on",))
    report = replay(machine, Follower(machine.table))
    assert report.witness.sometimes == {"begins"}


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_a_planted_divergence_is_found_at_exactly_its_edge(edge: tuple[int, str]) -> None:
    follower = Follower({**GRAPH.table, edge: 1000})
    with pytest.raises(DivergenceError) as caught:
        replay(GRAPH, follower)
    place, label = edge
    assert (caught.value.expected, caught.value.real) == (At(GRAPH.table[edge]), At(1000))
    assert f"Tabled: after go(label='{label}') the real system differs" in str(caught.value)
    assert follower.taken[-1] == (place, label)
    # Told is the shortest walk that shows it.
    graph = explore(GRAPH)
    depth = graph.depth_of(graph.states.index(At(place)))
    assert f"\n  {depth + 1}. go(label='{label}')" in str(caught.value)
    assert f"\n  {depth + 2}. " not in str(caught.value)
    assert caught.value.__notes__ == [
        f"expected: At(place={GRAPH.table[edge]})\nreal:     At(place=1000)"
    ]
    assert follower.running == 0


def test_a_bug_in_a_queue_and_a_broken_invariant_are_found() -> None:
    with pytest.raises(DivergenceError, match=r"queue\[0\]: model \d, real \d"):
        replay(TicketLock(processes=3), UnfairQueue())
    with pytest.raises(AssertionError, match="process 1 has taken the lock") as caught:
        replay(TicketLock(processes=3), BrokenInside())
    assert "steps so far:\n  1. ask(process=" in caught.value.__notes__[0]


def test_a_bug_that_the_shortest_walk_does_not_show_is_told_with_the_walk_that_did() -> None:
    class Tired(Follower):
        """Goes wrong at its fourth step, wherever that is."""

        def start(self, state: At) -> None:
            super().start(state)
            self.begun = len(self.taken)

        def go(self, label: str) -> None:
            super().go(label)
            if len(self.taken) - self.begun == 4:
                self.place = 1000

    table = {(0, "a"): 0, (0, "b"): 0, (0, "c"): 0, (0, "d"): 0, (0, "e"): 0}
    with pytest.raises(DivergenceError) as caught:
        replay(tabled(table), Tired(table))
    assert "\n  4. go(" in str(caught.value)
    assert caught.value.__notes__ == [
        "The shortest walk to this step does not fail.",
        "expected: At(place=0)\nreal:     At(place=1000)",
    ]


def test_a_system_that_cannot_be_stopped_after_a_failure_does_not_hide_it() -> None:
    class Stuck(Follower):
        def stop(self) -> None:
            raise RuntimeError("it does not stop")

    with pytest.raises(DivergenceError):
        replay(ring(3), Stuck({**ring(3).table, (1, "on"): 7}))
    with pytest.raises(RuntimeError, match="it does not stop"):
        replay(ring(3), Stuck(ring(3).table))


# Excuses

FORK = tabled({(0, "a"): 0, (0, "b"): 1, (1, "a"): 2, (1, "b"): 0, (2, "a"): 2})


def test_an_excused_edge_is_counted_and_so_is_what_only_it_leads_to() -> None:
    follower = without(FORK, (0, "b"))
    report = replay(FORK, follower, excuses=[at(0, "b", "Nobody goes there.")])
    assert report.outcome == "complete"
    assert (report.edges, report.replayed, report.behind) == (5, 1, 3)
    assert report.excused == {"Nobody goes there.": 1}
    assert report.tried == 1
    assert follower.running == 0


def test_an_excuse_that_hides_an_edge_which_can_be_replayed_fails() -> None:
    with pytest.raises(ExcuseError, match=r"go\(label='a'\) in At\(place=1\) is excused, and the"):
        replay(FORK, Follower(FORK.table), excuses=[at(1, "a", "Wrong.")])


def test_an_excuse_that_excuses_nothing_fails() -> None:
    with pytest.raises(ExcuseError, match="this excuse covers no edge, take it away: Idle"):
        replay(FORK, Follower(FORK.table), excuses=[at(7, "a", "Idle.")])


def test_an_excuse_whose_edges_another_one_covers_fails() -> None:
    excuses = [at(0, "b", "First."), at(0, "b", "Second.")]
    with pytest.raises(ExcuseError, match="take it away: Second"):
        replay(FORK, without(FORK, (0, "b")), excuses=excuses)


def test_a_bug_on_the_way_to_an_excused_edge_does_not_pass_for_a_good_excuse() -> None:
    class ForgetsTheSecondTime(Follower):
        """Right in every walk of the cover, wrong on the way to what is excused."""

        def start(self, state: At) -> None:
            super().start(state)
            self.runs = getattr(self, "runs", 0) + 1

        def go(self, label: str) -> None:
            super().go(label)
            if self.runs > walks:
                self.place = 1000

    excuses = [at(1, "a")]
    walks = len(EdgeReplay(FORK, excuses).walks)
    with pytest.raises(DivergenceError):
        replay(FORK, ForgetsTheSecondTime(FORK.table), excuses=excuses)


def test_excuses_that_are_only_reached_through_others_are_behind_them() -> None:
    excuses = [Excuse("No b.", lambda state, step: step.arguments[0] == "b"), at(1, "a")]
    report = replay(FORK, without(FORK, (0, "b"), (1, "b")), excuses=excuses)
    assert (report.replayed, report.excused.total(), report.behind) == (1, 1, 3)
    assert report.outcome == "complete"


# Limits and parts

STAR = tabled({(0, label): place for place, label in enumerate("abcdefg")})


def test_a_limit_on_states_that_was_hit_is_not_a_pass() -> None:
    report = replay(TicketLock(processes=3), LockAdapter(), states_max=5)
    assert report.replayed == report.edges > 0
    assert report.outcome == "incomplete"
    assert report.limits[0].startswith("states_max: stopped after ")


def test_a_limit_on_steps_that_was_hit_is_not_a_pass() -> None:
    report = replay(STAR, Follower(STAR.table), steps_max=2)
    assert 0 < report.replayed < report.edges == 7
    assert (report.outcome, report.limits) == ("incomplete", ["steps_max=2"])


def test_a_part_is_not_the_whole_and_all_parts_are() -> None:
    plan = EdgeReplay(STAR)
    parts = [plan.run(Follower(STAR.table), part=(number, 3)) for number in range(3)]
    assert [part.outcome for part in parts] == ["incomplete"] * 3
    whole, report = merged(parts), replay(STAR, Follower(STAR.table))
    whole.seconds = report.seconds = 0.0
    assert whole == report
    assert whole.outcome == "complete"


def test_parts_try_all_excuses_together() -> None:
    machine = tabled({(0, "a"): 0, (0, "b"): 1, (0, "c"): 2})
    no_way = Excuse[At]("No way.", lambda state, step: step.arguments[0] != "a")
    plan = EdgeReplay(machine, [no_way])
    follower = without(machine, (0, "b"), (0, "c"))
    parts = [plan.run(follower, part=(number, 2)) for number in range(2)]
    assert [part.tried for part in parts] == [1, 1]
    assert [part.outcome for part in parts] == ["incomplete"] * 2
    assert merged(parts).outcome == "complete"


def test_reports_of_different_machines_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="do not add up"):
        merged([replay(each, Follower(each.table)) for each in (ring(2), ring(3))])
    with pytest.raises(ValueError, match="no reports"):
        merged([])


def test_progress_is_told_after_every_walk() -> None:
    told: list[int] = []
    plan = EdgeReplay(GRAPH)
    plan.run(Follower(GRAPH.table), progress=told.append)
    assert told == [len(walk.edges) for walk in plan.walks]
    assert sum(told) == plan.steps


def test_an_adapter_that_lacks_a_method_is_refused() -> None:
    nobody: Any = LockAdapter()  # Any: the mistake, which the types would find as well
    with pytest.raises(TypeError, match=r"cannot be driven by Tabled: it has no go\(\)"):
        replay(ring(2), nobody)


def test_a_report_with_nothing_left_out_but_an_edge_is_incomplete() -> None:
    assert ReplayReport("Nothing()", bytearray(b"\1\1")).outcome == "complete"
    assert ReplayReport("Nothing()", bytearray(b"\1\0")).outcome == "incomplete"
