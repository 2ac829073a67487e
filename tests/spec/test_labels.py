"""The labels in the runtime (`# spec: NAME`) and the files named in the specs lead somewhere."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from spec import MACHINES
from spec.other_threads import OtherThreads
from spec.polling import Polling

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "spec").glob("*.py"))
LABEL = re.compile(r"# spec: (\w+)")
FILE = re.compile(r"`([\w/]+\.py)`")

POLLS = {"begin_poll", "end_pending", "end_again", "end_ready"}
"""The steps of a poll: `zokio.scheduler` names the transitions of the task there."""


def labels() -> set[str]:
    """What the comments of the runtime name."""
    files = sorted((ROOT / "zokio").rglob("*.py"))
    return {name for file in files for name in LABEL.findall(file.read_text())}


def docstrings(file: Path) -> list[str]:
    """Of the file, its classes and its functions."""
    tree = ast.parse(file.read_text())
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef)
    return [ast.get_docstring(node) or "" for node in ast.walk(tree) if isinstance(node, kinds)]


@pytest.mark.interpreted  # reads the source
def test_every_label_in_the_runtime_is_an_action_of_some_machine() -> None:
    actions = {
        action.name
        for machines in MACHINES.values()
        for machine in machines
        for action in machine.actions
    }
    assert labels() <= actions, f"no such action: {sorted(labels() - actions)}"


@pytest.mark.interpreted  # reads the source
def test_every_action_of_the_park_and_wake_protocol_has_a_label_in_the_runtime() -> None:
    protocol = {action.name for action in OtherThreads().actions} - POLLS
    assert protocol <= labels(), f"no label: {sorted(protocol - labels())}"


def test_the_actions_of_a_poll_are_actions_of_the_scheduler() -> None:
    assert {action.name for action in Polling().actions} >= POLLS


@pytest.mark.parametrize("file", SPECS, ids=[file.stem for file in SPECS])
def test_every_file_that_a_spec_names_exists(file: Path) -> None:
    named = {name for text in docstrings(file) for name in FILE.findall(text)}
    missing = [
        name for name in named if not any((at / name).is_file() for at in (SPECS[0].parent, ROOT))
    ]
    assert not missing
