"""The steps of the join machine: what the task, its awaiters and those who hold its handle do.

What is modelled is said at the head of `join.py`.
"""

from __future__ import annotations

from zokio.model import action, put

from .join_state import (
    ABORT,
    ABORTED,
    AWAY,
    DONE,
    ERROR,
    NEW,
    READY,
    SUSPENDED,
    TASK,
    WAIT,
    WAITING,
    JoinState,
    State,
)


class JoinSteps(JoinState):
    """Everything that can happen, one atomic step each."""

    # The task

    @action(
        writes=("queue", "at", "aborting", "outcomes", "registered", "woken", "reported"),
        reads=(
            *("queue", "at", "aborting", "injected", "outcomes", "registered", "awaiters"),
            *("woken", "answers", "held", "asked", "reported"),
        ),
    )
    def poll_task(self, state: State, answer: str) -> State:
        """One poll, which ends in the way that the task chooses.

        A task that is aborted, and has begun, sees it at the beginning of the poll: it may end by
        it, or do something else instead. Then it is owed the next poll in which it sees it again.
        """
        state = state._replace(queue=state.queue[1:])
        if answer in (READY, ERROR, ABORTED):
            return self.end(state, answer)
        state = state._replace(at=SUSPENDED, aborting=state.aborting or answer == ABORT)
        return self.wake(state, TASK) if state.aborting else state

    @poll_task.guard
    def can_poll_task(self, state: State, answer: str) -> bool:
        if not state.queue or state.queue[0] != TASK:
            return False
        if answer == ABORTED:
            return state.aborting and state.at == SUSPENDED
        return answer != ABORT or not state.aborting

    @action(writes=("queue",), reads=("queue", "at"), fair=False)
    def wake_task(self, state: State) -> State:
        return self.wake(state, TASK)

    @wake_task.guard
    def can_wake_task(self, state: State) -> bool:
        return state.at == SUSPENDED and TASK not in state.queue

    @action(writes=("queue", "aborting"), reads=("queue", "at", "aborting", "held"), fair=False)
    def abort(self, state: State) -> State:
        """Aborting twice, or a task that is done, changes nothing."""
        if state.at == DONE or state.aborting:
            return state
        return self.wake(state._replace(aborting=True), TASK)

    @abort.guard
    def can_abort(self, state: State) -> bool:
        return state.held

    @action(writes=("injected",), reads=("injected", "held", "closed"), fair=False)
    def abort_from_a_thread(self, state: State) -> State:
        return state if state.closed else state._replace(injected=state.injected + 1)

    @abort_from_a_thread.guard
    def can_abort_from_a_thread(self, state: State) -> bool:
        return state.held and state.injected == 0

    @action(
        writes=("queue", "aborting", "injected", "reported"),
        reads=(
            *("queue", "at", "aborting", "injected", "outcomes", "awaiters", "answers"),
            *("held", "asked", "reported"),
        ),
    )
    def take_in(self, state: State) -> State:
        return self.report_if_lost(self.abort(state)._replace(injected=0))

    @take_in.guard
    def can_take_in(self, state: State) -> bool:
        return state.injected > 0

    # Awaiters inside: tasks

    @action(writes=("queue", "awaiters"), reads=("queue", "awaiters", "held", "closed"), fair=False)
    def begin(self, state: State, awaiter: int) -> State:
        awaiters = put(state.awaiters, awaiter, NEW)
        return self.wake(state._replace(awaiters=awaiters), awaiter)

    @begin.guard
    def can_begin(self, state: State, awaiter: int) -> bool:
        may = state.held and not state.closed and awaiter < self.inside
        return may and state.awaiters[awaiter] == AWAY

    @action(
        writes=("queue", "registered", "awaiters", "cancelling", "answers", "reported"),
        reads=(
            *("queue", "injected", "outcomes", "registered", "awaiters", "cancelling"),
            *("answers", "held", "asked", "reported"),
        ),
    )
    def poll_awaiter(self, state: State, awaiter: int) -> State:
        """It sees its cancellation where it is suspended, and there it comes first."""
        begun = state.awaiters[awaiter] == WAITING
        state = state._replace(queue=state.queue[1:])
        if state.cancelling[awaiter] and begun:
            return self.leave(state, awaiter)
        if state.outcomes:
            return self.answer(state, awaiter)
        state = self.register(state, awaiter)
        return self.wake(state, awaiter) if state.cancelling[awaiter] else state

    @poll_awaiter.guard
    def can_poll_awaiter(self, state: State, awaiter: int) -> bool:
        return state.queue[:1] == (awaiter,)

    @action(writes=("queue", "cancelling"), reads=("queue", "awaiters", "cancelling"), fair=False)
    def cancel(self, state: State, awaiter: int) -> State:
        cancelling = put(state.cancelling, awaiter, True)
        return self.wake(state._replace(cancelling=cancelling), awaiter)

    @cancel.guard
    def can_cancel(self, state: State, awaiter: int) -> bool:
        alive = state.awaiters[awaiter] in (NEW, WAITING) and awaiter < self.inside
        return alive and not state.cancelling[awaiter]

    @action(writes=("queue",), reads=("queue", "awaiters"), fair=False)
    def wake_for_no_reason(self, state: State, awaiter: int) -> State:
        return self.wake(state, awaiter)

    @wake_for_no_reason.guard
    def can_wake_for_no_reason(self, state: State, awaiter: int) -> bool:
        idle = state.awaiters[awaiter] == WAITING and awaiter not in state.queue
        return idle and awaiter < self.inside

    # Awaiters from outside: whoever polls by hand

    @action(
        writes=("registered", "awaiters", "answers", "reported"),
        reads=(
            *("injected", "outcomes", "registered", "awaiters", "answers"),
            *("held", "asked", "reported"),
        ),
    )
    def poll_by_hand(self, state: State, awaiter: int) -> State:
        return self.answer(state, awaiter) if state.outcomes else self.register(state, awaiter)

    @poll_by_hand.guard
    def can_poll_by_hand(self, state: State, awaiter: int) -> bool:
        waits = state.awaiters[awaiter] == WAITING
        comes = state.awaiters[awaiter] == AWAY and state.held
        return awaiter >= self.inside and (waits or comes)

    @action(
        writes=("registered", "awaiters", "cancelling", "reported"),
        reads=(
            *("injected", "outcomes", "registered", "awaiters", "answers"),
            *("held", "asked", "reported"),
        ),
        fair=False,
    )
    def go_away(self, state: State, awaiter: int) -> State:
        return self.leave(state, awaiter)

    @go_away.guard
    def can_go_away(self, state: State, awaiter: int) -> bool:
        return awaiter >= self.inside and state.awaiters[awaiter] == WAITING

    # The handle, and the end of the runtime

    @action(writes=("asked",), reads=("outcomes", "asked", "held"), fair=False)
    def ask(self, state: State) -> State:
        return state._replace(asked=True)

    @ask.guard
    def can_ask(self, state: State) -> bool:
        return state.held and bool(state.outcomes)

    @action(
        writes=("held", "reported"),
        reads=("injected", "outcomes", "awaiters", "answers", "held", "asked", "reported"),
        fair=False,
    )
    def let_go(self, state: State) -> State:
        return self.report_if_lost(state._replace(held=False))

    @let_go.guard
    def can_let_go(self, state: State) -> bool:
        return state.held

    @action(
        writes=(
            *("queue", "at", "aborting", "injected", "outcomes", "registered", "awaiters"),
            *("cancelling", "woken", "answers", "reported", "closed"),
        ),
        reads=State._fields,
        fair=False,
    )
    def shut_down(self, state: State) -> State:
        """Cancel everything, give one poll to the first in the queue, and drop the rest.

        The task uses its poll to go on; what it does with more time is left to `shutdown.py`.
        """
        state = self.take_in(state) if state.injected else state
        state = self.abort(state)
        for awaiter in range(self.inside):
            if state.awaiters[awaiter] in (NEW, WAITING):
                cancelling = put(state.cancelling, awaiter, True)
                state = self.wake(state._replace(cancelling=cancelling), awaiter)
        if state.queue:
            first = state.queue[0]
            state = (
                self.poll_task(state, WAIT) if first == TASK else self.poll_awaiter(state, first)
            )
        if state.at != DONE:
            state = self.end(state, ABORTED)
        for awaiter in range(self.inside):
            if state.awaiters[awaiter] in (NEW, WAITING):
                state = self.leave(state, awaiter)
        return state._replace(queue=(), injected=0, closed=True)

    @shut_down.guard
    def can_shut_down(self, state: State) -> bool:
        return not state.closed
