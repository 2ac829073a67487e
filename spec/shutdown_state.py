"""The variables of the shutdown machine, where it begins, and the pieces of its steps.

What they mean is said at the head of `shutdown.py`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import NamedTuple

from zokio.model import Machine, drop, put

OPEN, CANCELLING, DROPPING, CLOSED = "open", "cancelling", "dropping", "closed"
UNBORN, SENT, NEW, WAITING, SHIELDED = "unborn", "sent", "new", "waiting", "shielded"
FINISHED, DROPPED, TOO_LATE = "finished", "dropped", "too_late"
SPAWN, WAKE, CALL = "spawn", "wake", "call"
WAIT, SHIELD, END = "wait", "shield", "end"
NOBODY = -1


class Report(NamedTuple):
    """What the shutdown says that it found."""

    cancelled: int
    dropped: tuple[int, ...]


class State(NamedTuple):
    """The variables; see the head of `shutdown.py`."""

    phase: str
    tasks: tuple[str, ...]
    alive: tuple[int, ...]
    queue: tuple[int, ...]
    polling: int
    woken: bool
    injected: tuple[tuple[str, int], ...]
    time_left: int
    finished_before: int
    calls: int
    late: int
    report: Report | None


class ShutdownState(Machine[State]):
    """What the steps stand on. `injected_max` bounds how much other threads may hand in."""

    tasks: int = 2
    timeout: int = 1
    injected_max: int = 2

    def initial(self) -> Iterable[State]:
        return [
            State(
                phase=OPEN,
                tasks=(UNBORN,) * self.tasks,
                alive=(),
                queue=(),
                polling=NOBODY,
                woken=False,
                injected=(),
                time_left=self.timeout,
                finished_before=0,
                calls=0,
                late=0,
                report=None,
            )
        ]

    def domains(self) -> Mapping[str, Sequence[Hashable]]:
        return {"task": range(self.tasks), "answer": (WAIT, SHIELD, END)}

    def is_next(self, state: State, task: int) -> bool:
        """Whether `task` is the next one to be made."""
        return UNBORN in state.tasks and state.tasks.index(UNBORN) == task

    def has_room(self, state: State) -> bool:
        """Whether other threads may hand in more."""
        return len(state.injected) < self.injected_max

    def adopt(self, state: State, task: int) -> State:
        """The task begins its life, in the queue."""
        state = state._replace(tasks=put(state.tasks, task, NEW), alive=(*state.alive, task))
        return self.owe(state, task)

    def owe(self, state: State, task: int) -> State:
        """A living task is to be polled: now, or once more after the poll which is going on."""
        if task not in state.alive or task in state.queue or state.phase == DROPPING:
            return state
        if task == state.polling:
            return state._replace(woken=True)
        return state._replace(queue=(*state.queue, task))

    def drain(self, state: State) -> State:
        """Take in what other threads handed in."""
        injected = state.injected
        state = state._replace(injected=())
        for kind, task in injected:
            if kind == SPAWN:
                state = self.adopt(state, task)
            elif kind == WAKE:
                state = self.owe(state, task)
            else:
                state = self.call(state)
        return state

    def call(self, state: State) -> State:
        """Something that another thread wanted to be called is called."""
        return state._replace(calls=state.calls + 1, late=state.late + (state.phase == CLOSED))

    def poll_first(self, state: State) -> State:
        """Begin to poll the first of the queue, if there is one.

        A task that is cancelled, and not shielded, is owed one more poll: it may ignore this one.
        """
        if not state.queue:
            return state
        task = state.queue[0]
        return state._replace(
            queue=state.queue[1:],
            polling=task,
            woken=state.phase == CANCELLING and state.tasks[task] != SHIELDED,
            late=state.late + (state.phase == CLOSED),
        )

    def go_on(self, state: State) -> State:
        """Between two polls of the shutdown: is it over?"""
        if state.alive and state.time_left > 0:
            return state
        return self.drop_next(state._replace(phase=DROPPING, queue=()))

    def drop_next(self, state: State) -> State:
        """Drop living tasks up to one that has begun, which may do things on its way out."""
        while state.alive:
            task = state.alive[0]
            if state.tasks[task] != NEW:
                return state._replace(polling=task)
            state = self.drop_task(state, task)
        return self.close(state)

    def drop_task(self, state: State, task: int) -> State:
        """The end of a task that did not end itself."""
        return state._replace(
            tasks=put(state.tasks, task, DROPPED), alive=drop(state.alive, task), polling=NOBODY
        )

    def close(self, state: State) -> State:
        """What was handed in by now is dealt with, though it is too late to begin a task."""
        for kind, task in state.injected:
            if kind == SPAWN:
                state = state._replace(tasks=put(state.tasks, task, TOO_LATE))
            elif kind == CALL:
                state = self.call(state)
        cancelled = state.tasks.count(FINISHED) - state.finished_before
        dropped = tuple(task for task, at in enumerate(state.tasks) if at == DROPPED)
        report = Report(cancelled, dropped)
        return state._replace(phase=CLOSED, injected=(), report=report)
