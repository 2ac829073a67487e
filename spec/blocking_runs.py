"""The blocking pool as a recorded run shows it: every thread keeps its name, waits are given up.

The machine of `blocking_pool.py` has a few places for threads, and a thread that has left makes
room for another one. In a recorded run each thread is one of its own, for good. And whoever waits
for a call may stop to: his task was cancelled. If the call cannot be stopped he waits once more.
So a worker, when its call has ended, always goes to look whether somebody waits, and that look is a
step: who gives up before it is not woken. The words, the order and what must be true are those of
`blocking_pool.py`.

What a step has come to is seen, too: that a call was refused (`is_refused`), what a worker does
next (`is_to_run`, `is_idle`, `has_left`). These change nothing; they can be where they are true.

Left out, beside what `blocking_pool.py` leaves out: a wait of the same task that is renewed.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence

from zokio.model import action, always, put, sometimes

from .blocking_pool import BlockingPoolMachine, TwoThreads
from .blocking_state import (
    ABSENT,
    AWAY,
    BUSY,
    GONE,
    IDLE,
    NOTHING,
    REFUSED,
    RETURNED,
    State,
    Worker,
)


class BlockingRuns(BlockingPoolMachine):
    """See the head of this file.

    `workers`: how many threads there are ever; each call brings one at the most.
    """

    workers: int = 3

    def initial(self) -> Iterable[State]:
        workers = (Worker(),) * self.workers
        return [state._replace(workers=workers) for state in super().initial()]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {**super().domains(), "worker": range(self.workers)}

    def may_grow(self, state: State) -> bool:
        return super().may_grow(state) and any(each.at == ABSENT for each in state.workers)

    def leave(self, state: State, worker: int) -> State:
        left = super().leave(state, worker)
        return self.equip(left, worker, at=GONE)

    def has_to_tell(self, state: State, call: int) -> bool:
        return True

    def has_told(self, state: State, worker: int) -> State:
        return self.equip(state, worker, telling=NOTHING)

    @action(writes=("watched",), reads=("calls", "watched"), fair=False)
    def unwatch(self, state: State, call: int) -> State:
        """Nobody waits for its end any more."""
        return state._replace(watched=put(state.watched, call, False))

    @unwatch.guard
    def can_unwatch(self, state: State, call: int) -> bool:
        return state.calls[call] != AWAY

    @action(writes=(), reads=("calls",), fair=False)
    def is_refused(self, state: State, call: int) -> State:
        """Nobody will run it."""
        return state

    @is_refused.guard
    def can_be_refused(self, state: State, call: int) -> bool:
        return state.calls[call] == REFUSED

    @action(writes=(), reads=("workers",), fair=False)
    def is_to_run(self, state: State, call: int, worker: int) -> State:
        """The worker is about to run the call."""
        return state

    @is_to_run.guard
    def can_be_run(self, state: State, call: int, worker: int) -> bool:
        return (state.workers[worker].at, state.workers[worker].call) == (BUSY, call)

    @action(writes=(), reads=("workers",), fair=False)
    def is_idle(self, state: State, worker: int) -> State:
        """The worker has nothing to do."""
        return state

    @is_idle.guard
    def can_be_idle(self, state: State, worker: int) -> bool:
        return state.workers[worker].at == IDLE

    @action(writes=(), reads=("workers",), fair=False)
    def has_left(self, state: State, worker: int) -> State:
        """The worker is gone."""
        return state

    @has_left.guard
    def can_have_left(self, state: State, worker: int) -> bool:
        return state.workers[worker].at == GONE

    @sometimes
    def somebody_gives_up_before_he_is_told(self, state: State) -> bool:
        return any(
            at == RETURNED and not watched
            for at, watched in zip(state.calls, state.watched, strict=True)
        )


class LongRuns(BlockingRuns):
    """One thread, and more calls than the queue has places for; and what must fail of it."""

    @always(canary="nobody_is_outside_while_there_is_room")
    def nobody_is_ever_outside(self, state: State) -> bool:
        return not state.outside

    @always(canary="the_line_is_in_order")
    def no_two_stand_in_line(self, state: State) -> bool:
        return len(state.queue) + len(state.outside) < 2


class RunsOfTwo(BlockingRuns, TwoThreads):
    """One thread does what the other one does not; and what must fail of it."""


CONFIGURATIONS = (
    LongRuns(calls=3, threads=1, queue_max=1, failures_max=1, workers=3),
    RunsOfTwo(calls=2, threads=2, queue_max=1, failures_max=1, workers=2),
)
