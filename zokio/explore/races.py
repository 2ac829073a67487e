"""Races in an execution, by vector clocks: which operations could also have come in another order.

A step's clock says, for each thread, how many of its steps must come before: those of its own
thread, and, through places, those of others that it depends on. Two dependent steps race when the
second one's thread, as it stood before its step, did not yet have to come after the first.

What the common beginning of two executions shows is computed once: `forget_from` cuts, `found_in`
goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterator

from zokio.explore.execution import Execution
from zokio.explore.operations import Operation

Clock = dict[int, int]


class Races:
    """Follows one execution after another."""

    def __init__(self) -> None:
        self._clocks: list[Clock] = []
        self._ranks: list[int] = []
        """Of each step: how many steps its thread had done, this one included."""
        self._own: list[int] = []
        """Of each step: the step of its thread before it, or -1."""
        self._blocks: list[int] = []
        """Of each step: the first step of its thread since another ran, or since time moved on."""
        self._who: list[int] = []
        self._last: dict[int, int] = {}
        self._touched: dict[int, list[int]] = {}
        """Of each place: the steps that touched it."""
        self._places: list[int] = []
        self._before: dict[int, list[int]] = {}
        """Of each step before which time moved on: the last steps that the threads had done."""

    def forget_from(self, step: int) -> None:
        """The next execution agrees with this one before `step`."""
        for number in range(len(self._who) - 1, step - 1, -1):
            if self._places[number] >= 0:
                self._touched[self._places[number]].pop()
            if self._own[number] < 0:
                del self._last[self._who[number]]
            else:
                self._last[self._who[number]] = self._own[number]
        for entries in (self._clocks, self._ranks, self._own, self._blocks, self._who):
            del entries[step:]
        del self._places[step:]
        self._before = {at: steps for at, steps in self._before.items() if at <= step}

    def found_in(self, execution: Execution, bounded: bool) -> Iterator[tuple[int, int]]:
        """Pairs of a step and a thread: the thread should go first there.

        Args:
            execution: what was done; as far as it was followed already it is as it was.
            bounded: also where the thread of the earlier step was let in.
        """
        for step in range(len(self._who), len(execution.who)):
            who = execution.who[step]
            operation = execution.operations[step]
            if operation.place is not None:
                writes = execution.writes[step]
                yield from self._races_of(execution, who, operation, writes, bounded)
            self._follow(execution, step)
        for who, operation in execution.pending.items():  # of those who never got there
            if operation.place is not None and operation.place.number >= 0:
                yield from self._races_of(execution, who, operation, operation.writes, bounded)

    def _races_of(
        self, execution: Execution, who: int, operation: Operation, writes: bool, bounded: bool
    ) -> Iterator[tuple[int, int]]:
        """Of a step that comes next: with which steps it races."""
        assert operation.place is not None
        own = self._last.get(who, -1)
        known = self._clocks[own] if own >= 0 else {}
        settled = set()
        for step in reversed(self._touched.get(operation.place.number, ())):
            other = self._who[step]
            if other == who or other in settled:
                continue
            if not (writes or execution.writes[step]):
                continue
            if operation.waits and execution.operations[step].enables and not bounded:
                continue  # with a bound it may pay to go first: who then has to wait lets others on
            if step < own:
                # Of those before the thread's own last step, the latest is enough: the earlier
                # ones race with what comes of going before this one.
                settled.add(other)
                if known.get(other, 0) >= self._ranks[step]:
                    continue
            yield step, who
            if bounded:
                yield self._blocks[step], who

    def _follow(self, execution: Execution, step: int) -> None:
        """Take over a step: its clock is what its thread and its place know."""
        who = execution.who[step]
        own = self._last.get(who, -1)
        clock: Clock = dict(self._clocks[own]) if own >= 0 else {}
        place = execution.operations[step].place
        if place is None:
            self._places.append(-1)
        else:
            self._places.append(place.number)
            touched = self._touched.setdefault(place.number, [])
            for earlier in reversed(touched):
                if execution.writes[earlier]:
                    self._join(clock, earlier)
                    break
                if execution.writes[step]:
                    self._join(clock, earlier)
            touched.append(step)
        if execution.barriers:
            for earlier in self._at_the_last_barrier(execution, step):
                self._join(clock, earlier)
        rank = self._ranks[own] + 1 if own >= 0 else 1
        clock[who] = rank
        continues = step > 0 and self._who[step - 1] == who and step not in execution.barriers
        self._blocks.append(self._blocks[step - 1] if continues else step)
        self._clocks.append(clock)
        self._ranks.append(rank)
        self._own.append(own)
        self._who.append(who)
        self._last[who] = step

    def _at_the_last_barrier(self, execution: Execution, step: int) -> list[int]:
        """The last step of each thread before time moved on last: all of them come before."""
        at = max((barrier for barrier in execution.barriers if barrier <= step), default=0)
        if at not in self._before:
            self._before[at] = list({self._who[earlier]: earlier for earlier in range(at)}.values())
        return self._before[at]

    def _join(self, clock: Clock, earlier: int) -> None:
        for thread, rank in self._clocks[earlier].items():
            if rank > clock.get(thread, 0):
                clock[thread] = rank

    def shape(self) -> int:
        """A number that two executions share when they cannot be told apart.

        The clocks of each thread's steps are the order that counts; hashes of numbers are the same
        in every process.
        """
        threads: dict[int, list[tuple[tuple[int, int], ...]]] = {}
        for who, clock in zip(self._who, self._clocks, strict=True):
            threads.setdefault(who, []).append(tuple(sorted(clock.items())))
        return hash(tuple((who, *threads[who]) for who in sorted(threads)))
