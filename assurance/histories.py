"""Histories of real threads that use one object at the same time.

Each thread has a recorder of its own and stamps its calls with the monotonic clock, which is one
for all threads; so nothing that is recorded passes through a lock, and the recording orders
nothing that was not ordered before. All threads begin together: each waits actively for the last.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from threading import Thread
from time import perf_counter_ns, sleep
from typing import Generic, TypeVar

from assurance.linearizability import Operation

Q = TypeVar("Q")
T = TypeVar("T")
Step = tuple[str, Hashable, Hashable]
"""What one call does in one instant: a name, an argument, a result."""
PAUSE_EVERY = 8
"""One call in so many begins with a pause, and one ends with it: most of the overlap is theirs."""
SWITCH_SECONDS = 1e-6
"""The switch interval while threads are recorded: with the GIL, a switch at almost every chance."""


class Recorder:
    """What one thread did. Values to hand in are unique in the whole history: `value`."""

    def __init__(self, thread: int) -> None:
        self.thread = thread
        self.operations: list[Operation] = []
        self._values = 0
        self._calls = 0

    def value(self) -> str:
        """A value that was never used before."""
        self._values += 1
        return f"{self.thread}.{self._values}"

    def call(self, function: Callable[[], T], steps: Callable[[T], Sequence[Step]]) -> T:
        """Call, and note the steps that the result stands for, in their order; one at least.

        Now and then other threads get the processor just before the call or just behind it.
        """
        self._calls += 1
        invoked = perf_counter_ns()
        if self._calls % PAUSE_EVERY == 0:
            sleep(0)
        result = function()
        if self._calls % PAUSE_EVERY == PAUSE_EVERY // 2:
            sleep(0)
        returned = perf_counter_ns()
        for number, (name, argument, found) in enumerate(steps(result)):
            after = len(self.operations) - 1 if number else None
            done = Operation(self.thread, name, argument, found, invoked, returned, after)
            self.operations.append(done)
        return result


Role = Callable[[Q, Recorder, Random], object]


@dataclass(frozen=True, slots=True)
class Cast(Generic[Q]):
    """Who does what to an object.

    Attributes:
        make: a new object.
        roles: one thread each; a role does one operation at random.
        drain: takes out everything in the end, on the calling thread, so that what was lost shows.
    """

    make: Callable[[], Q]
    roles: tuple[Role[Q], ...]
    drain: Callable[[Q, Recorder], object]


@contextmanager
def eager_switches() -> Iterator[None]:
    """Threads are switched as often as the interpreter can, inside the block."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def record(cast: Cast[Q], operations: int, seed: str) -> list[Operation]:
    """Let the cast do so many operations each, and return the history, the draining included.

    What the threads do follows from the seed; how they overlap does not.

    Raises:
        BaseException: what the first role that failed raised.
    """
    thing = cast.make()
    recorders = [Recorder(number) for number in range(len(cast.roles))]
    arrived: list[int] = []
    failed: list[BaseException] = []

    def play(role: Role[Q], recorder: Recorder) -> None:
        chance = Random(f"{seed} {recorder.thread}")
        arrived.append(recorder.thread)
        try:
            while len(arrived) < len(cast.roles):
                sleep(0)
            for _ in range(operations):
                role(thing, recorder, chance)
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=play, args=pair) for pair in zip(cast.roles, recorders, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    last = Recorder(len(recorders))
    cast.drain(thing, last)
    return joined(recorder.operations for recorder in [*recorders, last])


def joined(histories: Iterator[list[Operation]]) -> list[Operation]:
    """One history of several threads; `after` counts in the whole, and stamps from its begin."""
    whole: list[Operation] = []
    for history in histories:
        begin = len(whole)
        whole += [replace(o, after=None if o.after is None else o.after + begin) for o in history]
    zero = min((operation.invoked for operation in whole), default=0)
    return [replace(o, invoked=o.invoked - zero, returned=o.returned - zero) for o in whole]


def overlaps(history: Sequence[Operation]) -> int:
    """How many operations began before one of another thread that began earlier had returned.

    A history without any was recorded one after another, and shows nothing about simultaneity.
    """
    in_time = sorted(history, key=lambda operation: operation.invoked)
    latest = [in_time[0]] if in_time else []
    for operation in in_time[1:]:
        latest.append(max(latest[-1], operation, key=lambda o: o.returned))
    pairs = zip(latest, [later for _, later in pairwise(in_time)], strict=False)
    return sum(e.thread != o.thread and e.returned > o.invoked for e, o in pairs)
