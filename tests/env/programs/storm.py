"""A program for the trace probe: everything that the scheduler does, from several threads.

It uses what users use: tasks that wait, yield, wake themselves and others, fail and are aborted;
blocking calls; spawns and aborts from other threads; runtimes that are stepped, entered again and
shut down. A ticker beside it sees to it that it ends although a planted bug loses a wake: it waits
for nothing that such a bug can keep from it.
"""

from __future__ import annotations

import threading
import time

import zokio
from zokio.runtime.current import current_runtime

TICKS = 60
TICK_SECONDS = 0.002
CLEANUP_SECONDS = 0.5  # a planted bug may keep a task from it; the others take no time


async def tick() -> None:
    """The time that the program takes."""
    for _ in range(TICKS):
        await zokio.sleep(TICK_SECONDS)


async def yield_often(times: int) -> None:
    """More turns than the event interval has polls."""
    for _ in range(times):
        await zokio.yield_now()


class WakesItself(zokio.Future[int]):
    """Woken in the middle of each poll, `times` times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def poll(self, cx: zokio.Context) -> zokio.Poll[int]:
        """See `Future.poll`."""
        if self.times == 0:
            return zokio.Ready(0)
        self.times -= 1
        cx.waker.wake()
        cx.waker.wake()
        return zokio.PENDING


class WokenFromOutside(zokio.Future[None]):
    """Woken by another thread, several times for each poll, also after its end."""

    def __init__(self, polls: int) -> None:
        self.polls = polls

    def poll(self, cx: zokio.Context) -> zokio.Poll[None]:
        """See `Future.poll`."""
        self.polls -= 1
        threading.Thread(target=self.wake_thrice, args=(cx.waker,)).start()
        return zokio.Ready(None) if self.polls <= 0 else zokio.PENDING

    def wake_thrice(self, waker: zokio.Waker) -> None:
        """Wake, wake again, and once more later."""
        waker.wake()
        waker.wake()
        time.sleep(TICK_SECONDS)
        waker.wake()


async def fail() -> None:
    """A task with an error."""
    await zokio.yield_now()
    raise ValueError("as planned")


async def await_failure() -> None:
    """Whoever awaits it is woken by its end."""
    try:
        await zokio.spawn(fail())
    except ValueError:
        pass


async def wait_long() -> None:
    """Until it is aborted."""
    await zokio.sleep(1_000)


async def wait_in(scope: zokio.CancelScope) -> None:
    """Until another thread cancels."""
    with scope:
        await zokio.sleep(1_000)


async def call_thread(calls: int) -> None:
    """Blocking calls, each of which ends with a wake from its thread."""
    for _ in range(calls):
        await zokio.spawn_blocking(time.sleep, TICK_SECONDS / 4)


async def main() -> None:
    """All of it at once."""
    runtime = current_runtime()
    sleeper = zokio.spawn(wait_long())

    def from_outside() -> None:
        for number in range(10):
            runtime.spawn(yield_often(number))
            time.sleep(TICK_SECONDS / 2)
        sleeper.abort()

    scope = zokio.CancelScope()
    zokio.spawn(wait_in(scope))
    await zokio.sleep(TICK_SECONDS)  # it is in the scope by now
    threads = [threading.Thread(target=from_outside) for _ in range(2)]
    threads.append(threading.Thread(target=scope.cancel))
    for thread in threads:
        thread.start()
    for _ in range(3):
        zokio.spawn(yield_often(40))
        zokio.spawn(call_thread(8))
        zokio.spawn(await_failure())
    zokio.spawn(WokenFromOutside(5))
    zokio.spawn(WakesItself(5))
    await tick()
    for thread in threads:
        thread.join()


async def one() -> int:
    """A task that ends at once."""
    return 1


def by_hand() -> None:
    """A runtime that is stepped, entered twice and left with a task in it."""
    config = zokio.RuntimeConfig(event_interval=3, shutdown_timeout=CLEANUP_SECONDS)
    runtime = zokio.Runtime(config)
    runtime.spawn(one())
    runtime.step()
    runtime.spawn(yield_often(10))
    runtime.spawn(wait_long())
    runtime.block_on(zokio.sleep(TICK_SECONDS))
    runtime.block_on(zokio.sleep(TICK_SECONDS))
    runtime.shutdown()


if __name__ == "__main__":
    zokio.run(main(), config=zokio.RuntimeConfig(shutdown_timeout=CLEANUP_SECONDS))
    by_hand()
