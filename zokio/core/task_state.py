"""The state machine of a task: five states and four events, pure.

         spawn --> QUEUED ---------begin_poll------> RUNNING --end_ready---> DONE
                    ^  ^                              |   |                   ^
                    |  +---wake--- IDLE <-end_pending-+   | wake              |
                    |                                     v                   |
                    +-------------end_pending------ RUNNING_WOKEN --end_ready-+

Transitions (everything else is an error; a test holds this list against the functions):

    QUEUED         begin_poll   RUNNING        POLL
    QUEUED         wake         QUEUED         NOTHING
    RUNNING        wake         RUNNING_WOKEN  NOTHING
    RUNNING        end_pending  IDLE           NOTHING
    RUNNING        end_ready    DONE           FINISH
    RUNNING_WOKEN  wake         RUNNING_WOKEN  NOTHING
    RUNNING_WOKEN  end_pending  QUEUED         ENQUEUE
    RUNNING_WOKEN  end_ready    DONE           FINISH
    IDLE           wake         QUEUED         ENQUEUE
    DONE           wake         DONE           NOTHING

Facts:

    QUEUED         stands in exactly one queue, exactly once
    RUNNING        is being polled by one thread; nobody woke it since the poll began
    RUNNING_WOKEN  is being polled by one thread; it is owed one more poll
    IDLE           stands in no queue; somebody holds its waker, or it waits for ever
    DONE           has its outcome, and will never be polled again

A function takes the state and gives the next one with the effect that the caller performs. The
scheduler's loop writes these transitions out in line (through calls it has a third of the speed);
the stateful tests hold the loop to the same machine.
"""

from __future__ import annotations

from enum import Enum
from typing import Final


class TaskState(Enum):
    """Where a task stands."""

    QUEUED = "queued"
    RUNNING = "running"
    RUNNING_WOKEN = "running_woken"
    IDLE = "idle"
    DONE = "done"


class TaskEffect(Enum):
    """What the caller of a transition has to do."""

    NOTHING = "nothing"
    POLL = "poll"
    ENQUEUE = "enqueue"
    FINISH = "finish"


QUEUED: Final = TaskState.QUEUED
RUNNING: Final = TaskState.RUNNING
RUNNING_WOKEN: Final = TaskState.RUNNING_WOKEN
IDLE: Final = TaskState.IDLE
DONE: Final = TaskState.DONE


class IllegalTransition(Exception):
    """The event cannot happen in this state: the caller is wrong."""

    def __init__(self, state: TaskState, event: str) -> None:
        super().__init__(f"a task that is {state.value} cannot {event}")


def begin_poll(state: TaskState) -> tuple[TaskState, TaskEffect]:
    """The owner took the task from its queue and is about to poll it."""
    if state is QUEUED:
        return RUNNING, TaskEffect.POLL
    raise IllegalTransition(state, "begin_poll")


def wake(state: TaskState) -> tuple[TaskState, TaskEffect]:
    """Somebody wants the task to be polled again."""
    if state is IDLE:
        return QUEUED, TaskEffect.ENQUEUE
    if state is RUNNING:
        return RUNNING_WOKEN, TaskEffect.NOTHING
    return state, TaskEffect.NOTHING


def end_pending(state: TaskState) -> tuple[TaskState, TaskEffect]:
    """The poll came back with PENDING."""
    if state is RUNNING:
        return IDLE, TaskEffect.NOTHING
    if state is RUNNING_WOKEN:
        return QUEUED, TaskEffect.ENQUEUE
    raise IllegalTransition(state, "end_pending")


def end_ready(state: TaskState) -> tuple[TaskState, TaskEffect]:
    """The poll came back with the outcome: a value, an error, or Cancelled."""
    if state is RUNNING or state is RUNNING_WOKEN:
        return DONE, TaskEffect.FINISH
    raise IllegalTransition(state, "end_ready")
