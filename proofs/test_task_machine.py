"""Every state and event of the task's machine, and twins that are wrong on purpose."""

from __future__ import annotations

import pytest

from proofs.task_machine import TRANSITIONS, Transition, abstraction, differences, specified
from zokio.core.task_state import TaskEffect, TaskState, begin_poll, end_pending, wake


def test_the_code_takes_exactly_the_steps_of_the_specification() -> None:
    assert list(differences(TRANSITIONS)) == []


def test_states_that_differ_are_told_apart_by_the_abstraction() -> None:
    assert len({abstraction(state) for state in TaskState}) == len(TaskState)


def test_the_specification_allows_ten_of_the_twenty_pairs() -> None:
    allowed = [
        (state, event)
        for event in TRANSITIONS
        for state in TaskState
        if specified(state, event) is not None
    ]
    assert len(allowed) == 10


def forgets_a_wake_during_a_poll(state: TaskState) -> tuple[TaskState, TaskEffect]:
    return (state, TaskEffect.NOTHING) if state is TaskState.RUNNING else wake(state)


def polls_who_is_idle(state: TaskState) -> tuple[TaskState, TaskEffect]:
    if state is TaskState.IDLE:
        return TaskState.RUNNING, TaskEffect.POLL
    return begin_poll(state)


def queues_without_need(state: TaskState) -> tuple[TaskState, TaskEffect]:
    after, _ = end_pending(state)
    return after, TaskEffect.ENQUEUE


@pytest.mark.parametrize(
    ("event", "twin"),
    [
        ("wake", forgets_a_wake_during_a_poll),
        ("begin_poll", polls_who_is_idle),
        ("end_pending", queues_without_need),
    ],
)
def test_a_wrong_twin_is_refuted(event: str, twin: Transition) -> None:
    assert list(differences({**TRANSITIONS, event: twin}))
