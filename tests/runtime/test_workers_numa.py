"""RuntimeConfig.numa on a runtime with workers: who is bound, whom a thief robs, what is said."""

from __future__ import annotations

import logging
import os
from functools import partial
from pathlib import Path

import pytest

import zokio
from tests.helpers.fake_sysfs import two_nodes_with_siblings
from tests.helpers.workers import Workshop
from zokio.env.affinity import CAN_BIND
from zokio.env.topology import Topology, read_topology
from zokio.runtime import workers as module
from zokio.scheduler import multi_thread
from zokio.scheduler.numa import make_plan


@pytest.fixture
def machine(tmp_path: Path) -> Topology:
    """Two nodes: the even CPUs and the odd ones."""
    return read_topology(two_nodes_with_siblings(tmp_path).root, frozenset(range(8)))


async def note(log: list[str], name: str) -> None:
    log.append(name)


def rob(machine: Topology, policy: str, monkeypatch: pytest.MonkeyPatch, cpu: int) -> int:
    """Worker 0, seen on that CPU, finds work at each of three others: who is robbed first."""
    monkeypatch.setattr(multi_thread, "current_cpu", lambda: cpu)
    monkeypatch.setattr(multi_thread, "choose", lambda label, count: 0)
    shop = Workshop(4, plan=make_plan(policy, 4, lambda: machine))
    log: list[str] = []
    for number in (1, 2, 3):
        with shop.acting_as(number):
            shop.spawn(note(log, str(number)))
    shop.step(0)
    shop.close()
    (first,) = log
    return int(first)


@pytest.mark.parametrize(("cpu", "robbed"), [(0, 2), (1, 1)])
def test_a_thief_robs_first_who_was_seen_on_its_node(
    cpu: int, robbed: int, machine: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers are placed on CPUs 0 to 3 until they say something else."""
    assert rob(machine, "auto", monkeypatch, cpu) == robbed
    assert rob(machine, "off", monkeypatch, cpu) == 1, "without a topology it is the next one"


def test_a_worker_that_is_bound_does_not_say_where_it_is(
    machine: Topology, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert rob(machine, "pin", monkeypatch, 1) == 2, "it is on CPU 0, whatever is read"


@pytest.mark.skipif(not CAN_BIND, reason="this platform binds no thread")
def test_a_pinned_worker_runs_where_it_was_placed() -> None:
    async def where() -> frozenset[int]:
        return frozenset(os.sched_getaffinity(0))

    before = os.sched_getaffinity(0)
    with zokio.Runtime(zokio.RuntimeConfig(workers=1, numa="pin")) as runtime:
        assert runtime.block_on(where()) == {min(before)}
        assert runtime.placement.startswith("numa=pin: ")
    assert os.sched_getaffinity(0) == before, "the thread of block_on is bound, too"


def test_on_one_node_nothing_is_done_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = partial(read_topology, tmp_path, frozenset({0, 1}))
    monkeypatch.setattr(module, "make_plan", partial(make_plan, read=read))
    runtime = zokio.Runtime(zokio.RuntimeConfig(workers=2))
    with caplog.at_level(logging.INFO, "zokio"), runtime:
        runtime.block_on(note([], "first"))
    said = "numa=auto: 1 NUMA node, 2 CPUs, 2 cores; there is nothing to do: workers are not bound"
    assert runtime.placement == said
    assert [record.getMessage() for record in caplog.records] == [said]


def test_without_workers_there_is_nothing_to_place() -> None:
    with zokio.Runtime(zokio.RuntimeConfig(workers=0, numa="pin")) as runtime:
        assert runtime.placement == "workers=0: tasks run on the thread that calls block_on"
