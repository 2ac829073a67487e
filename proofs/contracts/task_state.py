"""The task's transitions, over every state: what the facts at the head of their file promise."""

from __future__ import annotations

from zokio.core.task_state import (
    IllegalTransition,
    TaskEffect,
    TaskState,
    begin_poll,
    end_pending,
    end_ready,
    wake,
)


def polled_only_when_queued(state: TaskState) -> TaskState:
    """
    post: __old__.state is TaskState.QUEUED and __return__ is TaskState.RUNNING
    raises: IllegalTransition
    """
    return begin_poll(state)[0]


def polled_only_when_queued_twin(state: TaskState) -> TaskState:
    """Polls whoever is idle, too.

    post: __old__.state is TaskState.QUEUED and __return__ is TaskState.RUNNING
    raises: IllegalTransition
    """
    if state is TaskState.IDLE:
        return TaskState.RUNNING
    return begin_poll(state)[0]


def a_wake_leaves_it_owed_or_done(state: TaskState) -> TaskState:
    """
    post: __return__ in (TaskState.QUEUED, TaskState.RUNNING_WOKEN, TaskState.DONE)
    """
    return wake(state)[0]


def a_wake_leaves_it_owed_or_done_twin(state: TaskState) -> TaskState:
    """Forgets a wake during a poll.

    post: __return__ in (TaskState.QUEUED, TaskState.RUNNING_WOKEN, TaskState.DONE)
    """
    return state if state is TaskState.RUNNING else wake(state)[0]


def a_wake_enqueues_who_becomes_queued(state: TaskState) -> bool:
    """
    post: __return__
    """
    woken, effect = wake(state)
    becomes_queued = woken is TaskState.QUEUED and state is not TaskState.QUEUED
    return (effect is TaskEffect.ENQUEUE) == becomes_queued


def a_wake_enqueues_who_becomes_queued_twin(state: TaskState) -> bool:
    """A second wake enqueues again.

    post: __return__
    """
    woken, effect = wake(state)
    if state is TaskState.QUEUED:
        effect = TaskEffect.ENQUEUE
    becomes_queued = woken is TaskState.QUEUED and state is not TaskState.QUEUED
    return (effect is TaskEffect.ENQUEUE) == becomes_queued


def a_wake_during_the_poll_queues_it_again(state: TaskState) -> bool:
    """
    pre: state in (TaskState.RUNNING, TaskState.RUNNING_WOKEN)
    post: __return__
    """
    return end_pending(wake(state)[0]) == (TaskState.QUEUED, TaskEffect.ENQUEUE)


def a_wake_during_the_poll_queues_it_again_twin(state: TaskState) -> bool:
    """The wake comes after the poll has ended.

    pre: state in (TaskState.RUNNING, TaskState.RUNNING_WOKEN)
    post: __return__
    """
    return end_pending(state) == (TaskState.QUEUED, TaskEffect.ENQUEUE)


def done_stays_done(state: TaskState) -> TaskState:
    """
    pre: state is TaskState.DONE
    post: __return__ is TaskState.DONE
    """
    for transition in (begin_poll, end_pending, end_ready, wake):
        try:
            state, _ = transition(state)
        except IllegalTransition:
            continue
    return state


def done_stays_done_twin(state: TaskState) -> TaskState:
    """A wake queues a task that is done.

    pre: state is TaskState.DONE
    post: __return__ is TaskState.DONE
    """
    return TaskState.QUEUED if state is TaskState.DONE else wake(state)[0]
