"""The topology is read from sysfs, keeps to the affinity mask, and survives whatever it finds."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.fake_sysfs import FakeSysfs, two_nodes_with_siblings
from zokio.env.topology import (
    CPUS_MAX,
    Cpu,
    Topology,
    parse_cpu_list,
    read_topology,
    usable_cpus,
)


def read(sysfs: FakeSysfs, usable: set[int]) -> Topology:
    topology = read_topology(sysfs.root, usable)
    topology.check_invariants()
    assert {cpu.number for cpu in topology.cpus} == usable
    return topology


def nodes_of(topology: Topology) -> dict[int, int]:
    return {cpu.number: cpu.node for cpu in topology.cpus}


def cores_of(topology: Topology) -> dict[int, int]:
    return {cpu.number: cpu.core for cpu in topology.cpus}


def test_one_node_is_one_node(tmp_path: Path) -> None:
    topology = read(FakeSysfs(tmp_path).node(0, "0-3", "10"), {0, 1, 2, 3})
    assert topology.nodes == (0,)
    assert topology.note == ""


def test_two_nodes_and_their_siblings_are_found(tmp_path: Path) -> None:
    topology = read(two_nodes_with_siblings(tmp_path), set(range(8)))
    assert nodes_of(topology) == {0: 0, 1: 1, 2: 0, 3: 1, 4: 0, 5: 1, 6: 0, 7: 1}
    assert cores_of(topology) == {0: 0, 1: 1, 2: 2, 3: 3, 4: 0, 5: 1, 6: 2, 7: 3}
    assert topology.note == ""
    assert (topology.distance(0, 0), topology.distance(0, 1)) == (10, 21)


def test_nodes_and_cpus_may_be_numbered_with_holes(tmp_path: Path) -> None:
    sysfs = FakeSysfs(tmp_path)
    sysfs.node(0, "0-1", "10 12 32 32").node(2, "4-5", "12 10 32 32")
    sysfs.node(8, "64-65", "32 32 10 12").node(11, "70,72", "32 32 12 10")
    topology = read(sysfs, {0, 1, 4, 5, 64, 65, 70, 72})
    assert topology.nodes == (0, 2, 8, 11)
    # The columns are the nodes that are online, in the order of numbers and not of names.
    assert (topology.distance(8, 11), topology.distance(8, 0)) == (12, 32)
    assert (topology.distance(2, 0), topology.distance(2, 8)) == (12, 32)


def test_only_cpus_of_the_affinity_mask_count(tmp_path: Path) -> None:
    topology = read(two_nodes_with_siblings(tmp_path), {2, 4})
    assert topology.nodes == (0,)
    # The sibling that may not be used still names the core.
    assert cores_of(topology) == {2: 2, 4: 0}


def test_an_offline_cpu_has_neither_a_node_nor_a_core_and_harms_nobody(tmp_path: Path) -> None:
    sysfs = FakeSysfs(tmp_path).node(0, "0-1,3", "10").core(0, 1).core(3)
    sysfs.write("cpu/cpu2/online", "0\n")
    assert nodes_of(read(sysfs, {0, 1, 3})) == {0: 0, 1: 0, 3: 0}


def test_a_node_of_memory_only_does_not_count_but_has_its_column(tmp_path: Path) -> None:
    sysfs = FakeSysfs(tmp_path)
    sysfs.node(0, "0", "10 17 28").node(1, "", "17 10 28").node(2, "1", "28 28 10")
    topology = read(sysfs, {0, 1})
    assert topology.nodes == (0, 2)
    assert topology.distance(0, 2) == 28


def test_a_cpu_that_no_node_lists_joins_the_first_one(tmp_path: Path) -> None:
    topology = read(FakeSysfs(tmp_path).node(1, "0").node(3, "1"), {0, 1, 2})
    assert nodes_of(topology) == {0: 1, 1: 3, 2: 1}


def test_without_sysfs_all_cpus_are_one_node(tmp_path: Path) -> None:
    topology = read(FakeSysfs(tmp_path / "nothing here"), {3, 5})
    assert topology.cpus == (Cpu(3, 3, 0), Cpu(5, 5, 0))


def test_files_that_are_no_nodes_are_passed_over(tmp_path: Path) -> None:
    sysfs = FakeSysfs(tmp_path).node(0, "0").write("node/node0x/cpulist", "nonsense")
    assert read(sysfs, {0}).note == ""


def test_an_older_kernel_names_siblings_in_another_file(tmp_path: Path) -> None:
    sysfs = FakeSysfs(tmp_path).node(0, "0-3").core(0, 2, name="thread_siblings_list")
    assert cores_of(read(sysfs, {0, 1, 2, 3})) == {0: 0, 1: 1, 2: 0, 3: 3}


MALFORMED = [
    "zero",
    "0-",
    "-1",
    "3-1",
    "0,,1",
    "0-1:1/2",
    "1e3",
    "٣",
    "0-99999999999",
    f"{CPUS_MAX}",
]


@pytest.mark.parametrize("text", MALFORMED)
def test_a_list_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no list of CPUs"):
        parse_cpu_list(text)


@pytest.mark.parametrize("text", [*MALFORMED, b"\xff\xfe", "0-1\n0"])
def test_a_malformed_node_gives_up_the_nodes_and_says_so(text: str | bytes, tmp_path: Path) -> None:
    sysfs = two_nodes_with_siblings(tmp_path).write("node/node1/cpulist", text)
    topology = read(sysfs, set(range(8)))
    assert topology.nodes == (0,)
    assert topology.note.startswith("NUMA nodes and cores are not known (")


@pytest.mark.parametrize(
    ("path", "text", "complaint"),
    [
        ("node/node1/cpulist", "0,1", "CPU 0 is in node 0 and in node 1"),
        ("node/node1/distance", "10", "1 distances of node 1, 2 nodes"),
        ("node/node1/distance", "", "0 distances of node 1, 2 nodes"),
        ("node/node1/distance", "10 0", "2 distances of node 1, 2 nodes"),
        ("node/node1/distance", "far near", "invalid literal"),
    ],
)
def test_what_contradicts_itself_gives_up_the_nodes_and_says_so(
    path: str, text: str, complaint: str, tmp_path: Path
) -> None:
    topology = read(two_nodes_with_siblings(tmp_path).write(path, text), set(range(8)))
    assert topology.nodes == (0,)
    assert complaint in topology.note


def test_a_node_without_its_file_gives_up_the_nodes_and_says_so(tmp_path: Path) -> None:
    sysfs = two_nodes_with_siblings(tmp_path)
    (sysfs.root / "devices/system/node/node1/cpulist").unlink()
    assert "No such file" in read(sysfs, set(range(8))).note


@pytest.mark.parametrize(("text", "complaint"), [("1,5", "not in its own core"), ("?", "no list")])
def test_malformed_siblings_give_up_the_cores_and_keep_the_nodes(
    text: str, complaint: str, tmp_path: Path
) -> None:
    sysfs = two_nodes_with_siblings(tmp_path).write("cpu/cpu2/topology/core_cpus_list", text)
    topology = read(sysfs, set(range(8)))
    assert topology.nodes == (0, 1)
    assert cores_of(topology) == {number: number for number in range(8)}
    assert topology.note.startswith("cores are not known (")
    assert complaint in topology.note


@given(st.sets(st.integers(0, CPUS_MAX - 1), max_size=40))
def test_a_list_is_read_as_it_was_written(cpus: set[int]) -> None:
    assert parse_cpu_list(",".join(map(str, sorted(cpus))) + "\n") == cpus


def test_a_range_is_all_of_its_cpus() -> None:
    assert parse_cpu_list("0-2,5,7-7\n") == {0, 1, 2, 5, 7}


def test_distances_that_nobody_gave_are_those_of_the_tables() -> None:
    topology = Topology((Cpu(0, 0, 0), Cpu(1, 1, 1)))
    assert (topology.distance(1, 1), topology.distance(0, 1)) == (10, 20)


def test_this_machine_has_a_topology_of_the_cpus_that_may_be_used() -> None:
    topology = read_topology()
    topology.check_invariants()
    assert {cpu.number for cpu in topology.cpus} == usable_cpus()


def test_without_affinity_masks_every_cpu_may_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert usable_cpus() == {0, 1, 2}
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cpus() == {0}
