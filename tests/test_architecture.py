"""The architecture, held by tests: each rule on this tree.

The rules are in architecture_rules.py; test_architecture_rules.py shows that each can fail. What a
rule lets through is listed here, with the reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import zokio
from tests import architecture_rules as rules

pytestmark = pytest.mark.interpreted

ROOT = Path(__file__).resolve().parent.parent
NOBODY: dict[str, str] = {}

CLOCK_READERS = {
    "zokio/model/checker.py": "says in its report how many seconds a check took",
    "zokio/model/growing.py": "ends when the time that its caller gives is up",
    "zokio/model/replay.py": "says in its report how many seconds a replay took",
    "zokio/model/search.py": "says how fast a search goes, for the progress bar",
}

# Who may import what is drawn from outside: module, folders, exemptions.
DOORS = [
    ("time", ("zokio/env/", "zokio/cli/"), CLOCK_READERS),
    ("random", ("zokio/env/",), NOBODY),
    ("secrets", ("zokio/env/",), NOBODY),
    ("threading", ("zokio/env/",), NOBODY),
    ("_thread", ("zokio/env/",), NOBODY),
    ("select", ("zokio/reactor/",), NOBODY),
    ("selectors", ("zokio/reactor/",), NOBODY),
    ("asyncio", ("zokio/aio/",), NOBODY),
]

PUBLIC_NAMES = [
    # Running
    *(
        "Runtime",
        "RuntimeConfig",
        "RuntimeMetrics",
        "ShutdownReport",
        "TaskDump",
        "WorkerMetrics",
        "run",
    ),
    # Tasks and structure
    *("CancelScope", "CancellationToken", "Cancelled", "JoinHandle", "TaskGroup", "current_task"),
    *("join", "move_on_after", "select", "spawn", "spawn_blocking", "spawn_local", "timeout"),
    *("as_completed", "map_bounded"),
    *("JoinSet", "TASK_STATUS_IGNORED", "TaskStatus", "TaskTracker", "yield_now"),
    # Polling
    *("Context", "Future", "PENDING", "Poll", "Ready", "Waker", "poll_fn"),
    # Time
    *("sleep", "time"),
    # Synchronisation and channels
    "sync",
    # Network
    *("dns", "net"),
    # Errors
    *("AbortedError", "BrokenError", "BusyError", "ClosedError", "InternalError"),
    # Errors beside these that a program which uses it well has to catch
    *("LimitError", "UsageError"),
    # Which build this is
    "compiled",
]

# Values and aliases cannot carry a docstring of their own.
WITHOUT_DOCSTRING = {"PENDING", "Poll", "TASK_STATUS_IGNORED", "compiled"}


def test_import_contracts_hold() -> None:
    result = rules.lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(("module", "doors", "exempt"), DOORS, ids=[door[0] for door in DOORS])
def test_what_comes_from_outside_enters_by_its_door(
    module: str, doors: tuple[str, ...], exempt: dict[str, str]
) -> None:
    assert rules.closed_doors(ROOT, module, doors, exempt) == []


def test_every_exemption_is_still_needed() -> None:
    needed = {message.split(":")[0] for message in rules.closed_doors(ROOT, "time", (), {})}
    assert set(CLOCK_READERS) <= needed


def test_the_model_checker_imports_the_standard_library_only() -> None:
    assert (
        rules.foreign_imports(ROOT, "zokio/model", rules.STANDARD_LIBRARY | {"zokio.model"}) == []
    )


def test_specifications_import_the_model_checker_and_nothing_else_of_zokio() -> None:
    allowed = rules.STANDARD_LIBRARY | {"zokio.model", "spec"}
    assert rules.foreign_imports(ROOT, "spec", allowed) == []


def test_specifications_import_each_other_relatively() -> None:
    assert rules.absolute_imports_of_spec(ROOT) == []


def test_no_module_imports_from_the_door() -> None:
    assert rules.imports_of_the_door(ROOT) == []


def test_files_are_short() -> None:
    assert rules.long_files(ROOT) == []


def test_every_module_has_a_docstring() -> None:
    assert rules.undocumented_modules(ROOT) == []


def test_no_module_hides_behind_an_underscore() -> None:
    assert rules.hidden_modules(ROOT) == []


def test_no_module_is_dead() -> None:
    assert rules.dead_modules(ROOT) == []


def test_public_names_are_those_of_the_interface() -> None:
    assert sorted(zokio.__all__) == sorted(PUBLIC_NAMES)


def test_every_public_name_has_a_docstring() -> None:
    assert rules.undocumented_names(zokio, sorted(set(zokio.__all__) - WITHOUT_DOCSTRING)) == []


def test_whatever_silences_a_tool_says_why() -> None:
    assert rules.unexplained_silencers(ROOT) == []


def test_nothing_is_left_unfinished() -> None:
    assert rules.unfinished(ROOT) == []


def test_readme_names_the_two_commands() -> None:
    assert rules.missing_from_readme(ROOT, ("make demo", "make test")) == []
