"""The labels in the runtime (`# spec: NAME`) and the files named in the specs lead somewhere."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from spec import MACHINES
from spec.blocking_runs import BlockingRuns
from spec.clockwork import Clockwork
from spec.surroundings import Surroundings
from spec.task import TaskMachine
from zokio.env.probe import projection
from zokio.env.probe.instrument import instrument, labels_in
from zokio.env.probe.projection import (
    CALL_STEPS,
    ENTRIES,
    SCHEDULER_STEPS,
    TASK_STEPS,
    TIMER_STEPS,
    WORKER_STEPS,
)
from zokio.env.probe.recorder import OTHERS
from zokio.env.probe.sites import LABELLED, SITES, Site, actions_of
from zokio.model import Machine
from zokio.timers.deadline import NEVER_NS

ROOT = Path(__file__).resolve().parents[2]
SPECS = sorted((ROOT / "spec").glob("*.py"))
LABEL = re.compile(r"# spec: (\w+(?:/\w+)*)")
FILE = re.compile(r"`([\w/]+\.py)`")


AnyMachine = Machine[Any]  # Any: their states differ, and here nobody looks at them

TRACED: tuple[AnyMachine, ...] = (Surroundings(), TaskMachine(), Clockwork(), BlockingRuns())
"""The machines of which the probe makes traces."""


COARSE = {
    "advance": "the time goes on by itself; `tell` says how far it has come",
    "expire": "recorded as `tell`, one `fire_first` after another, and `end_expire`",
    "park": "a sleep of the scheduler, and then as `expire`",
}
"""Actions of the timers that a recorded run has in finer steps, with what stands for them."""


def traced_as(machine: AnyMachine, name: str) -> str:
    """What a label is called in the trace of a machine."""
    steps = TASK_STEPS if isinstance(machine, TaskMachine) else SCHEDULER_STEPS
    return steps.get(name, name)


APART = ("zokio/blocking", "zokio/runtime/blocking.py")
"""Where the labels of the blocking pool's machine stand, and no others."""


def files_of(machine: AnyMachine) -> list[Path]:
    """The files of the runtime in which the machine's labels stand."""
    found = [file for place in APART for file in [ROOT / place, *(ROOT / place).rglob("*.py")]]
    apart = {file for file in found if file.is_file()}
    if isinstance(machine, BlockingRuns):
        return sorted(apart)
    return sorted(set((ROOT / "zokio").rglob("*.py")) - apart)


def labels(files: Iterable[Path]) -> set[str]:
    """What the comments of these files name."""
    found = {label for file in files for label in LABEL.findall(file.read_text())}
    return {name for label in found for name in label.split("/")}


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
    named = labels((ROOT / "zokio").rglob("*.py"))
    assert named <= actions, f"no such action: {sorted(named - actions)}"


@pytest.mark.interpreted  # reads the source
@pytest.mark.parametrize("machine", TRACED, ids=lambda machine: machine.title)
def test_every_action_of_a_traced_machine_has_a_label_in_the_runtime(machine: AnyMachine) -> None:
    named = {traced_as(machine, name) for name in labels(files_of(machine))}
    assert {action.name for action in machine.actions} - set(COARSE) <= named


@pytest.mark.interpreted  # reads the source
def test_every_label_in_the_runtime_is_an_action_of_a_traced_machine() -> None:
    of_pool = {action.name for action in BlockingRuns().actions}
    assert labels(files_of(BlockingRuns())) == of_pool
    others = [machine for machine in TRACED if not isinstance(machine, BlockingRuns)]
    actions = {action.name for machine in others for action in machine.actions}
    assert labels(files_of(others[0])) <= actions


@pytest.mark.interpreted  # reads the source
def test_whatever_is_injected_is_a_wake_a_spawn_or_labelled_as_a_call() -> None:
    """A push without a beginning would be no step of the scheduler."""
    begun_elsewhere = {
        "self.queue.inject(self.wake_injected_now)": 2,  # after mark, or after an interrupted one
        "self.queue.inject(partial(self._adopt, task))": 1,  # after spawn_outside
    }
    files = (ROOT / "zokio").rglob("*.py")
    lines = [line.strip() for file in files for line in file.read_text().splitlines()]
    silent = [line for line in lines if ".inject(" in line and LABEL.search(line) is None]
    table = [line for line in silent if "call_outside" in line or line.startswith('"')]
    assert Counter(silent) - Counter(table) == Counter(begun_elsewhere)


@pytest.mark.interpreted  # reads the source
def test_every_label_stands_in_a_module_that_the_probe_reads() -> None:
    files = [ROOT / f"{module.replace('.', '/')}.py" for module in LABELLED]
    found = {file for machine in TRACED for file in files_of(machine)}
    labelled = {file for file in found if LABEL.search(file.read_text())}
    assert labelled == set(files)


@pytest.mark.interpreted  # reads the source
def test_the_probe_finds_each_step_of_its_table_and_a_step_for_each_label() -> None:
    found: set[Site] = set()
    steps: set[str] = set()
    for module in LABELLED:
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
        sites = instrument(source)[1]
        found.update(sites)
        named = {name for site in sites for name in actions_of(site)}
        assert {name for label in labels_in(source).values() for name in label.split("/")} == named
        steps |= named
    assert found == set(SITES)
    assert steps == {name for machine in TRACED for name in labels(files_of(machine))}


def test_the_projections_name_actions_of_their_machines_only() -> None:
    scheduler = {action.name for action in Surroundings().actions}
    assert OTHERS | ENTRIES | set(SCHEDULER_STEPS.values()) <= scheduler
    assert set(TASK_STEPS.values()) == {action.name for action in TaskMachine().actions}
    timers = {action.name for action in Clockwork().actions}
    assert timers == TIMER_STEPS | set(COARSE)
    assert projection.NEVER_NS == NEVER_NS
    of_pool = {action.name: action.parameters for action in BlockingRuns().actions}
    assert {name for name, takes in of_pool.items() if takes == ("call",)} == CALL_STEPS
    assert {name for name, takes in of_pool.items() if takes == ("worker",)} == {
        *WORKER_STEPS,
        "tell_of",
    }
    assert {name for name, takes in of_pool.items() if len(takes) != 1} == {"close", "is_to_run"}


@pytest.mark.parametrize("file", SPECS, ids=[file.stem for file in SPECS])
def test_every_file_that_a_spec_names_exists(file: Path) -> None:
    named = {name for text in docstrings(file) for name in FILE.findall(text)}
    missing = [
        name for name in named if not any((at / name).is_file() for at in (SPECS[0].parent, ROOT))
    ]
    assert not missing
