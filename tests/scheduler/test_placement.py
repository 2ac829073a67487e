"""Workers are spread over nodes and cores, and look for work near them first."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from zokio.env.topology import Cpu, Topology
from zokio.scheduler.placement import WorkerPlace, placement, rotated, victims

# Two nodes of two cores with two threads each, numbered as servers do it.
SERVER = Topology(tuple(Cpu(n, n % 4, n % 2) for n in range(8)))


@st.composite
def topologies(draw: st.DrawFn) -> Topology:
    """Any numbers of nodes, of cores in each and of threads in each of these, with holes."""
    numbers = iter(range(10_000))
    cpus = []
    for node in draw(st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)):
        for threads in draw(st.lists(st.integers(1, 3), min_size=1, max_size=4)):
            siblings = [next(numbers) * 3 for _ in range(threads)]
            cpus += [Cpu(sibling, siblings[0], node) for sibling in siblings]
    return Topology(tuple(cpus))


def cpus_of(places: tuple[WorkerPlace, ...]) -> list[int]:
    return [place.cpu.number for place in places]


def test_workers_are_spread_over_nodes_then_cores_and_siblings_come_last() -> None:
    assert cpus_of(placement(SERVER, 8)) == [0, 1, 2, 3, 4, 5, 6, 7]
    packed = Topology(tuple(Cpu(n, n - n % 2, n // 4) for n in range(8)))  # siblings are neighbours
    assert cpus_of(placement(packed, 8)) == [0, 4, 2, 6, 1, 5, 3, 7]


def test_a_larger_node_takes_the_rest_before_any_sibling_is_used() -> None:
    small = [Cpu(0, 0, 0), Cpu(1, 0, 0)]
    large = [Cpu(n, n, 5) for n in range(2, 5)]
    assert cpus_of(placement(Topology((*small, *large)), 5)) == [0, 2, 3, 4, 1]


def test_a_worker_that_has_a_cpu_to_itself_is_bound_to_it() -> None:
    assert [place.binding for place in placement(SERVER, 3)] == [{0}, {1}, {2}]
    assert all(len(place.binding) == 1 for place in placement(SERVER, 8))


def test_more_workers_than_cpus_share_their_nodes() -> None:
    places = placement(SERVER, 9)
    assert {place.binding for place in places} == {frozenset({0, 2, 4, 6}), frozenset({1, 3, 5, 7})}
    assert [place.cpu.node for place in places] == [0, 1, 0, 1, 0, 1, 0, 1, 0]


@given(topologies(), st.integers(1, 40))
def test_nobody_gets_a_second_thread_of_a_core_while_a_core_is_free(
    machine: Topology, workers: int
) -> None:
    places = placement(machine, workers)
    assert [place.worker for place in places] == list(range(workers))
    cores = {cpu.core for cpu in machine.cpus}
    used = Counter(place.cpu.core for place in places)
    assert len(used) == min(workers, len(cores))
    assert all(place.cpu.number in place.binding for place in places)
    assert all(place.binding <= {cpu.number for cpu in machine.cpus} for place in places)
    shared = Counter(place.cpu.number for place in places)
    assert max(shared.values()) == -(-workers // len(machine.cpus))


@given(topologies(), st.integers(1, 40))
def test_no_node_stays_empty_while_another_one_has_two_workers(
    machine: Topology, workers: int
) -> None:
    used = {place.cpu.node for place in placement(machine, workers)}
    assert len(used) == min(workers, len(machine.nodes))


def test_siblings_are_robbed_first_then_the_node_then_the_others() -> None:
    places = placement(SERVER, 8)
    assert victims(places[0], places, SERVER) == ((4,), (2, 6), (1, 3, 5, 7))
    assert victims(places[5], places, SERVER) == ((1,), (7, 3), (6, 0, 2, 4))


def test_nearer_nodes_come_before_farther_ones_and_equal_ones_are_one_ring() -> None:
    far = {(0, 1): 32, (0, 2): 12, (0, 3): 32}
    machine = Topology(tuple(Cpu(n, n, n) for n in range(4)), far)
    places = placement(machine, 4)
    assert victims(places[0], places, machine) == ((2,), (1, 3))


def test_a_node_that_claims_to_be_nearer_than_itself_still_comes_after_the_own_one() -> None:
    machine = Topology((Cpu(0, 0, 0), Cpu(1, 1, 1), Cpu(2, 2, 0)), {(0, 1): 1})
    places = placement(machine, 3)
    assert [place.cpu.number for place in places] == [0, 1, 2]
    assert victims(places[0], places, machine) == ((2,), (1,))


def test_workers_that_share_a_cpu_are_the_nearest() -> None:
    places = placement(SERVER, 10)
    assert victims(places[0], places, SERVER)[0] == (4, 8)


def test_a_single_worker_has_no_victims() -> None:
    (alone,) = placement(SERVER, 1)
    assert victims(alone, (alone,), SERVER) == ()
    assert list(rotated((), 3)) == []


def test_thieves_of_one_ring_begin_behind_themselves() -> None:
    machine = Topology(tuple(Cpu(n, n, 0) for n in range(4)))
    places = placement(machine, 4)
    orders = [victims(place, places, machine) for place in places]
    assert orders == [((1, 2, 3),), ((2, 3, 0),), ((3, 0, 1),), ((0, 1, 2),)]


@given(topologies(), st.integers(1, 12), st.integers(0, 100))
def test_a_search_meets_everybody_else_once_and_nobody_before_those_who_are_nearer(
    machine: Topology, workers: int, start: int
) -> None:
    places = placement(machine, workers)
    for place in places:
        met = list(rotated(victims(place, places, machine), start))
        assert sorted([*met, place.worker]) == list(range(workers))
        near = [places[other].cpu.node == place.cpu.node for other in met]
        assert near == sorted(near, reverse=True)
        same = [places[other].cpu.core == place.cpu.core for other in met]
        assert same == sorted(same, reverse=True)


def test_a_search_enters_each_ring_where_it_is_told() -> None:
    rings = ((4,), (2, 6), (1, 3, 5, 7))
    assert list(rotated(rings, 0)) == [4, 2, 6, 1, 3, 5, 7]
    assert list(rotated(rings, 1)) == [4, 6, 2, 3, 5, 7, 1]
    assert list(rotated(rings, 6)) == [4, 2, 6, 5, 7, 1, 3]
