"""The steps of the blocking pool machine: one block under the pool's lock each, or one of nobody's.

What is modelled is said at the head of `blocking_pool.py`.
"""

from __future__ import annotations

from zokio.model import action, put

from .blocking_state import (
    ABSENT,
    AWAY,
    BUSY,
    CANCELLED,
    COMING,
    ENDED,
    GONE,
    HANDED,
    IDLE,
    LATE,
    NOTHING,
    OUTSIDE,
    QUEUED,
    REFUSED,
    RETURNED,
    STARTING,
    BlockingState,
    State,
    Worker,
)

PLACES = ("calls", "queue", "outside", "workers", "idle")


class BlockingSteps(BlockingState):
    """Everything that can happen."""

    # Whoever hands calls in

    @action(writes=PLACES, reads=(*PLACES, "closed"), fair=False)
    def submit(self, state: State, call: int) -> State:
        """Hand it in without waiting: refused if there is no room."""
        if not state.closed and len(state.queue) + len(state.outside) >= self.room(state):
            return self.mark(state, call, REFUSED)
        return self.place(state, call)

    @submit.guard
    def can_submit(self, state: State, call: int) -> bool:
        return self.is_next(state, call)

    @action(writes=PLACES, reads=(*PLACES, "closed"), fair=False)
    def ask(self, state: State, call: int) -> State:
        """Hand it in, and wait outside if there is no room."""
        return self.place(state, call)

    @ask.guard
    def can_ask(self, state: State, call: int) -> bool:
        return self.is_next(state, call)

    def room(self, state: State) -> int:
        """How many may stand in the line before the one that comes."""
        return self.queue_max + (1 if state.idle or self.may_grow(state) else 0)

    def place(self, state: State, call: int) -> State:
        """At the end of the line; and somebody comes for the first one in it, if anybody can."""
        if state.closed:
            return self.mark(state, call, REFUSED)
        if state.idle:
            worker = state.idle[-1]
            state = self.equip(state._replace(idle=state.idle[:-1]), worker, token=True)
            return self.hand_first(self.line_up(state, call), worker)
        if self.may_grow(state):
            worker = next(n for n, each in enumerate(state.workers) if each.at == ABSENT)
            state = self.equip(state, worker, at=STARTING)
            return self.hand_first(self.line_up(state, call), worker)
        return self.line_up(state, call)

    @action(writes=("workers",), reads=("workers",))
    def come(self, state: State, worker: int) -> State:
        """The system gives a thread."""
        return self.equip(state, worker, at=COMING)

    @come.guard
    def can_come(self, state: State, worker: int) -> bool:
        return state.workers[worker].at == STARTING

    @action(
        writes=(*PLACES, "woken", "failures"),
        reads=(*PLACES, "watched", "woken", "failures"),
        fair=False,
    )
    def do_without(self, state: State, worker: int) -> State:
        """It gives none: the call goes back to the front, or to somebody who has nothing to do.

        If there is nobody at all, whoever waits is refused: he would wait for ever.
        """
        call = state.workers[worker].call
        state = self.leave(state, worker)._replace(failures=state.failures + 1)
        if call != NOTHING:
            state = self.mark(state._replace(queue=(call, *state.queue)), call, QUEUED)
        if not self.present(state):
            refused = (*state.queue, *state.outside)
            for each in refused:
                state = self.forgo(state, each, REFUSED)
            return self.tell(state, refused)
        if state.idle and state.queue:
            other = state.idle[-1]
            state = self.equip(state._replace(idle=state.idle[:-1]), other, token=True)
            return self.hand_first(state, other)
        return state

    @do_without.guard
    def can_do_without(self, state: State, worker: int) -> bool:
        return state.workers[worker].at == STARTING and state.failures < self.failures_max

    @action(writes=("watched",), reads=("calls", "watched"), fair=False)
    def watch(self, state: State, call: int) -> State:
        """Somebody waits for its end."""
        return state._replace(watched=put(state.watched, call, True))

    @watch.guard
    def can_watch(self, state: State, call: int) -> bool:
        return state.calls[call] not in (AWAY, *ENDED) and not state.watched[call]

    @action(writes=PLACES, reads=PLACES, fair=False)
    def cancel(self, state: State, call: int) -> State:
        """Before it begins; later this changes nothing. Its worker comes for nothing."""
        if state.calls[call] not in (OUTSIDE, QUEUED, HANDED):
            return state
        return self.admit(self.forgo(state, call, CANCELLED))

    @cancel.guard
    def can_cancel(self, state: State, call: int) -> bool:
        return state.calls[call] != AWAY

    @action(
        writes=(*PLACES, "woken", "closed"),
        reads=(*PLACES, "watched", "woken", "closed"),
        fair=False,
    )
    def close(self, state: State) -> State:
        """No call begins any more; the workers without one are called. It may come twice."""
        state = state._replace(closed=True)
        forgone = [call for call, at in enumerate(state.calls) if at in (OUTSIDE, QUEUED, HANDED)]
        for call in forgone:
            state = self.forgo(state, call, CANCELLED)
        for worker in self.present(state):
            if state.workers[worker].at != BUSY:
                state = self.equip(state, worker, token=True)
        return self.tell(state, forgone)

    # The workers

    @action(writes=("workers",), reads=("workers",))
    def run_out(self, state: State, worker: int) -> State:
        """It has been idle for its time, and goes to say so."""
        return self.equip(state, worker, at=LATE)

    @run_out.guard
    def can_run_out(self, state: State, worker: int) -> bool:
        each = state.workers[worker]
        return each.at == IDLE and not each.token and each.telling == NOTHING

    @action(writes=(*PLACES, "runs"), reads=(*PLACES, "runs", "closed"))
    def take(self, state: State, worker: int) -> State:
        """It has come, was called, or its time is up: what it does next."""
        at = state.workers[worker].at
        if at == IDLE:
            state = self.equip(state, worker, token=False)
        if state.workers[worker].call != NOTHING:
            return self.begin(state, worker)
        return self.find_work(state, worker, leaves=state.closed or at == LATE)

    @take.guard
    def can_take(self, state: State, worker: int) -> bool:
        each = state.workers[worker]
        called = each.at == IDLE and each.token and each.telling == NOTHING
        return each.at in (COMING, LATE) or called

    @action(writes=(*PLACES, "runs"), reads=(*PLACES, "runs", "watched", "closed"))
    def end(self, state: State, worker: int) -> State:
        """Its call has returned: what it does next. Who waited for the call is told afterwards."""
        call = state.workers[worker].call
        telling = call if self.has_to_tell(state, call) else NOTHING
        state = self.equip(state, worker, call=NOTHING, telling=telling)
        return self.find_work(self.mark(state, call, RETURNED), worker, leaves=state.closed)

    @end.guard
    def can_end(self, state: State, worker: int) -> bool:
        return state.workers[worker].at == BUSY and state.workers[worker].telling == NOTHING

    @action(writes=("workers", "woken"), reads=("workers", "watched", "woken"))
    def tell_of(self, state: State, worker: int) -> State:
        """Wake whoever waited for the call that has returned."""
        each = state.workers[worker]
        return self.has_told(self.tell(state, (each.telling,)), worker)

    @tell_of.guard
    def can_tell_of(self, state: State, worker: int) -> bool:
        return state.workers[worker].telling != NOTHING

    def has_to_tell(self, state: State, call: int) -> bool:
        """Whether a worker whose call has ended looks who waits for it."""
        return state.watched[call]

    def has_told(self, state: State, worker: int) -> State:
        """It has nothing to tell any more; if it has left, its place is free."""
        if state.workers[worker].at == GONE:
            return state._replace(workers=put(state.workers, worker, Worker()))
        return self.equip(state, worker, telling=NOTHING)
