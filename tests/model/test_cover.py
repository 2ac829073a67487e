"""Edge covers of graphs drawn at random, and of small ones where the best walks are known."""

from __future__ import annotations

from random import Random

import pytest

from tests.model.machines.locks import TicketLock
from tests.model.machines.tabled import At, drawn_table, ring, tabled
from zokio.model import EdgeWalk, ModelError, edge_cover, explore
from zokio.model.cover import edges_of, first_ways, out_edges
from zokio.model.graph import Graph

SEEDS = range(60)


def checked_cover(
    graph: Graph[At], without: frozenset[int] = frozenset(), steps_max: int = 400
) -> list[EdgeWalk]:
    """The walks, each of which is shown to be a path from an initial state."""
    edges = edges_of(graph)
    walks = list(edge_cover(graph, without=without, steps_max=steps_max))
    for walk in walks:
        assert walk.start < graph.initial
        here = walk.start
        for edge in walk.edges:
            assert edges.offsets[here] <= edge < edges.offsets[here + 1], "not an edge from here"
            here = edges.targets[edge]
    return walks


def covered(walks: list[EdgeWalk]) -> set[int]:
    return {edge for walk in walks for edge in walk.edges}


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cover_of_a_random_graph_takes_every_edge(seed: int) -> None:
    graph = explore(drawn_table(Random(f"cover {seed}")), edges=True)
    assert covered(checked_cover(graph)) == set(range(len(edges_of(graph).targets)))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cover_takes_every_edge_that_can_be_reached_without_the_forbidden_ones(
    seed: int,
) -> None:
    random = Random(f"forbidden {seed}")
    graph = explore(drawn_table(random), edges=True)
    count = len(edges_of(graph).targets)
    without = frozenset(edge for edge in range(count) if random.random() < 0.2)
    reachable = closure(graph, without)
    out = out_edges(graph, without)
    assert covered(checked_cover(graph, without)) == {e for n in reachable for e in out[n]}


def closure(graph: Graph[At], without: frozenset[int]) -> set[int]:
    """The states that can be reached, naively: until nothing is added."""
    edges, reached, size = edges_of(graph), set(range(graph.initial)), 0
    while len(reached) > size:
        size = len(reached)
        for number in list(reached):
            span = range(edges.offsets[number], edges.offsets[number + 1])
            reached.update(edges.targets[edge] for edge in span if edge not in without)
    return reached


@pytest.mark.parametrize("seed", SEEDS)
def test_a_walk_ends_so_many_steps_after_its_first_new_edge(seed: int) -> None:
    graph = explore(drawn_table(Random(f"limit {seed}")), edges=True)
    taken: set[int] = set()
    for walk in checked_cover(graph, steps_max=5):
        new = [place for place, edge in enumerate(walk.edges) if edge not in taken]
        assert len(walk.edges) <= new[0] + 5
        taken.update(walk.edges)
    assert taken == set(range(len(edges_of(graph).targets)))


@pytest.mark.parametrize("seed", SEEDS)
def test_first_ways_are_shortest(seed: int) -> None:
    graph = explore(drawn_table(Random(f"ways {seed}")), edges=True)
    ways = first_ways(graph, out_edges(graph, ()))
    assert set(ways) == set(range(len(graph.states)))
    for number in ways:
        length, here = 0, number
        while ways[here][1] >= 0:
            length, here = length + 1, ways[here][0]
        assert length == graph.depth_of(number)


def test_the_cover_is_the_same_in_every_run() -> None:
    machine = drawn_table(Random("twice"))
    first, second = (list(edge_cover(explore(machine, edges=True))) for _ in range(2))
    assert first == second


def test_a_ring_is_walked_around_once() -> None:
    (walk,) = edge_cover(explore(ring(30), edges=True))
    assert list(walk.edges) == list(range(30))


def test_a_ring_that_is_longer_than_a_walk_is_walked_in_parts() -> None:
    walks = list(edge_cover(explore(ring(30), edges=True), steps_max=12))
    assert [len(walk.edges) for walk in walks] == [12, 24, 30]


@pytest.mark.parametrize(("restart_steps", "lengths"), [(3, [51, 1]), (100, [101])])
def test_it_begins_anew_where_going_on_is_longer(restart_steps: int, lengths: list[int]) -> None:
    # Two more edges at the beginning of a long way around: after one of them, the other is far.
    table = {**ring(50).table, (0, "too"): 1, (0, "also"): 1}
    walks = edge_cover(explore(tabled(table), edges=True), restart_steps=restart_steps)
    assert [len(walk.edges) for walk in walks] == lengths


def test_of_an_incomplete_graph_the_known_edges_are_covered() -> None:
    graph = explore(TicketLock(processes=3), edges=True, states_max=5)
    assert not graph.complete
    taken = {edge for walk in edge_cover(graph) for edge in walk.edges}
    assert taken == set(range(len(edges_of(graph).targets)))


def test_a_graph_without_edges_is_refused() -> None:
    with pytest.raises(ModelError, match="has no edges: explore"):
        edge_cover(explore(ring(3)))
