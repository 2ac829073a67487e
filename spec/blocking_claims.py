"""What must be true of the blocking pool, and what must happen some time.

What is modelled is said at the head of `blocking_pool.py`.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .blocking_state import (
    AWAY,
    BUSY,
    CANCELLED,
    COMING,
    ENDED,
    HANDED,
    IDLE,
    LATE,
    NOTHING,
    OUTSIDE,
    QUEUED,
    REFUSED,
    RETURNED,
    RUNNING,
    STARTING,
    State,
)
from .blocking_steps import BlockingSteps


class BlockingClaims(BlockingSteps):
    """What must be true of the pool, and what must happen some time."""

    # Safety

    @always
    def a_call_stands_in_one_place(self, state: State) -> bool:
        return all(
            (state.queue.count(call), state.outside.count(call), self.hands_with(state, call))
            == (at == QUEUED, at == OUTSIDE, at in (HANDED, RUNNING))
            for call, at in enumerate(state.calls)
        )

    @always
    def what_runs_is_run_by_a_busy_worker(self, state: State) -> bool:
        return all(
            (worker.at == BUSY) == (state.calls[worker.call] == RUNNING)
            for worker in state.workers
            if worker.call != NOTHING
        )

    @always
    def run_at_most_once(self, state: State) -> bool:
        return max(state.runs) <= 1

    @always
    def what_was_given_up_never_runs(self, state: State) -> bool:
        """Cancelled, refused, or forgone by a close."""
        return all(
            state.runs[call] == (1 if at in (RUNNING, RETURNED) else 0)
            for call, at in enumerate(state.calls)
        )

    @always
    def nobody_idles_while_a_call_waits(self, state: State) -> bool:
        return not state.idle or not (state.queue or state.outside)

    @always
    def never_more_threads_than_allowed(self, state: State) -> bool:
        return len(self.present(state)) <= self.threads

    @always
    def the_queue_keeps_its_limit(self, state: State) -> bool:
        """Except for calls that were put back since there was no thread for them."""
        return len(state.queue) <= self.queue_max + state.failures

    @always
    def nobody_is_outside_while_there_is_room(self, state: State) -> bool:
        return not state.outside or len(state.queue) >= self.queue_max

    @always
    def somebody_serves_the_line(self, state: State) -> bool:
        """No call waits for a worker that will never come."""
        return not state.queue or bool(self.present(state))

    @always
    def whoever_was_handed_a_call_comes(self, state: State) -> bool:
        """Its thread starts, a token lies at its place, or its time is up."""
        return all(
            worker.at in (STARTING, COMING, LATE) or worker.token
            for worker in state.workers
            if worker.call != NOTHING and worker.at != BUSY
        )

    @always
    def the_line_is_in_order(self, state: State) -> bool:
        line = [*state.queue, *state.outside]
        return line == sorted(line)

    @always
    def nobody_overtakes(self, state: State) -> bool:
        """Whoever was handed over came before whoever waits, unless the system gave no thread."""
        begun = (HANDED, RUNNING, RETURNED)
        latest = max((call for call, at in enumerate(state.calls) if at in begun), default=-1)
        return state.failures > 0 or all(call > latest for call in (*state.queue, *state.outside))

    @always
    def only_workers_without_a_call_idle(self, state: State) -> bool:
        return len(set(state.idle)) == len(state.idle) and all(
            state.workers[worker].at in (IDLE, LATE) and state.workers[worker].call == NOTHING
            for worker in state.idle
        )

    @always
    def nothing_begins_after_the_close(self, state: State) -> bool:
        return not state.closed or not {OUTSIDE, QUEUED, HANDED} & set(state.calls)

    @always
    def told_at_most_once_and_at_the_end(self, state: State) -> bool:
        return all(
            woken <= (1 if at in ENDED else 0)
            for woken, at in zip(state.woken, state.calls, strict=True)
        )

    @always
    def whoever_waits_for_an_end_that_was_is_told(self, state: State) -> bool:
        """Or somebody is about to tell him, or he has cancelled it himself."""
        telling = [worker.telling for worker in state.workers]
        return all(
            state.woken[call] == 1 or call in telling or state.calls[call] == CANCELLED
            for call in range(self.calls)
            if state.watched[call] and state.calls[call] in ENDED
        )

    def hands_with(self, state: State, call: int) -> int:
        """How many workers have it."""
        return sum(worker.call == call for worker in state.workers)

    # Progress

    def is_handed_in(self, state: State, call: int) -> bool:
        """Whether it was handed in and has not ended."""
        return state.calls[call] not in (AWAY, *ENDED)

    @eventually(after="is_handed_in", of="call")
    def every_call_ends(self, state: State, call: int) -> bool:
        return state.calls[call] in ENDED

    def idles(self, state: State, worker: int) -> bool:
        """Whether it has nothing to do."""
        return worker in state.idle

    @eventually(after="idles", of="worker")
    def whoever_idles_leaves_or_works(self, state: State, worker: int) -> bool:
        return worker not in state.idle

    def is_closed(self, state: State) -> bool:
        """Whether the pool was closed."""
        return state.closed

    @eventually(after="is_closed")
    def a_closed_pool_ends(self, state: State) -> bool:
        """Every thread has left."""
        return not self.present(state)

    # Reachability

    @sometimes
    def a_call_comes_when_the_time_is_up(self, state: State) -> bool:
        return any(worker.at == LATE and worker.call != NOTHING for worker in state.workers)

    @sometimes
    def a_worker_comes_for_nothing(self, state: State) -> bool:
        """Its call was cancelled, and somebody else's waits in the queue."""
        return bool(state.queue) and any(
            worker.call == NOTHING and (worker.at == COMING or (worker.at == IDLE and worker.token))
            for worker in state.workers
        )

    @sometimes
    def a_token_is_left_over(self, state: State) -> bool:
        return any(state.workers[worker].token for worker in state.idle) and not state.closed

    @sometimes
    def a_worker_has_its_next_call_before_it_has_told_of_the_last(self, state: State) -> bool:
        return any(worker.at == BUSY and worker.telling != NOTHING for worker in state.workers)

    @sometimes
    def a_call_that_waited_is_refused(self, state: State) -> bool:
        """There is no thread for it, and none is to be had."""
        return any(at == REFUSED and state.woken[call] == 1 for call, at in enumerate(state.calls))

    @sometimes
    def it_is_closed_while_a_call_runs(self, state: State) -> bool:
        return state.closed and RUNNING in state.calls

    @sometimes
    def the_last_thread_has_left(self, state: State) -> bool:
        return RETURNED in state.calls and not self.present(state) and not state.closed
