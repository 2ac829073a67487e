"""The variables of the join machine, where it begins, and the pieces that its steps are made of.

What they mean is said at the head of `join.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, drop, put

TASK = -1
NEW, SUSPENDED, DONE = "new", "suspended", "done"
AWAY, WAITING, ANSWERED, CANCELLED = "away", "waiting", "answered", "cancelled"
READY, ERROR, ABORTED = "ready", "error", "aborted"
WAIT, ABORT = "wait", "abort"


class State(NamedTuple):
    """The variables; see the head of `join.py`."""

    queue: tuple[int, ...]
    at: str
    aborting: bool
    injected: int
    outcomes: tuple[str, ...]
    registered: tuple[int, ...]
    awaiters: tuple[str, ...]
    cancelling: tuple[bool, ...]
    woken: tuple[int, ...]
    answers: tuple[tuple[str, ...], ...]
    held: bool
    asked: bool
    reported: int
    closed: bool


class JoinState(Machine[State]):
    """What the steps stand on. The awaiters from outside come after those inside."""

    inside: int = 2
    outside: int = 0

    def initial(self) -> Iterable[State]:
        count = self.inside + self.outside
        return [
            State(
                queue=(TASK,),
                at=NEW,
                aborting=False,
                injected=0,
                outcomes=(),
                registered=(),
                awaiters=(AWAY,) * count,
                cancelling=(False,) * count,
                woken=(0,) * count,
                answers=((),) * count,
                held=True,
                asked=False,
                reported=0,
                closed=False,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {
            "awaiter": range(self.inside + self.outside),
            "answer": (WAIT, ABORT, READY, ERROR, ABORTED),
        }

    def wake(self, state: State, who: int) -> State:
        """Owe a poll, once."""
        return state if who in state.queue else state._replace(queue=(*state.queue, who))

    def end(self, state: State, outcome: str) -> State:
        """The task is done: everybody who is registered is woken, in order."""
        registered = state.registered
        state = state._replace(
            at=DONE, aborting=False, outcomes=(*state.outcomes, outcome), registered=()
        )
        for awaiter in registered:
            if awaiter < self.inside:
                state = self.wake(state, awaiter)
            else:
                woken = put(state.woken, awaiter, state.woken[awaiter] + 1)
                state = state._replace(woken=woken)
        return self.report_if_lost(state)

    def register(self, state: State, awaiter: int) -> State:
        """Wait for the end, once however often it is polled."""
        if awaiter not in state.registered:
            state = state._replace(registered=(*state.registered, awaiter))
        return state._replace(awaiters=put(state.awaiters, awaiter, WAITING))

    def answer(self, state: State, awaiter: int) -> State:
        """The awaiter gets the outcome and goes on; so it lets go of the task."""
        answers = (*state.answers[awaiter], state.outcomes[0])
        state = state._replace(
            awaiters=put(state.awaiters, awaiter, ANSWERED),
            cancelling=put(state.cancelling, awaiter, False),
            answers=put(state.answers, awaiter, answers),
        )
        return self.report_if_lost(state)

    def leave(self, state: State, awaiter: int) -> State:
        """The awaiter is gone without an answer."""
        state = state._replace(
            awaiters=put(state.awaiters, awaiter, CANCELLED),
            cancelling=put(state.cancelling, awaiter, False),
        )
        if awaiter in state.registered:
            state = state._replace(registered=drop(state.registered, awaiter))
        return self.report_if_lost(state)

    def report_if_lost(self, state: State) -> State:
        """Somebody let go: if that was the last one, the error is reported unless it was asked."""
        if state.outcomes == (ERROR,) and not self.is_kept(state) and not self.was_asked(state):
            return state._replace(reported=state.reported + 1)
        return state

    def is_kept(self, state: State) -> bool:
        """Whether anybody keeps the task: a handle, an awaiter, or an abort on its way to it."""
        awaited = NEW in state.awaiters or WAITING in state.awaiters
        return state.held or awaited or state.injected > 0

    def was_asked(self, state: State) -> bool:
        """Whether anybody was given the outcome."""
        return state.asked or any(state.answers)
