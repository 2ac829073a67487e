"""What `RuntimeConfig.numa` means for the workers of a runtime.

    "off"    the topology is not read; nobody is bound; one ring of victims
    "auto"   nobody is bound; thieves look first at the workers last seen on their core and node.
             On one node there is nothing to prefer: the same as "off", and `text` says so
    "pin"    every worker is bound to its place (`pin`), and thieves know who is near

A plan never changes; `moved` makes a new one. Who keeps it, and when a worker says where it is, is
the runtime's. See docs/decisions/0021-where-workers-run.md.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from zokio.env.affinity import CAN_BIND, bind_thread
from zokio.env.topology import Cpu, Topology, read_topology
from zokio.errors import UsageError
from zokio.scheduler.placement import WorkerPlace, only, placement, victims

LOGGER = logging.getLogger("zokio")
NUMA_POLICIES: Final = ("auto", "pin", "off")


@dataclass(frozen=True, slots=True)
class NumaPlan:
    """Where the workers of one runtime are, and whether they are held there.

    Attributes:
        places: of the workers, in the order of their numbers.
        topology: what it rests on; of "off" and of one node a topology in which all are equal.
        bound: whether each worker has to call `pin` for its place, before anything else.
        watched: whether a worker is to say where it runs, by `moved`.
        text: one sentence for people: what was found, and what follows.
    """

    places: tuple[WorkerPlace, ...]
    topology: Topology
    bound: bool
    watched: bool
    text: str

    def victims(self, worker: int) -> tuple[tuple[int, ...], ...]:
        """Whom this worker may rob, as rings, the nearest ring first; see `rotated`."""
        return victims(self.places[worker], self.places, self.topology)

    def moved(self, worker: int, number: int | None) -> NumaPlan:
        """The plan after a worker was seen on the CPU of that number.

        The same plan where it makes no difference: nobody watches, or the CPU is not known.
        """
        seen = next((cpu for cpu in self.topology.cpus if cpu.number == number), None)
        if not self.watched or seen is None or seen == self.places[worker].cpu:
            return self
        places = list(self.places)
        places[worker] = WorkerPlace(worker, seen, only(seen))
        return replace(self, places=tuple(places))


def make_plan(policy: str, workers: int, read: Callable[[], Topology] = read_topology) -> NumaPlan:
    """The plan of a runtime with `workers` workers, one at least.

    Raises:
        UsageError: "pin" on a platform that does not bind threads.
    """
    if policy == "off":
        text = "numa=off: workers are not bound, and rob each other in turn"
        return _indifferent(workers, text)
    if policy == "pin" and not CAN_BIND:
        raise UsageError(
            'RuntimeConfig(numa="pin"): this platform does not bind threads; use numa="auto"'
        )
    topology = read()
    found = describe(topology)
    if policy == "pin":
        held = "with a CPU each" if workers <= len(topology.cpus) else "with a node each"
        text = f"numa=pin: {found}; {workers} workers are bound, {held}"
        return NumaPlan(placement(topology, workers), topology, True, False, text)
    if len(topology.nodes) == 1:
        text = f"numa=auto: {found}; there is nothing to do: workers are not bound"
        return _indifferent(workers, text)
    text = f"numa=auto: {found}; workers are not bound, and rob first who was seen on their node"
    return NumaPlan(placement(topology, workers), topology, False, True, text)


def _indifferent(workers: int, text: str) -> NumaPlan:
    """A plan in which every worker is as near to every other one."""
    topology = Topology(tuple(Cpu(number, number, 0) for number in range(workers)))
    return NumaPlan(placement(topology, workers), topology, False, False, text)


def describe(topology: Topology) -> str:
    """What was found, in a few words: "2 NUMA nodes, 8 CPUs, 4 cores"."""
    cores = len({cpu.core for cpu in topology.cpus})
    counts = (len(topology.nodes), "NUMA node"), (len(topology.cpus), "CPU"), (cores, "core")
    words = ", ".join(f"{count} {word}{'s' if count > 1 else ''}" for count, word in counts)
    return f"{words} ({topology.note})" if topology.note else words


def pin(place: WorkerPlace) -> bool:
    """Bind the calling thread to a place. A refusal is logged, and the thread runs unbound.

    Returns:
        Whether it is bound.
    """
    try:
        bind_thread(place.binding)
    except OSError as error:
        cpus = ", ".join(map(str, sorted(place.binding)))
        LOGGER.warning("worker %d runs unbound: CPU %s: %s", place.worker, cpus, error)
        return False
    return True
