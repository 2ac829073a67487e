"""The checker against slow and plain answers, on graphs that Hypothesis draws."""

from __future__ import annotations

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.model import naive
from tests.model.machines.drawn import Drawn, Targets
from zokio.model import check, explore

NODES = 5
nodes = st.integers(0, NODES - 1)


def tables(most: int) -> st.SearchStrategy[tuple[Targets, ...]]:
    table = st.lists(st.none() | nodes, min_size=NODES, max_size=NODES).map(tuple)
    return st.lists(table, max_size=most).map(tuple)


machines = st.builds(
    Drawn,
    start=st.lists(nodes, min_size=1, max_size=2).map(tuple),
    fair=tables(3),
    loose=tables(2),
    begins=st.frozensets(nodes),
    holds=st.frozensets(nodes, max_size=2),
    avoided=st.frozensets(nodes, min_size=1, max_size=2),
)


@given(machines)
def test_the_search_finds_every_state_and_transition_once(machine: Drawn) -> None:
    report = check(machine)
    states, transitions = naive.reachable(machine)
    assert (report.states, report.transitions) == (len(states), transitions)
    assert sum(report.action_counts.values()) == transitions
    graph = explore(machine)
    assert set(graph.states) == states
    assert len(graph.states) == len(states)


@given(machines)
def test_every_state_is_reached_by_a_shortest_path(machine: Drawn) -> None:
    graph = explore(machine)
    for number, state in enumerate(graph.states):
        trace = graph.trace(graph.path(number))
        naive.assert_is_run(machine, trace)
        assert trace.states[-1] == state
        shortest = naive.distance(machine, state.__eq__)
        assert len(trace.steps) == graph.depth_of(number) == shortest
    assert graph.depth == max(map(graph.depth_of, range(len(graph.states))))


@given(machines)
def test_a_violation_of_always_is_a_shortest_one(machine: Drawn) -> None:
    report = check(machine)
    always, sometimes = report.property("avoids"), report.property("arrives")
    shortest = naive.distance(machine, machine.arrives)
    assert always.outcome == ("holds" if shortest is None else "violated")
    assert sometimes.outcome == ("violated" if shortest is None else "holds")
    if shortest is not None:
        assert always.trace is not None
        naive.assert_is_run(machine, always.trace)
        assert machine.arrives(always.trace.states[-1])
        assert len(always.trace.steps) == shortest
        assert sometimes.trace == always.trace


# Most graphs have no starving run: draw more of them than a profile does for a developer.
@settings(max_examples=max(200, settings().max_examples))
@given(machines)
def test_progress_is_judged_as_by_walking_with_what_is_owed(machine: Drawn) -> None:
    result = check(machine).property("gets_there")
    prefix = naive.starving_prefix(machine, machine.has_begun, machine.gets_there)
    event("holds" if prefix is None else "violated")
    assert result.outcome == ("holds" if prefix is None else "violated")
    if prefix is not None:
        assert result.trace is not None
        assert result.trace.loop == prefix
        naive.assert_starves(machine, result.trace, machine.has_begun, machine.gets_there)


@given(machines, st.integers(1, NODES))
def test_a_search_that_is_cut_never_says_what_is_not_so(machine: Drawn, states_max: int) -> None:
    whole, cut = check(machine), check(machine, states_max=states_max)
    if whole.states <= states_max:
        assert cut.outcome == whole.outcome
        return
    assert cut.outcome in {"incomplete", "violated"}
    for result in cut.properties:
        assert result.outcome in {"incomplete", whole.property(result.name).outcome}
