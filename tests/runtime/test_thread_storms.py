"""Storms from eight threads: wakes, spawns and aborts at once, and none of them is lost."""

from __future__ import annotations

import pytest

import zokio
from tests.helpers.other_threads import STUCK_S, Counter, bump, in_thread, join
from tests.helpers.simulation import forever
from zokio.env.threads import Thread

REACTORS = ("auto", "portable", "simulated")


def runtime_on(reactor: str) -> zokio.Runtime:
    return zokio.Runtime(zokio.RuntimeConfig(reactor=reactor))


@pytest.mark.parametrize("reactor", REACTORS)
def test_a_storm_of_wakes_from_eight_threads_loses_none(reactor: str) -> None:
    threads, bumps = 8, 2_000
    counter = Counter(threads * bumps)
    storm = [Thread(target=bump, args=(counter, bumps)) for _ in range(threads)]
    with runtime_on(reactor) as runtime:
        for thread in storm:
            thread.start()
        # A lost wake leaves it parked for ever: the future looks at its count only when polled.
        assert runtime.block_on(counter) == threads * bumps
        join(*storm)
        runtime.check_invariants()
        assert runtime.metrics().polls <= threads * bumps + 1


@pytest.mark.parametrize("reactor", REACTORS)
def test_a_storm_of_spawns_and_aborts_from_eight_threads_loses_no_task(reactor: str) -> None:
    threads, spawns = 8, 250
    ended = Counter(threads * spawns)
    handles: list[zokio.JoinHandle[None]] = []

    async def work(number: int) -> None:
        try:
            await (forever() if number % 2 else zokio.yield_now())
        finally:
            ended.bump()

    def storm() -> None:
        assert ended.polled.wait(STUCK_S)
        for number in range(spawns):
            handle = runtime.spawn(work(number))
            handles.append(handle)
            if number % 2:
                handle.abort()

    with runtime_on(reactor) as runtime:
        storms = [in_thread(storm) for _ in range(threads)]
        # Every task is begun, also an aborted one, and ends: one that is lost hangs this.
        assert runtime.block_on(ended) == threads * spawns
        join(*storms)
        for handle in handles:
            runtime.block_on(settled(handle))
        runtime.check_invariants()
        assert not runtime.tasks


async def settled(handle: zokio.JoinHandle[None]) -> None:
    """Wait for the end of a task, whichever it is."""
    try:
        await handle
    except zokio.AbortedError:
        pass
