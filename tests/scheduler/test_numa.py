"""numa="off", "auto" and "pin": who is bound, who is robbed first, and what is said about it."""

from __future__ import annotations

import logging
import os
import threading
from typing import NoReturn

import pytest

from zokio.env.affinity import CAN_BIND
from zokio.env.topology import Cpu, Topology
from zokio.errors import UsageError
from zokio.scheduler import numa
from zokio.scheduler.numa import NUMA_POLICIES, NumaPlan, describe, make_plan, pin
from zokio.scheduler.placement import WorkerPlace, rotated

ONE = Topology(tuple(Cpu(n, n - n % 2, 0) for n in range(4)))
TWO = Topology(tuple(Cpu(n, n, n // 2) for n in range(4)))


def plan(policy: str, machine: Topology, workers: int = 4) -> NumaPlan:
    return make_plan(policy, workers, lambda: machine)


def unreadable() -> NoReturn:
    raise AssertionError("the topology was read")


@pytest.mark.parametrize("policy", NUMA_POLICIES)
@pytest.mark.parametrize("machine", [ONE, TWO], ids=["one node", "two nodes"])
@pytest.mark.parametrize("workers", [1, 2, 4, 9])
def test_every_policy_lets_every_worker_find_every_other(
    policy: str, machine: Topology, workers: int
) -> None:
    found = plan(policy, machine, workers)
    for worker in range(workers):
        met = list(rotated(found.victims(worker), 1))
        assert sorted([*met, worker]) == list(range(workers))
    assert found.text.startswith(f"numa={policy}: ")


def test_off_reads_nothing_and_prefers_nobody() -> None:
    found = make_plan("off", 3, unreadable)
    assert not found.bound
    assert found.victims(0) == ((1, 2),)
    assert found.text == "numa=off: workers are not bound, and rob each other in turn"


def test_auto_on_one_node_does_nothing_and_says_so() -> None:
    found = plan("auto", ONE)
    assert not found.bound
    assert found.victims(0) == ((1, 2, 3),)  # its sibling is not preferred: where it runs is luck
    assert found.text == (
        "numa=auto: 1 NUMA node, 4 CPUs, 2 cores; there is nothing to do: workers are not bound"
    )
    assert found.moved(0, 3) is found


def test_auto_on_two_nodes_binds_nobody_and_prefers_the_own_node() -> None:
    found = plan("auto", TWO)
    assert not found.bound
    assert found.victims(0) == ((2,), (1, 3))
    assert "2 NUMA nodes, 4 CPUs, 4 cores; workers are not bound" in found.text


def test_auto_follows_a_worker_to_where_it_was_seen() -> None:
    found = plan("auto", TWO)
    assert found.places[0].cpu.node == 0
    moved = found.moved(0, 3)
    assert moved.places[0].cpu == TWO.cpus[3]
    assert moved.victims(0) == ((3,), (1,), (2,))  # worker 3 is planned for that very CPU
    assert moved.victims(2) == ((3, 0, 1),)  # its node is empty now
    assert found.victims(0) == ((2,), (1, 3))  # a plan never changes


@pytest.mark.parametrize("number", [None, 99, 0])
def test_a_cpu_that_is_not_known_or_is_the_same_changes_nothing(number: int | None) -> None:
    found = plan("auto", TWO)
    assert found.moved(0, number) is found


def test_pin_binds_each_worker_to_a_cpu() -> None:
    found = plan("pin", TWO, 3)
    assert found.bound
    assert [place.binding for place in found.places] == [{0}, {2}, {1}]
    assert (
        found.text
        == "numa=pin: 2 NUMA nodes, 4 CPUs, 4 cores; 3 workers are bound, with a CPU each"
    )
    assert found.moved(0, 3) is found  # it is where it is bound
    assert plan("pin", TWO, 4).text.endswith("4 workers are bound, with a CPU each")


def test_pin_with_more_workers_than_cpus_binds_each_to_a_node() -> None:
    found = plan("pin", TWO, 5)
    assert {place.binding for place in found.places} == {frozenset({0, 1}), frozenset({2, 3})}
    assert found.text.endswith("5 workers are bound, with a node each")


def test_pin_on_one_node_binds_too_since_it_was_asked_for() -> None:
    found = plan("pin", ONE, 2)
    assert found.bound
    assert [place.binding for place in found.places] == [{0}, {2}]  # a core each
    assert "1 NUMA node, 4 CPUs, 2 cores" in found.text


def test_pin_is_refused_where_threads_cannot_be_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numa, "CAN_BIND", False)
    with pytest.raises(UsageError, match='numa="pin".*this platform does not bind threads'):
        make_plan("pin", 2, unreadable)
    assert plan("auto", TWO).watched


def test_what_the_system_did_not_tell_is_said() -> None:
    unknown = Topology((Cpu(0, 0, 0),), note="cores are not known (why)")
    assert describe(unknown) == "1 NUMA node, 1 CPU, 1 core (cores are not known (why))"


@pytest.mark.skipif(not CAN_BIND, reason="this platform binds no threads")
def test_a_pinned_thread_is_bound_and_a_refusal_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    usable = os.sched_getaffinity(0)
    here, nowhere = max(usable), max(usable) + 1_000
    found: list[object] = []

    def bind() -> None:
        found.append(pin(place(here)))
        found.append(os.sched_getaffinity(0))
        found.append(pin(place(nowhere)))
        found.append(os.sched_getaffinity(0))

    thread = threading.Thread(target=bind)
    with caplog.at_level(logging.WARNING, "zokio"):
        thread.start()
        thread.join()
    assert found == [True, {here}, False, {here}]
    (message,) = caplog.messages
    assert message.startswith(f"worker 7 runs unbound: CPU {nowhere}: ")
    assert os.sched_getaffinity(0) == usable


def place(number: int) -> WorkerPlace:
    return WorkerPlace(7, Cpu(number, number, 0), frozenset({number}))
