"""The topology of the machine: which CPUs this program may use, their cores and NUMA nodes.

    ROOT/devices/system/node/nodeN/cpulist              the CPUs of a node
    ROOT/devices/system/node/nodeN/distance             how far each node is, in the order of nodes
    ROOT/devices/system/cpu/cpuN/topology/core_cpus_list   the threads of a core (SMT siblings);
                                                        older kernels: thread_siblings_list

Guarantees: every CPU of the affinity mask, in which a cgroup's cpuset shows too, is in it exactly
once and no other one is; a node without such CPUs (memory only, or offline) does not count. What
the system does not tell, or tells in a way that cannot be read, never stops a program: the CPUs
then form one node, every CPU is a core of its own, and `note` says why.

It does not know a quota of CPU time (cgroup cpu.max), caches, or CPUs of different speeds, and
does not follow CPUs that come and go later.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SYSFS: Final = Path("/sys")
CPUS_MAX: Final = 65_536
"""More than any kernel has: a list that names a higher number is damaged."""
NEAR: Final = 10
FAR: Final = 20
"""The distances of the ACPI tables: of a node to itself, and to another one if nobody says."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """One CPU as the system schedules on it, a hardware thread.

    Attributes:
        number: as in an affinity mask.
        core: the lowest CPU of its core, usable or not; it names the core in the whole machine.
        node: its NUMA node.
    """

    number: int
    core: int
    node: int


@dataclass(frozen=True, slots=True)
class Topology:
    """The usable CPUs, in order of their numbers.

    Attributes:
        cpus: at least one.
        distances: from node to node; `distance` fills in what is not there.
        note: what the system did not tell, for people; empty when all is known.
    """

    cpus: tuple[Cpu, ...]
    distances: Mapping[tuple[int, int], int] = field(default_factory=dict)
    note: str = ""

    @property
    def nodes(self) -> tuple[int, ...]:
        """The nodes that have usable CPUs, in order."""
        return tuple(sorted({cpu.node for cpu in self.cpus}))

    def distance(self, one: int, other: int) -> int:
        """How far memory of the one node is from CPUs of the other; 10 within a node."""
        return self.distances.get((one, other), NEAR if one == other else FAR)

    def check_invariants(self) -> None:
        """Assert what users of a topology rely on."""
        numbers = [cpu.number for cpu in self.cpus]
        assert numbers, "a program runs on at least one CPU"
        assert numbers == sorted(set(numbers)), "each CPU once, in order"


def usable_cpus() -> Set[int]:
    """The CPUs that the calling thread may run on."""
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return frozenset(range(os.cpu_count() or 1))


def read_topology(root: Path = SYSFS, usable: Set[int] | None = None) -> Topology:
    """Read the topology.

    Args:
        root: the mount point of sysfs, or a tree like it.
        usable: the CPUs to use; those of the calling thread's affinity mask if None.
    """
    cpus = sorted(usable_cpus() if usable is None else usable)
    try:
        node_of = _nodes(root)
        distances = _distances(root)
    except (OSError, ValueError) as error:
        alone = tuple(Cpu(number, number, 0) for number in cpus)
        return Topology(alone, note=f"NUMA nodes and cores are not known ({error})")
    try:
        core_of = {number: _core(root, number) for number in cpus}
    except (OSError, ValueError) as error:
        core_of, note = {}, f"cores are not known ({error})"
    else:
        note = ""
    elsewhere = min(node_of.values(), default=0)
    found = (Cpu(n, core_of.get(n, n), node_of.get(n, elsewhere)) for n in cpus)
    return Topology(tuple(found), distances, note)


def parse_cpu_list(text: str) -> frozenset[int]:
    """The kernel's form of a set of CPUs, such as "0-3,8\\n"; an empty line is the empty set.

    Raises:
        ValueError: it is not of that form.
    """
    cpus: set[int] = set()
    for part in text.strip().split(",") if text.strip() else ():
        first, dash, last = part.partition("-")
        low, high = _number(first, text), _number(last if dash else first, text)
        if low > high:
            raise ValueError(f"{text.strip()!r} is no list of CPUs")
        cpus.update(range(low, high + 1))
    return frozenset(cpus)


def _number(word: str, text: str) -> int:
    if not (word.isascii() and word.isdecimal()) or len(word) > 9 or int(word) >= CPUS_MAX:
        raise ValueError(f"{text.strip()[:80]!r} is no list of CPUs")
    return int(word)


def _read(path: Path) -> str:
    """The file as text; what is no text is refused as any other nonsense."""
    try:
        return path.read_text(encoding="ascii")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is no text") from None


def _node_folders(root: Path) -> dict[int, Path]:
    """The nodes that are online, with their folders, in order of their numbers."""
    folders = (root / "devices/system/node").glob("node[0-9]*")
    numbered = {folder.name.removeprefix("node"): folder for folder in folders}
    return {int(name): numbered[name] for name in sorted(filter(str.isdecimal, numbered), key=int)}


def _nodes(root: Path) -> dict[int, int]:
    """The node of every CPU, usable or not; empty where the kernel knows no nodes."""
    node_of: dict[int, int] = {}
    for node, folder in _node_folders(root).items():
        for cpu in parse_cpu_list(_read(folder / "cpulist")):
            if node_of.setdefault(cpu, node) != node:
                raise ValueError(f"CPU {cpu} is in node {node_of[cpu]} and in node {node}")
    return node_of


def _distances(root: Path) -> dict[tuple[int, int], int]:
    """Every row that is there. One column for each online node, with CPUs or without."""
    folders = _node_folders(root)
    found: dict[tuple[int, int], int] = {}
    for node, folder in folders.items():
        if (folder / "distance").exists():
            columns = [int(word) for word in _read(folder / "distance").split()]
            if len(columns) != len(folders) or min(columns) < 1:
                raise ValueError(f"{len(columns)} distances of node {node}, {len(folders)} nodes")
            found |= {(node, to): far for to, far in zip(folders, columns, strict=True)}
    return found


def _core(root: Path, cpu: int) -> int:
    """The lowest CPU of the core; the CPU itself where the kernel says nothing."""
    folder = root / f"devices/system/cpu/cpu{cpu}/topology"
    for name in ("core_cpus_list", "thread_siblings_list"):
        if (folder / name).exists():
            siblings = parse_cpu_list(_read(folder / name))
            if cpu not in siblings:
                raise ValueError(f"CPU {cpu} is not in its own core {sorted(siblings)}")
            return min(siblings)
    return cpu
