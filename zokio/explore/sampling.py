"""Strategies that draw schedules: uniformly at each step, or by priorities that change (PCT).

Both are seeded, so the same seed draws the same schedules. What they do not find may still be
there; PCT finds a bug of depth d in a program of n threads and k steps with a probability of at
least 1/(n k^(d-1)) a schedule (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010).
"""

from __future__ import annotations

from zokio.env.streams import Stream
from zokio.errors import UsageError
from zokio.explore.execution import Execution


class RandomWalk:
    """At each step any of the threads that can run, with the same probability."""

    def __init__(self, seed: int) -> None:
        self._draw = Stream(f"random walk {seed}")

    def begin(self) -> None:
        """Before each execution."""

    def known(self, step: int) -> None:
        """See `Strategy`."""

    def schedule(self, step: int, runnable: tuple[int, ...], last: int) -> int:
        """See `Strategy`."""
        return runnable[self._draw.below(len(runnable))]

    def choice(self, step: int, count: int) -> int:
        """See `Strategy`."""
        return self._draw.below(count)

    def learn(self, execution: Execution) -> None:
        """After each execution."""


class Priorities:
    """PCT: the thread with the highest priority runs; at `depth - 1` steps it becomes the lowest.

    The steps are drawn among as many as the longest execution so far had.
    """

    def __init__(self, seed: int, depth: int = 3) -> None:
        if depth < 1:
            raise UsageError(f"depth is {depth}; the simplest bugs have depth 1")
        self._draw = Stream(f"priorities {seed}")
        self._depth = depth
        self._longest = 1
        self.begin()

    def begin(self) -> None:
        """Before each execution: other priorities, other steps."""
        self._step = 0
        self._priorities: dict[int, float] = {}
        self._changes = {
            self._draw.below(self._longest): -1.0 - number for number in range(self._depth - 1)
        }

    def known(self, step: int) -> None:
        """See `Strategy`."""

    def schedule(self, step: int, runnable: tuple[int, ...], last: int) -> int:
        """See `Strategy`."""
        for thread in runnable:
            if thread not in self._priorities:
                self._priorities[thread] = self._draw.fraction()
        highest = max(runnable, key=self._priorities.__getitem__)
        lowered = self._changes.get(self._step)
        if lowered is not None:
            self._priorities[highest] = lowered
            highest = max(runnable, key=self._priorities.__getitem__)
        self._step += 1
        return highest

    def choice(self, step: int, count: int) -> int:
        """See `Strategy`."""
        self._step += 1
        return self._draw.below(count)

    def learn(self, execution: Execution) -> None:
        """After each execution."""
        self._longest = max(self._longest, len(execution.who))
