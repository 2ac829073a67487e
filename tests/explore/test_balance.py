"""Tasks that block their worker's thread are spread evenly: nobody sleeps while one could be begun.

In modelled time, which moves on only when no thread can run. So each call takes as long as any
other, whatever processor time the machine has to give; and the whole takes as long as its calls do
when all workers are in one at every instant, and longer if ever a worker slept beside work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from tests.explore.planting import PlantedRace, planted
from tests.explore.workers_world import make, modelled
from zokio.explore import explore, get_ident, monotonic_ns, sample, sleep, uninterrupted
from zokio.explore.modelled import SECOND_NS
from zokio.runtime.group import TaskGroup

pytestmark = [
    pytest.mark.uncounted,
    pytest.mark.interpreted,  # attributes of compiled classes cannot be watched
]
CALL_S = 0.001

NOBODY_IS_TOLD = PlantedRace(
    "whoever_spawns_tells_nobody",
    "zokio/scheduler/multi_thread.py",
    "            worker.queue.push(task)\n            self.notify()\n",
    "            worker.queue.push(task)\n",
    program=lambda: None,
)


@pytest.fixture(autouse=True)
def _modelled() -> Iterator[None]:
    with modelled():
        yield


def blocking(workers: int, tasks: int) -> object:
    """One task spawns so many, which block: how many calls it took, and those of each worker."""
    counts: Counter[int] = Counter()
    instants: list[int] = []

    async def call() -> None:
        counts[get_ident()] += 1
        sleep(CALL_S)  # the thread does

    async def main() -> None:
        sleep(CALL_S)  # until all other workers do
        instants.append(monotonic_ns())
        async with TaskGroup() as group:
            for _ in range(tasks):
                group.spawn(call())
        instants.append(monotonic_ns())

    with uninterrupted():
        runtime = make(workers)
    runtime.block_on(main())
    with uninterrupted():
        runtime.shutdown()
    began_ns, ended_ns = instants
    return (ended_ns - began_ns) / SECOND_NS / CALL_S, tuple(sorted(counts.values()))


def in_order(workers: int, tasks: int) -> object:
    """In one order of the threads: each runs as long as it can."""
    with uninterrupted():
        return blocking(workers, tasks)


EVEN = {
    2: (5_000.0, (5_000, 5_000)),
    3: (3_334.0, (3_333, 3_333, 3_334)),
    4: (2_500.0, (2_500, 2_500, 2_500, 2_500)),
}


@pytest.mark.parametrize("workers", EVEN)
def test_ten_thousand_tasks_of_one_worker_end_as_early_as_they_can(workers: int) -> None:
    assert explore(partial(in_order, workers, 10_000)).results == (EVEN[workers],)


@pytest.mark.parametrize("depth", [3, None])
@pytest.mark.parametrize(("workers", "each"), [(2, 20), (3, 10)])
def test_so_they_do_in_schedules_that_are_drawn(workers: int, each: int, depth: int | None) -> None:
    program = partial(blocking, workers, workers * each)
    drawn = sample(program, schedules=10, seed=3, depth=depth)
    assert drawn.outcome == "incomplete", drawn.report
    assert drawn.results == ((float(each), (each,) * workers),)


def test_a_worker_that_is_told_of_no_task_sleeps_beside_them() -> None:
    with planted(NOBODY_IS_TOLD):
        assert explore(partial(in_order, 2, 1_000)).results == ((1_000.0, (1_000,)),)
