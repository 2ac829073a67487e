"""The child process of `million.py`; the protocol is that of `worker.py`.

    python -m benchmarks.million_worker WORKLOAD zokio PARAMETERS_AS_JSON

The reactor is the simulated one, so no system call is in the figures, and time passes when nobody
has anything to do. One readable socket stands at all descriptors: the sockets are not measured.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import zokio
from benchmarks.benchmark import Measurement, Parameters
from benchmarks.processes import resident_bytes
from zokio.net.readiness import until_readable
from zokio.reactor.registration import Registration
from zokio.reactor.simulated import SimulatedReactor

FIRST_FD = 1_000
INSTANTS = 1_000
"""Deadlines fall on so many instants, a millisecond apart: time jumps so often."""


class World:
    """A runtime on the simulated reactor, and what its steps have cost."""

    def __init__(self) -> None:
        self.reactor = SimulatedReactor()
        self.runtime = zokio.Runtime(reactor=self.reactor)
        self.costs: dict[str, float] = {}
        self.done = 0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """What the block costs: seconds of CPU, and bytes by which the process has grown."""
        gc.collect()
        resident, cpu = resident_bytes(os.getpid()), time.process_time()
        yield
        self.costs[f"{name} seconds"] = time.process_time() - cpu
        self.costs[f"{name} bytes"] = resident_bytes(os.getpid()) - resident

    def count(self) -> None:
        """One more is done."""
        self.done += 1


async def registrations(world: World, count: int) -> None:
    """Register, have a task wait for each, let an event wake it, deregister."""
    reactor, waiting = world.reactor, 0
    network, polling = reactor.network, world.runtime.polling
    receiver, sender = (reactor.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    receiver.bind(("127.0.0.1", 1))
    descriptors = range(FIRST_FD, FIRST_FD + count)
    network.sockets.update(dict.fromkeys(descriptors, network.sockets[receiver.fileno()]))

    async def wait(registration: Registration) -> None:
        nonlocal waiting
        waiting += 1
        await until_readable(registration, polling)
        world.count()

    with world.step("register"):
        registered = [reactor.register(fd) for fd in descriptors]
    with world.step("wait"):
        handles = [zokio.spawn(wait(registration)) for registration in registered]
        while waiting < count:
            await zokio.yield_now()
    sender.sendto(b"ready", ("127.0.0.1", 1))
    for fd in descriptors:
        network.changed(fd)
    with world.step("wake"):
        for handle in handles:
            await handle
    with world.step("deregister"):
        for registration in registered:
            reactor.deregister(registration)


async def timers(world: World, count: int) -> None:
    """Insert timers and let them fire; insert as many again and cancel them."""
    queue = world.runtime.timers
    begin_ns = world.reactor.now_ns()
    with world.step("insert"):
        kept = [queue.insert(begin_ns + _delay_ns(i, count), world.count) for i in range(count)]
    with world.step("fire"):
        await zokio.sleep(INSTANTS / 1e3 + 1)
    begin_ns = world.reactor.now_ns()
    kept = [queue.insert(begin_ns + _delay_ns(i, count), world.count) for i in range(count)]
    with world.step("cancel"):
        for timer in kept:
            queue.cancel(timer)
    await zokio.sleep(INSTANTS / 1e3 + 1)  # whoever was cancelled and fires all the same is counted


async def sleeps(world: World, count: int) -> None:
    """A task for each sleep."""
    asleep = 0

    async def sleeper(seconds: float) -> None:
        nonlocal asleep
        asleep += 1
        await zokio.sleep(seconds)
        world.count()

    with world.step("sleep"):
        handles = [zokio.spawn(sleeper(_delay_ns(i, count) / 1e9)) for i in range(count)]
        while asleep < count:
            await zokio.yield_now()
    with world.step("wake"):
        for handle in handles:
            await handle


def _delay_ns(index: int, count: int) -> int:
    """In no order: 7,919 is prime."""
    return (1 + index * 7_919 % count * INSTANTS // count) * 1_000_000


Workload = Callable[[World, int], Awaitable[None]]
WORKLOADS: dict[str, Workload] = {work.__name__: work for work in (registrations, timers, sleeps)}


def measure(workload: str, sizes: Parameters) -> Measurement:
    """Run one workload; operations are the tasks that were woken, or the timers that fired."""
    world = World()
    with world.runtime as runtime:
        runtime.block_on(WORKLOADS[workload](world, int(sizes["count"])))
    label = "zokio (compiled)" if zokio.compiled else "zokio"
    used = sum(cost for name, cost in world.costs.items() if name.endswith("seconds"))
    return Measurement(label, zokio.__version__, world.done, 0, used, world.costs)


if __name__ == "__main__":
    found = measure(sys.argv[1], json.loads(sys.argv[3]))
    print(json.dumps(dataclasses.asdict(found)))
