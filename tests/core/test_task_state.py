"""The list of transitions at the head of task_state.py is what its functions do."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from zokio.core import task_state
from zokio.core.task_state import IllegalTransition, TaskEffect, TaskState

Transition = Callable[[TaskState], tuple[TaskState, TaskEffect]]

EVENTS: dict[str, Transition] = {
    "begin_poll": task_state.begin_poll,
    "wake": task_state.wake,
    "end_pending": task_state.end_pending,
    "end_ready": task_state.end_ready,
}
ROW = re.compile(r"^    ([A-Z_]+) +([a-z_]+) +([A-Z_]+) +([A-Z_]+)$", re.MULTILINE)


def head() -> str:
    """The head of the file, read as text: the compiled build keeps no docstrings."""
    path = Path(__file__).resolve().parents[2] / "zokio/core/task_state.py"
    return ast.get_docstring(ast.parse(path.read_text()), clean=False) or ""


def listed() -> dict[tuple[str, str], tuple[str, str]]:
    """The list: (state, event) to (next state, effect)."""
    rows = ROW.findall(head())
    transitions = {(state, event): (after, effect) for state, event, after, effect in rows}
    assert len(transitions) == len(rows), "a transition is listed twice"
    return transitions


@pytest.mark.interpreted
def test_the_list_is_what_the_functions_do() -> None:
    done: dict[tuple[str, str], tuple[str, str]] = {}
    for state in TaskState:
        for name, event in EVENTS.items():
            try:
                after, effect = event(state)
            except IllegalTransition:
                continue
            done[state.name, name] = after.name, effect.name
    assert done == listed()


@pytest.mark.interpreted
def test_the_facts_tell_of_every_state_once() -> None:
    facts = head().split("Facts:")[1]
    assert re.findall(r"^    ([A-Z_]+)  ", facts, re.MULTILINE) == [s.name for s in TaskState]


@pytest.mark.parametrize("name", EVENTS)
def test_an_illegal_transition_says_which(name: str) -> None:
    refused = []
    for state in TaskState:
        try:
            EVENTS[name](state)
        except IllegalTransition as error:
            assert str(error) == f"a task that is {state.value} cannot {name}"
            refused.append(state)
    assert (refused == []) is (name == "wake"), "a wake is never an error, everything else may be"


def test_nothing_leads_out_of_done() -> None:
    assert task_state.wake(TaskState.DONE) == (TaskState.DONE, TaskEffect.NOTHING)
