"""Words for tests in which other threads wake the tasks of a runtime."""

from __future__ import annotations

from collections.abc import Callable

import zokio
from zokio.env.threads import Event, Thread

# A safety net for a thread that hangs: the assertion behind it then says which.
STUCK_S = 30.0


def in_thread(call: Callable[[], None]) -> Thread:
    """A running thread, which reports its error through pytest."""
    thread = Thread(target=call)
    thread.start()
    return thread


def join(*threads: Thread) -> None:
    """Wait for threads that end by themselves."""
    for thread in threads:
        thread.join(STUCK_S)
        assert not thread.is_alive(), f"{thread} hangs"


class Counter(zokio.Future[int]):
    """Ready when it was bumped `limit` times, by any threads."""

    def __init__(self, limit: int) -> None:
        self.bumps: list[None] = []
        self.limit = limit
        self.waker: zokio.Waker | None = None
        self.polled = Event()

    def poll(self, cx: zokio.Context) -> zokio.Poll[int]:
        self.waker = cx.waker
        self.polled.set()
        return zokio.Ready(len(self.bumps)) if len(self.bumps) >= self.limit else zokio.PENDING

    def bump(self) -> None:
        self.bumps.append(None)  # atomic, also from several threads
        assert self.waker is not None
        self.waker.wake()


def bump(counter: Counter, times: int) -> None:
    """Bump it from here, once somebody waits for it."""
    assert counter.polled.wait(STUCK_S)
    for _ in range(times):
        counter.bump()
