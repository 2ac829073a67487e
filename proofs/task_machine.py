"""The task's state machine against its specification: every state and every event.

The code's five states are mapped to what the specification speaks of (owed, polling, done, and
whether the task stands in the queue). For each state and event the code's transition must be the
specification's step, allowed exactly when the specification allows it. That is a proof by cases:
there are no others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from spec.task import Task, TaskMachine
from zokio.core import task_state
from zokio.core.task_state import IllegalTransition, TaskEffect, TaskState

Transition = Callable[[TaskState], tuple[TaskState, TaskEffect]]

TRANSITIONS: dict[str, Transition] = {
    "begin_poll": task_state.begin_poll,
    "wake": task_state.wake,
    "end_pending": task_state.end_pending,
    "end_ready": task_state.end_ready,
}

MACHINE = TaskMachine(tasks=1)


def abstraction(state: TaskState) -> Task:
    """What the specification calls a task in this state."""
    queued = state is TaskState.QUEUED
    polling = state in (TaskState.RUNNING, TaskState.RUNNING_WOKEN)
    done = state is TaskState.DONE
    return Task(
        spawned=(True,),
        owed=(queued or state is TaskState.RUNNING_WOKEN,),
        polling=(int(polling),),
        done=(done,),
        outcome=("value" if done else "",),
        queue=(0,) if queued else (),
    )


def specified(state: TaskState, event: str) -> Task | None:
    """Where the specification goes from here; None if the event cannot happen."""
    before = abstraction(state)
    steps = [step for step in MACHINE.enabled(before) if step.name == event]
    return MACHINE.apply(before, steps[0]) if steps else None


def implemented(transition: Transition, state: TaskState) -> tuple[Task, TaskEffect] | None:
    """Where the code goes from here, in the words of the specification."""
    try:
        after, effect = transition(state)
    except IllegalTransition:
        return None
    return abstraction(after), effect


def expected_effect(state: TaskState, event: str, after: Task) -> TaskEffect:
    """What the caller has to do, read off the specification's queue and polls."""
    before = abstraction(state)
    if after.done != before.done:
        return TaskEffect.FINISH
    if sum(after.polling) > sum(before.polling):
        return TaskEffect.POLL
    if after.queue and not before.queue:
        return TaskEffect.ENQUEUE
    return TaskEffect.NOTHING


def differences(transitions: dict[str, Transition]) -> Iterator[str]:
    """Every state and event for which code and specification differ."""
    for event, transition in transitions.items():
        for state in TaskState:
            allowed, made = specified(state, event), implemented(transition, state)
            if allowed is None or made is None:
                if (allowed is None) is not (made is None):
                    yield f"{event} in {state.value}: specified {allowed}, implemented {made}"
            elif made != (allowed, expected_effect(state, event, allowed)):
                yield f"{event} in {state.value}: specified {allowed}, implemented {made}"
