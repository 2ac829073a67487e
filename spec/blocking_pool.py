"""The blocking pool: calls that block, the threads they run in, and the line in which they wait.

Modelled: calls that are handed in, by whoever refuses to wait and by whoever waits for room; that
are cancelled at any time, and waited for from any time on; threads that are started, or not given
by the system; workers that take a call, end it, tell whoever waited, idle, and leave when they
have idled long enough; a close in the middle. A worker waits at a place with a token: who calls it
leaves one there, and a token may be left over. That its time is up and that it is called may come
together.

Left out: what calls compute, the clock (a time may be up whenever the worker idles), the wait of a
close for the threads that end, and the moments between the block under the lock and the wakes of
those whose calls will never run.

Variables:
    calls     by call: away; outside (waits for room), queued, handed (to a worker that has not
              begun it), running; returned, cancelled, refused
    queue     the calls that have a place in the queue, in order
    outside   the calls that wait for one, in order
    workers   by worker: absent; starting (its thread is asked for), coming, busy, idle, late (its
              time is up), gone; its call; whether a token lies at its place; the call of whose end
              it has still to tell
    idle      the workers that may be handed a call, who came last stands last
    runs      by call: how often it has begun
    watched   by call: somebody waits for its end
    woken     by call: how often he was woken
    failures  how often the system gave no thread
    closed    no call begins any more

Facts: a call stands in one place; who idles and who waits do not exist at the same time.
"""

from __future__ import annotations

from zokio.model import always, eventually, sometimes

from .blocking_claims import BlockingClaims
from .blocking_state import (
    BUSY,
    CANCELLED,
    COMING,
    IDLE,
    LATE,
    NOTHING,
    REFUSED,
    RETURNED,
    RUNNING,
    STARTING,
    State,
)


class BlockingPoolMachine(BlockingClaims):
    """See the head of this file. Here are claims that must be violated: what the checker sees."""

    @always(canary="a_call_stands_in_one_place")
    def nothing_is_ever_queued(self, state: State) -> bool:
        return not state.queue

    @always(canary="what_runs_is_run_by_a_busy_worker")
    def whoever_has_a_call_runs_it(self, state: State) -> bool:
        return all(worker.at == BUSY for worker in state.workers if worker.call != NOTHING)

    @always(canary="run_at_most_once")
    def nothing_ever_runs(self, state: State) -> bool:
        return max(state.runs) == 0

    @always(canary="what_was_given_up_never_runs")
    def nothing_is_given_up(self, state: State) -> bool:
        return not {CANCELLED, REFUSED} & set(state.calls)

    @always(canary="never_more_threads_than_allowed")
    def never_as_many_threads_as_allowed(self, state: State) -> bool:
        return len(self.present(state)) < self.threads

    @always(canary="the_queue_keeps_its_limit")
    def the_queue_is_never_full(self, state: State) -> bool:
        return len(state.queue) < self.queue_max

    @always(canary="somebody_serves_the_line")
    def somebody_free_serves_the_line(self, state: State) -> bool:
        free = (STARTING, COMING, IDLE, LATE)
        return not state.queue or any(worker.at in free for worker in state.workers)

    @always(canary="whoever_was_handed_a_call_comes")
    def whoever_was_handed_a_call_was_called(self, state: State) -> bool:
        return all(
            worker.token for worker in state.workers if worker.call != NOTHING and worker.at != BUSY
        )

    @always(canary="only_workers_without_a_call_idle")
    def nobody_idles(self, state: State) -> bool:
        return not state.idle

    @always(canary="nothing_begins_after_the_close")
    def nothing_runs_after_the_close(self, state: State) -> bool:
        return not state.closed or RUNNING not in state.calls

    @always(canary="told_at_most_once_and_at_the_end")
    def nobody_is_told(self, state: State) -> bool:
        return not any(state.woken)

    @always(canary="whoever_waits_for_an_end_that_was_is_told")
    def whoever_waits_for_an_end_that_was_has_been_told(self, state: State) -> bool:
        return all(
            state.woken[call] == 1
            for call in range(self.calls)
            if state.watched[call] and state.calls[call] == RETURNED
        )

    @eventually(after="is_handed_in", of="call", canary="every_call_ends")
    def every_call_returns(self, state: State, call: int) -> bool:
        return state.calls[call] == RETURNED

    @eventually(after="idles", of="worker", canary="whoever_idles_leaves_or_works")
    def whoever_idles_works(self, state: State, worker: int) -> bool:
        return state.workers[worker].call != NOTHING

    @eventually(canary="a_closed_pool_ends")
    def every_pool_ends(self, state: State) -> bool:
        return state.closed and not self.present(state)


class LongLine(BlockingPoolMachine):
    """One thread, and more calls than the queue has places for."""

    @sometimes
    def one_waits_outside_of_a_full_queue(self, state: State) -> bool:
        return bool(state.outside)

    @always(canary="nobody_is_outside_while_there_is_room")
    def nobody_is_ever_outside(self, state: State) -> bool:
        return not state.outside

    @always(canary="the_line_is_in_order")
    def the_line_has_no_gaps(self, state: State) -> bool:
        line = [*state.queue, *state.outside]
        return line == list(range(min(line, default=0), min(line, default=0) + len(line)))


class TwoThreads(BlockingPoolMachine):
    """One thread does what the other one does not."""

    @always(canary="nobody_idles_while_a_call_waits")
    def nobody_idles_while_a_call_runs(self, state: State) -> bool:
        return not (state.idle and RUNNING in state.calls)

    @always(canary="nobody_overtakes")
    def they_return_in_order(self, state: State) -> bool:
        """Those that run at the same time do not."""
        returned = [call for call, at in enumerate(state.calls) if at == RETURNED]
        running = [call for call, at in enumerate(state.calls) if at == RUNNING]
        return state.failures > 0 or max(returned, default=-1) < min(running, default=self.calls)


CONFIGURATIONS = (
    LongLine(calls=4, threads=1, queue_max=1, failures_max=1),
    TwoThreads(calls=3, threads=2, queue_max=1, failures_max=1),
)
