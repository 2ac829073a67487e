"""A page of documentation says what the machine's author wrote, and what it declares."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.user_files import LOCK, user_folder, write
from zokio.cli.main import main
from zokio.cli.reports.mermaid import mermaid
from zokio.cli.reports.page import file_name
from zokio.model.target import load_target
from zokio.model.variables import variables
from zokio.model.views import View

HEAD = '"""A lock.\n\nVariables:\n    at, x   where | each is; nothing\n            at all\n"""\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Every test runs where a user has these files."""
    with user_folder(tmp_path):
        yield tmp_path


def section(text: str, head: str) -> list[str]:
    """The lines below a heading."""
    return text.partition(f"\n## {head}\n\n")[2].partition("\n## ")[0].splitlines()


def test_a_page_has_everything_that_the_machine_declares(folder: Path) -> None:
    text = LOCK.replace("holder: int", "holder: int  # who is inside, or -1")
    write(folder, "lock.py", HEAD + text.replace("state.holder == -1", "not state.holder + 1"))
    assert main(["check", "lock:CONFIGURATIONS", "--page", "docs/machines"]) == 1
    page = Path("docs/machines/CONFIGURATIONS.md").read_text(encoding="utf-8")
    assert "From [lock.py](../../lock.py):\n\nA lock.\n\nVariables:\n\n    at, x   where" in page
    assert section(page, "Configurations")[2:4] == [
        "| `LockMachine(tasks=1)` | 3 | 3 | 2 |",
        "| `LockMachine(tasks=2)` | 14 | 26 | 6 |",
    ]
    assert section(page, "Variables")[2:4] == [
        "| `at` | `tuple[str, ...]` | `('idle',)` | where \\| each is |",
        "| `holder` | `int` | `-1` | who is inside, or -1 |",
    ]
    assert section(page, "Actions")[2] == (
        "| `look(task)` | `state.at[task] == 'idle' and (not state.holder + 1)` "
        "| `holder`, `at` | `at` | yes |"
    )
    assert section(page, "Properties")[2:] == [
        "| `mutual_exclusion` | always | At most one task is inside. | `nobody_is_ever_inside` |"
    ]
    assert "```mermaid\nstateDiagram-v2\n" in page
    assert "| [lock:CONFIGURATIONS](CONFIGURATIONS.md) | A lock. | 2 | 17 |" in (
        Path("docs/machines/README.md").read_text(encoding="utf-8")
    )


def test_the_list_keeps_the_machines_that_were_not_checked() -> None:
    def rows() -> list[str]:
        return [line.split("]")[0] for line in Path("README.md").read_text().splitlines()[5:]]

    write_pages = ["--page", ".", "--states-max", "1"]
    main(["check", "lock:ONE", "lock:CONFIGURATIONS", *write_pages])
    main(["check", "lock:CONFIGURATIONS", *write_pages])
    main(["check", "lock:ONE", "--page", "."])
    assert rows() == ["| [lock:ONE", "| [lock:CONFIGURATIONS"]
    assert "| 1 | 3 |" in Path("README.md").read_text()  # what is checked again is said anew
    main(["check", "lock:CONFIGURATIONS", "lock:ONE", *write_pages])
    assert rows() == ["| [lock:CONFIGURATIONS", "| [lock:ONE"]
    Path("ONE.md").unlink()
    main(["check", "lock:CONFIGURATIONS", *write_pages])
    assert rows() == ["| [lock:CONFIGURATIONS"]


def test_a_page_of_a_cut_search_says_so() -> None:
    assert main(["check", "lock:ONE", "--page", ".", "--states-max", "1"]) == 3
    assert "| `LockMachine(tasks=1)` | 2 (incomplete) |" in Path("ONE.md").read_text()


@pytest.mark.parametrize(
    ("name", "file"),
    [("task", "task.md"), ("a/b.py:Lock", "Lock.md"), ("a/b.py", "b.md"), ("a.b:C.d", "C_d.md")],
)
def test_a_page_is_named_after_its_machine(name: str, file: str) -> None:
    assert file_name(name) == file


def test_a_variable_of_which_nothing_is_said_has_no_meaning(folder: Path) -> None:
    (machine,) = load_target("lock.py:ONE")
    assert [each.meaning for each in variables(machine)] == ["", ""]


def test_a_diagram_holds_no_sign_that_mermaid_would_read_as_its_own() -> None:
    view = View("hostile", True, [['a"; <b>: {c}'], ["-"]], {0}, {(0, 1): ["x:y;z"]})
    assert mermaid(view) == (
        "stateDiagram-v2\n"
        '  state "a#34;#59; #60;b#62;#58; #123;c#125;" as s0\n'
        '  state "-" as s1\n'
        "  [*] --> s0\n"
        "  s0 --> s1 : x#58;y#59;z"
    )
