"""A program for the trace probe: calls that block, from several threads, and all that befalls them.

Nothing of it hangs on chance but who comes first: what one waits for is told by events.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

import zokio
from zokio.blocking.call import Call
from zokio.blocking.pool import BlockingPool
from zokio.blocking.worker import Started, start_thread
from zokio.errors import BackpressureError, ThreadsExhaustedError

WAIT_SECONDS = 30.0
KEEP_ALIVE_SECONDS = 0.05
CALLS = 40
THREADS = 3


async def crowd(gate: threading.Event) -> None:
    """More calls than threads and places; some are given up while they wait, one while it runs."""
    running = zokio.spawn_blocking(gate.wait, WAIT_SECONDS)
    waiting = [zokio.spawn_blocking(int) for _ in range(6)]
    for _ in range(3):
        await zokio.yield_now()
    for handle in waiting[::2]:
        handle.abort()
    running.abort()  # it cannot be stopped, and is waited for once more
    for _ in range(3):
        await zokio.yield_now()
    gate.set()
    for handle in (*waiting, running):
        try:
            await handle
        except zokio.AbortedError:
            pass
    async with zokio.TaskGroup() as group:
        for number in range(CALLS):
            group.spawn(zokio.spawn_blocking(abs, -number))


def from_all_sides() -> None:
    """Several threads hand calls in, and take some back, while others run them."""
    pool = BlockingPool(2, 3, WAIT_SECONDS)

    def hand_in() -> None:
        for number in range(CALLS):
            call = Call(int, "call")
            pool.ask(call)
            if number % 3 == 0:
                pool.cancel(call)

    threads = [threading.Thread(target=hand_in) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.close()


def no_thread(run: object, name: str) -> Started:
    """What the system says that gives no thread."""
    raise RuntimeError(f"no thread for {name}")


def by_hand() -> None:
    """A pool without a runtime: calls that are refused, threads that are not given."""
    pool = BlockingPool(1, 1, KEEP_ALIVE_SECONDS)
    gate = threading.Event()
    calls: list[Call[Any]] = [  # Any: what they compute is not looked at
        Call(partial(gate.wait, WAIT_SECONDS), "gate"),
        Call(int, "queued"),
        Call(int, "full"),
    ]
    for call in calls:
        try:
            pool.submit(call)
        except BackpressureError:
            assert call is calls[-1]
    gate.set()
    while pool.workers:  # until its time is up
        threading.Event().wait(KEEP_ALIVE_SECONDS)
    pool._start = no_thread
    try:
        pool.submit(Call(int, "unserved"))
    except ThreadsExhaustedError:
        pass
    pool._start = start_thread
    pool.close()
    try:
        pool.submit(Call(int, "late"))
    except zokio.ClosedError:
        pass


if __name__ == "__main__":
    config = zokio.RuntimeConfig(
        blocking_threads=2, blocking_queue=2, blocking_keep_alive=KEEP_ALIVE_SECONDS
    )
    zokio.run(crowd(threading.Event()), config=config)
    by_hand()
    from_all_sides()
