"""The child process: runs one workload on one contestant and prints the measurement.

    python -m benchmarks.worker BENCHMARK CONTESTANT PARAMETERS_AS_JSON

The clocks are read here, inside the running runtime and around the contestant's work, so that
neither imports nor the start of the runtime count.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.benchmark import Measurement, Parameters
from benchmarks.child import EXIT_MISSING
from benchmarks.contestants.contract import Contestant, Tally
from benchmarks.contestants.registry import load


def resident_bytes() -> int:
    """Resident memory of this process now."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text().split()[1]) * 4096
    import resource  # absent on Windows, and only the maximum elsewhere: the growth is still right

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


async def cpu_of(work: Callable[[], Awaitable[None]]) -> dict[str, float]:
    """What the work used: CPU (user and system, the figure) and wall, in seconds."""
    gc.collect()
    wall, cpu = time.perf_counter(), time.process_time()
    await work()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"quantity": cpu, "wall_seconds": wall}


async def switches(contestant: Contestant, sizes: Parameters, tally: Tally) -> dict[str, float]:
    """Task switches."""
    tasks, yields = int(sizes["tasks"]), int(sizes["yields"])
    return await cpu_of(lambda: contestant.switches(tasks, yields, tally))


async def locks(contestant: Contestant, sizes: Parameters, tally: Tally) -> dict[str, float]:
    """One lock, taken by one task or in turns by many."""
    tasks, rounds = int(sizes["tasks"]), int(sizes["rounds"])
    return await cpu_of(lambda: contestant.locks(tasks, rounds, tally))


async def spawn_join(contestant: Contestant, sizes: Parameters, tally: Tally) -> dict[str, float]:
    """Spawn and join, one by one."""
    return await cpu_of(lambda: contestant.spawn_join(int(sizes["tasks"]), tally))


async def timers(contestant: Contestant, sizes: Parameters, tally: Tally) -> dict[str, float]:
    """Sleeps, in no order of their lengths: 7,919 is prime, so each length occurs once."""
    tasks, spread = int(sizes["tasks"]), sizes["spread_seconds"]
    shortest = sizes["shortest_seconds"]
    durations = [shortest + spread * (index * 7919 % tasks) / tasks for index in range(tasks)]
    return await cpu_of(lambda: contestant.sleep_all(durations, tally))


async def idle_memory(contestant: Contestant, sizes: Parameters, tally: Tally) -> dict[str, float]:
    """Growth of the process with all tasks asleep."""
    gc.collect()
    before, grown = resident_bytes(), 0

    async def weigh() -> None:
        nonlocal grown
        tally.finished = tally.asleep
        gc.collect()
        grown = resident_bytes() - before

    await contestant.with_sleepers(int(sizes["tasks"]), tally, weigh)
    tally.together = tally.cancelled
    return {"quantity": grown}


async def idle_cpu(contestant: Contestant, sizes: Parameters, tally: Tally) -> dict[str, float]:
    """CPU used while all tasks sleep, the one that measures included."""
    used: dict[str, float] = {}

    async def rest() -> None:
        tally.finished = tally.asleep
        used.update(await cpu_of(lambda: contestant.sleep(sizes["seconds"])))

    await contestant.with_sleepers(int(sizes["tasks"]), tally, rest)
    tally.together = tally.cancelled
    return used


WORK = {
    work.__name__: work for work in (switches, locks, spawn_join, timers, idle_memory, idle_cpu)
}


def measure(benchmark: str, contestant: Contestant, sizes: Parameters) -> Measurement:
    """Run one workload and put together what is reported."""
    tally = Tally()
    used = contestant.run(lambda: WORK[benchmark](contestant, sizes, tally))
    quantity = used.pop("quantity")
    label, version = contestant.label, contestant.version
    return Measurement(label, version, tally.finished, tally.together, quantity, used)


def main(benchmark: str, name: str, sizes: Parameters) -> int:
    """Measure and print; the exit code."""
    try:
        contestant = load(name)
    except ImportError as error:
        print(json.dumps({"missing": str(error)}))
        return EXIT_MISSING
    print(json.dumps(dataclasses.asdict(measure(benchmark, contestant, sizes))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], json.loads(sys.argv[3])))
