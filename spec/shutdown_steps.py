"""The steps of the shutdown machine: the runtime's own, its tasks', and those of other threads.

What is modelled is said at the head of `shutdown.py`.
"""

from __future__ import annotations

from zokio.model import action, drop, put

from .shutdown_state import (
    CALL,
    CANCELLING,
    CLOSED,
    DROPPING,
    END,
    FINISHED,
    NOBODY,
    OPEN,
    SENT,
    SHIELD,
    SHIELDED,
    SPAWN,
    UNBORN,
    WAITING,
    WAKE,
    ShutdownState,
    State,
)

EVERYTHING = State._fields


class ShutdownSteps(ShutdownState):
    """Everything that can happen, one atomic step each."""

    # The runtime

    @action(
        writes=("tasks", "alive", "queue", "polling", "woken", "injected", "calls", "late"),
        reads=EVERYTHING,
    )
    def step(self, state: State) -> State:
        """Take in what other threads handed in, and begin to poll the first of the queue."""
        return self.poll_first(self.drain(state))

    @step.guard
    def can_step(self, state: State) -> bool:
        return state.phase == OPEN and state.polling == NOBODY

    @action(writes=EVERYTHING, reads=EVERYTHING, fair=False)
    def shut_down(self, state: State) -> State:
        """Cancel every task there is, and begin to poll the first."""
        state = state._replace(
            phase=CANCELLING, finished_before=state.tasks.count(FINISHED), time_left=self.timeout
        )
        state = self.drain(state)
        for task in state.alive:
            if state.tasks[task] != SHIELDED:
                state = self.owe(state, task)
        state = self.poll_first(state)
        return self.go_on(state) if state.polling == NOBODY else state

    @shut_down.guard
    def can_shut_down(self, state: State) -> bool:
        return state.phase == OPEN and state.polling == NOBODY

    @action(writes=EVERYTHING, reads=EVERYTHING)
    def turn(self, state: State) -> State:
        """Wait if nothing is to be done, take in what was handed in, begin the next poll.

        If nobody ever hands anything in, the wait lasts until the time is up.
        """
        if not state.queue and not state.injected:
            state = state._replace(time_left=0)
        state = self.poll_first(self.drain(state))
        return self.go_on(state) if state.polling == NOBODY else state

    @turn.guard
    def can_turn(self, state: State) -> bool:
        return state.phase == CANCELLING and state.polling == NOBODY

    @action(writes=("time_left",), reads=("phase", "time_left"))
    def advance(self, state: State) -> State:
        """Time passes, during a poll or between two."""
        return state._replace(time_left=state.time_left - 1)

    @advance.guard
    def can_advance(self, state: State) -> bool:
        return state.phase == CANCELLING and state.time_left > 0

    # The task that is being polled, or dropped

    @action(writes=EVERYTHING, reads=EVERYTHING)
    def answer(self, state: State, answer: str) -> State:
        """The poll ends: the task has ended, or it waits, or does so inside a shield."""
        task, woken = state.polling, state.woken
        state = state._replace(polling=NOBODY, woken=False)
        if answer == END:
            state = state._replace(
                tasks=put(state.tasks, task, FINISHED), alive=drop(state.alive, task)
            )
        else:
            shielded = answer == SHIELD or state.tasks[task] == SHIELDED
            at = SHIELDED if shielded else WAITING
            state = state._replace(tasks=put(state.tasks, task, at))
            state = self.owe(state, task) if woken else state
        return self.go_on(state) if state.phase == CANCELLING else state

    @answer.guard
    def can_answer(self, state: State, answer: str) -> bool:
        if state.polling == NOBODY or state.phase == DROPPING:
            return False
        return answer != SHIELD or state.tasks[state.polling] != SHIELDED

    @action(writes=EVERYTHING, reads=EVERYTHING)
    def leave(self, state: State) -> State:
        """The task that is being dropped has done what it does on its way out."""
        return self.drop_next(self.drop_task(state, state.polling))

    @leave.guard
    def can_leave(self, state: State) -> bool:
        return state.phase == DROPPING

    # On the runtime's thread: between steps, or from inside the task that is polled or dropped

    @action(writes=("tasks", "alive", "queue"), reads=EVERYTHING, fair=False)
    def spawn(self, state: State, task: int) -> State:
        """A task that is spawned during the shutdown is cancelled like the others."""
        return self.adopt(state, task)

    @spawn.guard
    def can_spawn(self, state: State, task: int) -> bool:
        return state.phase != CLOSED and self.may_act(state) and self.is_next(state, task)

    @action(writes=("queue", "woken"), reads=EVERYTHING, fair=False)
    def wake(self, state: State, task: int) -> State:
        """Waking one that is done changes nothing."""
        return self.owe(state, task)

    @wake.guard
    def can_wake(self, state: State, task: int) -> bool:
        return self.may_act(state) and state.tasks[task] not in (UNBORN, SENT)

    def may_act(self, state: State) -> bool:
        """Whether code of the program runs on the runtime's thread."""
        return state.phase in (OPEN, CLOSED) or state.polling != NOBODY

    # Other threads, at any time

    @action(writes=("tasks", "injected"), reads=("phase", "tasks", "injected"), fair=False)
    def spawn_elsewhere(self, state: State, task: int) -> State:
        """Once the runtime is closed this is refused, with an error."""
        if state.phase == CLOSED:
            return state
        return self.hand_in(state._replace(tasks=put(state.tasks, task, SENT)), SPAWN, task)

    @spawn_elsewhere.guard
    def can_spawn_elsewhere(self, state: State, task: int) -> bool:
        return self.is_next(state, task) and self.has_room(state)

    @action(writes=("injected",), reads=("phase", "tasks", "injected"), fair=False)
    def wake_elsewhere(self, state: State, task: int) -> State:
        """However often it is woken from elsewhere, it is handed in once."""
        return state if (WAKE, task) in state.injected else self.hand_in(state, WAKE, task)

    @wake_elsewhere.guard
    def can_wake_elsewhere(self, state: State, task: int) -> bool:
        return state.tasks[task] not in (UNBORN, SENT) and self.has_room(state)

    @action(writes=("injected",), reads=("phase", "injected", "calls"), fair=False)
    def call_elsewhere(self, state: State) -> State:
        return self.hand_in(state, CALL, NOBODY)

    @call_elsewhere.guard
    def can_call_elsewhere(self, state: State) -> bool:
        unused = (CALL, NOBODY) not in state.injected and state.calls == 0
        return unused and self.has_room(state)

    def hand_in(self, state: State, kind: str, task: int) -> State:
        """Hand something in, unless it is too late."""
        if state.phase == CLOSED:
            return state
        return state._replace(injected=(*state.injected, (kind, task)))
