"""Views: a small graph whole, a large one through some variables, and every arrow a real step."""

from __future__ import annotations

from spec.scheduler import CONFIGURATIONS as SCHEDULERS
from spec.task import TaskMachine
from tests.model.machines.locks import SpinLock
from zokio.model import explore
from zokio.model.views import ARROWS_MAX, NODES_MAX, views


def test_a_small_graph_is_shown_as_it_is() -> None:
    machine = SpinLock()
    (view,) = views(machine)
    graph = explore(machine, edges=True)
    assert view.title == "every reachable state"
    assert len(view.nodes) == len(graph.states)
    assert view.nodes[0] == ["at = ('idle', 'idle')", "queue = ()"]
    arrows = {
        (source, target, str(graph.steps[step]))
        for source in range(len(graph.states))
        for step, target in graph.out(source)
        if source != target
    }
    drawn = {(*ends, label) for ends, labels in view.arrows.items() for label in labels}
    assert drawn == arrows


def test_of_many_tasks_one_is_shown() -> None:
    (view,) = views(TaskMachine(tasks=3))
    assert view.title == "one task, by spawned, owed, polling, done, outcome"
    assert view.initial == {0}
    names = ["; ".join(node) for node in view.nodes]
    polled = names.index("spawned; polling = 1")
    ended = names.index("spawned; polling = 0; done; outcome = 'value'")
    assert view.arrows[polled, ended] == ["end_ready"]
    assert not any(source == ended for source, _ in view.arrows)


def test_a_large_machine_is_shown_in_views_that_a_reader_can_take_in() -> None:
    found = views(SCHEDULERS[0], states_max=3_000)
    assert len(found) > 1
    for view in found:
        assert not view.complete
        assert 2 < len(view.nodes) <= NODES_MAX
        assert len(view.arrows) <= 2 * ARROWS_MAX
    assert any("owner = 'asleep'" in node for view in found for node in view.nodes)


def test_views_are_the_same_in_every_run() -> None:
    assert views(TaskMachine(tasks=2)) == views(TaskMachine(tasks=2))
