"""FakeSysfs: a tree of files as the kernel shows the topology in, written by a test."""

from __future__ import annotations

from pathlib import Path


class FakeSysfs:
    """The root of such a tree. Nothing is in it but what was put there."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def node(self, node: int, cpulist: str, distance: str | None = None) -> FakeSysfs:
        """A node that is online."""
        self.write(f"node/node{node}/cpulist", cpulist + "\n")
        if distance is not None:
            self.write(f"node/node{node}/distance", distance + "\n")
        return self

    def core(self, *siblings: int, name: str = "core_cpus_list") -> FakeSysfs:
        """A core: each of its CPUs lists all of them."""
        for cpu in siblings:
            text = ",".join(map(str, siblings)) + "\n"
            self.write(f"cpu/cpu{cpu}/topology/{name}", text)
        return self

    def write(self, path: str, text: str | bytes) -> FakeSysfs:
        """Any file below devices/system."""
        file = self.root / "devices/system" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return self


def two_nodes_with_siblings(root: Path) -> FakeSysfs:
    """Eight CPUs as servers number them: N and N + 4 are a core, even cores are node 0."""
    sysfs = FakeSysfs(root).node(0, "0,2,4,6", "10 21").node(1, "1,3,5,7", "21 10")
    for core in range(4):
        sysfs.core(core, core + 4)
    return sysfs
