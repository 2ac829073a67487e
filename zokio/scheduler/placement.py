"""Where workers run, and in which order they look for work to steal. Pure functions.

`placement` gives each of N workers a CPU: one node after the other, in each node one CPU of every
core first, and SMT siblings only when every core of every node has a worker. With more workers
than CPUs nobody has one to itself: then a worker is given its whole node, and the system shares it
better than a fixed plan would.

`victims` orders the others by how near they are: the same core (they share its caches), the same
node, then the other nodes by their distance. Those that are equally near form one ring, which a
thief enters where chance says (`rotated`): if all thieves went round in one order, they would meet
at the same victim.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

from zokio.env.topology import Cpu, Topology


@dataclass(frozen=True, slots=True)
class WorkerPlace:
    """Where a worker is meant to run, or was seen last.

    Attributes:
        worker: its number.
        cpu: the CPU, with its core and its node.
        binding: the CPUs to bind it to, if it is bound.
    """

    worker: int
    cpu: Cpu
    binding: frozenset[int]


def placement(topology: Topology, workers: int) -> tuple[WorkerPlace, ...]:
    """A place for each of `workers` workers."""
    chosen = islice(cycle(_in_order_of_use(topology)), workers)
    crowded = workers > len(topology.cpus)
    return tuple(
        WorkerPlace(worker, cpu, node_cpus(topology, cpu.node) if crowded else only(cpu))
        for worker, cpu in enumerate(chosen)
    )


def only(cpu: Cpu) -> frozenset[int]:
    """The binding to one CPU."""
    return frozenset({cpu.number})


def node_cpus(topology: Topology, node: int) -> frozenset[int]:
    """The usable CPUs of a node."""
    return frozenset(cpu.number for cpu in topology.cpus if cpu.node == node)


def _in_order_of_use(topology: Topology) -> list[Cpu]:
    """The CPUs, the one to use first in front."""
    cores: dict[int, dict[int, list[Cpu]]] = {node: {} for node in topology.nodes}
    for cpu in topology.cpus:
        cores[cpu.node].setdefault(cpu.core, []).append(cpu)
    ranked = [
        (sibling, place, node, cpu)
        for node, cores_of_node in cores.items()
        for place, siblings in enumerate(cores_of_node.values())
        for sibling, cpu in enumerate(siblings)
    ]
    return [cpu for *_, cpu in sorted(ranked, key=lambda entry: entry[:3])]


def victims(
    place: WorkerPlace, places: Sequence[WorkerPlace], topology: Topology
) -> tuple[tuple[int, ...], ...]:
    """The other workers as rings, the nearest ring first.

    Within a ring they stand in the order of their numbers, beginning behind the thief's own.
    """
    rings: dict[int, list[int]] = {}
    behind = [p for p in places if p.worker > place.worker]
    before = [p for p in places if p.worker < place.worker]
    for other in behind + before:
        rings.setdefault(_remoteness(place.cpu, other.cpu, topology), []).append(other.worker)
    return tuple(tuple(rings[remoteness]) for remoteness in sorted(rings))


def _remoteness(one: Cpu, other: Cpu, topology: Topology) -> int:
    if one.node != other.node:
        return 2 + topology.distance(one.node, other.node)
    return 0 if one.core == other.core else 1


def rotated(rings: Sequence[Sequence[int]], start: int) -> Iterator[int]:
    """Every victim once, ring after ring, each entered at its place `start` (modulo its length).

    `start` comes from `choose("victim", workers - 1)`, anew for each search.
    """
    for ring in rings:
        at = start % len(ring)
        yield from ring[at:]
        yield from ring[:at]
