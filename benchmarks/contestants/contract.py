"""What each contestant can do. The child process (`worker.py`) measures around these calls.

Every method counts the work where it is done; none of them reads a clock.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

READ_SIZE = 65_536
"""Bytes that every echo server asks for in one read."""

LONG_SECONDS = 3_600.0
"""A sleep that ends only by cancellation."""


class Tally:
    """Counts of one benchmark, written by its tasks."""

    __slots__ = ("asleep", "cancelled", "finished", "started", "together")

    def __init__(self) -> None:
        self.started = 0
        self.finished = 0
        self.together = 0
        self.asleep = 0
        self.cancelled = 0

    def end(self, operations: int) -> None:
        """Add what one task did; the first one to end notes how many were under way by then."""
        if not self.finished:
            self.together = self.started
        self.finished += operations


class Locker:
    """What every task of `locks` does, in the same words for all: `async with` is Python's.

    It counts in two steps around the yield, so that two which have the lock at once lose a count.
    """

    def __init__(self, lock: Any, pause: Callable[[], Awaitable[object]], tally: Tally) -> None:
        self.lock = lock  # Any: each runtime has its own kind of lock
        self.pause = pause
        self.tally = tally
        self.count = 0

    async def take_alone(self, rounds: int) -> None:
        """Take the lock and let go of it."""
        self.tally.started += 1
        lock, count = self.lock, 0
        for _ in range(rounds):
            async with lock:
                count += 1
        self.tally.end(count)

    async def take_turns(self, rounds: int) -> None:
        """Take the lock, yield, and let go of it."""
        self.tally.started += 1
        lock, pause = self.lock, self.pause
        for _ in range(rounds):
            async with lock:
                count = self.count
                await pause()
                self.count = count + 1
        self.tally.end(0)

    def worker(self, tasks: int) -> Callable[[int], Coroutine[Any, Any, None]]:
        """What each of so many tasks runs (Any: what a coroutine yields is its runtime's own)."""
        return self.take_alone if tasks == 1 else self.take_turns


class Contestant(Protocol):
    """One runtime. Its methods run inside that runtime, under `run`."""

    label: str
    version: str

    def run(self, main: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run a program to its end on a fresh runtime (Any: what a coroutine yields is its own)."""

    async def switches(self, tasks: int, yields: int, tally: Tally) -> None:
        """Start the tasks, each of which yields that many times, and wait for all."""

    async def locks(self, tasks: int, rounds: int, tally: Tally) -> None:
        """Start the tasks, each of which takes the one lock that often, and wait for all.

        Several tasks yield while they have the lock, so that the others really wait for it.
        """

    async def spawn_join(self, tasks: int, tally: Tally) -> None:
        """Start an empty task and wait for it, again and again."""

    async def sleep_all(self, durations: Sequence[float], tally: Tally) -> None:
        """Sleep for all durations (seconds) at once, a task for each."""

    async def with_sleepers(
        self, tasks: int, tally: Tally, body: Callable[[], Awaitable[None]]
    ) -> None:
        """Run the body while that many tasks sleep, then cancel them and wait for them."""

    async def sleep(self, seconds: float) -> None:
        """Sleep."""

    async def serve_echo(self, api: str, ready: Callable[[int], None]) -> None:
        """Serve echo on a free port of 127.0.0.1, for ever; `ready` is told the port."""

    async def serve_messages(self, size: int, ready: Callable[[int], None]) -> None:
        """The same, in messages of `size` bytes: each is one read and one write of the stream."""
