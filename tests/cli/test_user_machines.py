"""`zokio check module:Machine`: which machines are meant, and what a user's mistakes look like."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.cli.user_files import line_of, user_folder, write
from zokio.cli import check as check_module
from zokio.cli.exit_codes import HELP, INTERRUPTED, USAGE, exit_code
from zokio.cli.main import main
from zokio.model import Machine, ModelError, Report, check
from zokio.model.blame import blame, location_of
from zokio.runtime import runtime


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> Iterator[Path]:
    """Every test runs where a user has these files."""
    with user_folder(tmp_path):
        yield tmp_path


Capture = pytest.CaptureFixture[str]


def refused(capsys: Capture, *arguments: str) -> str:
    """What a command says that is wrong usage."""
    assert main(["check", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("zokio: ")
    return said


def configurations(capsys: Capture, *arguments: str) -> list[object]:
    """Which configurations a command checks."""
    main(["check", "--json", *arguments])
    machines = json.loads(capsys.readouterr().out)["machines"]
    return [machine["configuration"]["tasks"] for machine in machines]


@pytest.mark.parametrize(
    ("target", "tasks"),
    [
        ("lock:ONE", [1]),
        ("lock.py:ONE", [1]),
        ("lock:CONFIGURATIONS", [1, 2]),
        ("lock:NAMED", [1, 2]),
        ("lock.py", [1, 2]),
        ("lock:LockMachine --set tasks=3", [3]),
        ("./lock.py:LockMachine --set tasks=2", [2]),
    ],
)
def test_a_target_is_a_class_a_machine_several_or_a_file(
    capsys: Capture, target: str, tasks: list[object]
) -> None:
    assert configurations(capsys, *target.split()) == tasks


def test_a_file_without_configurations_stands_for_every_machine_that_it_defines(
    capsys: Capture, folder: Path
) -> None:
    write(
        folder, "two.py", "from lock import LockMachine\nclass Two(LockMachine):\n    tasks = 2\n"
    )
    assert configurations(capsys, "two.py") == [2]


def test_a_file_in_a_package_may_import_its_neighbours(capsys: Capture, folder: Path) -> None:
    write(folder, "pack/__init__.py", "")
    write(folder, "pack/base.py", (folder / "lock.py").read_text())
    write(folder, "pack/two.py", "from .base import LockMachine\nTWO = LockMachine(tasks=2)\n")
    assert configurations(capsys, "pack/two.py:TWO") == [2]
    assert configurations(capsys, "pack.two:TWO") == [2]


def test_a_file_named_like_a_module_of_the_library_does_not_replace_it(
    capsys: Capture, folder: Path
) -> None:
    before = sys.modules["json"]
    write(folder, "deep/json.py", (folder / "lock.py").read_text())
    assert configurations(capsys, "deep/json.py:ONE") == [1]
    assert configurations(capsys, "deep/json.py:ONE") == [1]
    assert sys.modules["json"] is before


def test_own_machines_and_specifications_can_be_checked_together(capsys: Capture) -> None:
    assert main(["check", "lock:ONE", "task", "--states-max", "40"]) == 3
    printed = capsys.readouterr().out
    assert "lock:ONE" in printed and "task" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("nothing:Here", "there is no module nothing:"),
        ("lock.nothing:Here", "there is no module lock.nothing:"),
        ("no/such.py:Machine", "there is no file no/such.py."),
        ("a-b:Machine", "'a-b' is neither a module nor a file"),
        ("lock:", "lock: names no machine: write lock:NAME."),
        ("lock.py:LokMachine", "lock.py has no LokMachine; did you mean LockMachine?"),
        ("lock.py:Qqqqqq", "lock.py has no Qqqqqq: its machines are LockMachine, "),
        ("lock.py:Lock", "lock.py:Lock is no machine but the class Lock:"),
        ("lock:LockMachine.tasks", "lock has no LockMachine.tasks"),
        ("lock:put", "lock:put is no machine but a function:"),
        ("lock:EMPTY", "lock:EMPTY is empty"),
        ("lock:LockMachine", "LockMachine needs a value of tasks: give it by `--set tasks=...`"),
        ("lock:LockMachine --set tasks=2 --set size=1", "has no constant size: it has tasks"),
        ("lock:ONE --set tasks=2", "Set constants of its class, lock:LockMachine."),
        ("lock:LockMachine --set tasks", "'tasks' sets nothing: write name=value"),
        ("lock:LockMachine --set tasks=two", "'two' in 'tasks=two' is no Python literal"),
        ("task --set tasks=2", "--set is for machines named as module:Machine"),
        ("--set tasks=2", "--set is for machines named as module:Machine"),
        ("lock:ONE --states-max 0", "states_max is 0"),
        ("lock:ONE --junit lock.py/x.xml", "cannot write lock.py/x.xml"),
    ],
)
def test_a_mistake_on_the_command_line_is_told_in_one_line(
    capsys: Capture, arguments: str, said: str
) -> None:
    told = refused(capsys, *arguments.split())
    assert said in told
    assert told.count("\n") == 1
    assert "Traceback" not in told


def test_a_file_without_machines_is_told(capsys: Capture, folder: Path) -> None:
    write(folder, "empty.py", "x = 1\n")
    assert "empty.py defines no machine" in refused(capsys, "empty.py")
    assert "empty.py has no y, and no machine at all." in refused(capsys, "empty.py:y")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("import nothing_here\n", "ModuleNotFoundError: No module named 'nothing_here'"),
        ("def f(:\n", "SyntaxError: invalid syntax"),
        ("raise SystemExit(3)\n", "SystemExit: 3"),
    ],
)
def test_a_file_that_cannot_be_imported_shows_its_own_line_only(
    capsys: Capture, folder: Path, text: str, said: str
) -> None:
    file = write(folder, "broken.py", text)
    for target in ("broken.py", "broken:Machine"):
        told = refused(capsys, target)
        assert "cannot be imported" in told and said in told
        assert f'File "{file}", line 1' in told
        assert "importlib" not in told
        assert "zokio/" not in told


def test_an_interruption_of_an_import_is_one(folder: Path) -> None:
    write(folder, "interrupted.py", "raise KeyboardInterrupt\n")
    assert main(["check", "interrupted.py"]) == 130


def test_a_machine_that_is_declared_wrongly_is_told_with_file_and_line(
    capsys: Capture, folder: Path
) -> None:
    text = "from zokio.model import *\nclass A(Machine):\n    @always(canary='b')\n"
    file = write(folder, "wrong.py", text + "    def a(self, state): return True\n")
    told = refused(capsys, "wrong.py:A")
    assert "a is a canary of b, which is no property" in told
    assert f"at {file}:2" in told


def test_an_effect_that_writes_what_it_does_not_declare_is_told_with_its_line(
    capsys: Capture, folder: Path
) -> None:
    file = folder / "lock.py"
    told = refused(capsys, "lock:WritesTooMuch")
    assert "the effect of look(task=0) changed holder from -1 to 0" in told
    assert f"at {file}:{line_of(file, 'holder=task') - 1}" in told


@pytest.mark.parametrize(
    ("name", "step", "line", "error"),
    [
        ("PredicateRaises", "the predicate divides raised", "1 / (", "ZeroDivisionError"),
        ("EffectRaises", "the effect of take(task=0) raised", "put(state.at, 9", "IndexError"),
        ("InitialRaises", "the machine's own code raised", 'ValueError("no', "ValueError"),
        ("GuardRecurs", "the guard of take(task=0) raised", "self.can_take(", "RecursionError"),
    ],
)
def test_a_bug_of_the_users_shows_the_users_traceback_step_and_state(
    capsys: Capture, folder: Path, name: str, step: str, line: str, error: str
) -> None:
    file = folder / "lock.py"
    told = refused(capsys, f"lock:{name}")
    assert step in told
    assert "Lock(at=(" in told or name == "InitialRaises"
    assert f'File "{file}", line {line_of(file, line)}, in ' in told
    assert error in told.splitlines()[-1]
    assert "model/search.py" not in told and "model/diagnosis.py" not in told
    assert len(told.splitlines()) < 50


@pytest.mark.parametrize("file", [check_module.__file__, runtime.__file__])
def test_an_error_of_ours_is_not_taken_for_the_users(
    monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    def broken(*_: object, **__: object) -> Report:
        return [][0]

    broken.__code__ = broken.__code__.replace(co_filename=file)
    monkeypatch.setattr(check_module, "check", broken)
    with pytest.raises(IndexError):
        main(["check", "lock:ONE"])


def test_each_outcome_has_an_exit_code_of_its_own_and_the_help_lists_it(capsys: Capture) -> None:
    codes = {
        outcome: exit_code([outcome])
        for outcome in ("holds", "violated", "incomplete", "nondeterministic")
    }
    assert codes == {"holds": 0, "violated": 1, "incomplete": 3, "nondeterministic": 4}
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    printed = capsys.readouterr().out
    assert HELP in printed
    for code in {*codes.values(), USAGE, INTERRUPTED}:
        assert f"\n  {code} " in printed


def test_a_nondeterministic_machine_has_its_own_exit_code_and_is_no_pass_in_any_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unsure(machine: Machine[Any], **options: Any) -> Report:  # Any: whatever check takes
        outcome = cast(Any, "nondeterministic")  # Any: reports may say more than this one does
        return replace(check(machine, **options), outcome=outcome, properties=(), action_counts={})

    monkeypatch.setattr(check_module, "check", unsure)
    files = ("--junit", "j.xml", "--sarif", "s.json", "--html", "h.html", "--page", ".")
    assert main(["check", "lock:ONE", *files]) == 4
    assert Path("j.xml").read_text().count('<failure type="nondeterministic"') == 4
    results = json.loads(Path("s.json").read_text())["runs"][0]["results"]
    assert [result["level"] for result in results] == ["error"] * 4
    assert "LockMachine answered differently" in Path("h.html").read_text()


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ((), 0),
        (("holds", "incomplete", "holds"), 3),
        (("incomplete", "nondeterministic"), 4),
        (("nondeterministic", "violated", "incomplete"), 1),
    ],
)
def test_the_gravest_outcome_decides(outcomes: tuple[str, ...], code: int) -> None:
    assert exit_code(outcomes) == code


def test_what_was_not_read_from_a_file_has_no_location() -> None:
    scope: dict[str, type] = {}
    exec("class Typed: pass", scope)
    assert location_of(scope["Typed"]) is None
    error = ModelError("wrong")
    error.method = Machine.apply
    assert str(blame(error)).startswith("wrong\n  at ")
    error.method = scope["Typed"]
    assert blame(error) == "wrong"


def test_a_machine_that_is_grown_is_refuted_in_the_smallest_configuration(capsys: Capture) -> None:
    assert main(["check", "--grow", "1000", "lock:LockMachine", "--set", "tasks=1"]) == 1
    said = capsys.readouterr().out
    assert "LockMachine(tasks=2): violated" in said and "tasks=3" not in said


def test_a_larger_configuration_that_is_cut_is_told_and_is_no_failure(capsys: Capture) -> None:
    options = ["check", "--json", "--states-max", "9000", "--grow", "1000"]
    assert main([*options, "tests.model.machines.two_phase:TwoPhase"]) == 0
    said = capsys.readouterr()
    assert [each["states"] for each in json.loads(said.out)["machines"]] == [288, 1568, 8832]
    assert "TwoPhase(managers=6) was cut by states_max at 9,002 states" in said.err


def test_a_first_configuration_that_is_cut_is_incomplete(capsys: Capture) -> None:
    options = ["check", "--states-max", "100", "--grow", "1000"]
    assert main([*options, "tests.model.machines.two_phase:TwoPhase"]) == 3


@pytest.mark.parametrize("seconds", ["0", "-1", "inf", "nan", "soon"])
def test_growing_takes_a_positive_number_of_seconds(capsys: Capture, seconds: str) -> None:
    with pytest.raises(SystemExit) as left:
        main(["check", f"--grow={seconds}", "lock:ONE"])
    assert left.value.code == USAGE and "--grow" in capsys.readouterr().err
