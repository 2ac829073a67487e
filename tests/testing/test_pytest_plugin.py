"""The pytest plug-in: each property is a test, found by every way in which pytest finds tests."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import parse

import pytest

from tests.cli.user_files import LOCK, line_of, user_folder, write
from zokio.model import Report, check
from zokio.testing import collection

pytest_plugins = ["pytester"]

VERDICTS = (
    *("mutual_exclusion", "nobody_is_ever_inside"),
    *("every_action_happens", "every_state_is_seen"),
)

STATEFUL = """
import hypothesis
from zokio.model import stateful_test
from {module} import Lock, LockMachine


class Real:
    def start(self, state):
        self.state = state

    def abstraction(self):
        return self.state

    def check_invariants(self):
        pass

    def stop(self):
        pass

    def look(self, task):
        self.state = LockMachine(tasks=1).look(self.state, task)

    def take(self, task):
        self.state = LockMachine(tasks=1).take(self.state, task)

    def release(self, task):
        self.state = LockMachine(tasks=1).release(self.state, task)


FEW = hypothesis.settings(max_examples=5, derandomize=True, database=None)
TestLock = stateful_test(LockMachine(tasks=1), Real(), settings=FEW)
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project of a user's: a machine beside a folder of tests."""
    pytester.makepyprojecttoml(
        """
        [tool.pytest.ini_options]
        testpaths = ["tests"]
        pythonpath = ["."]
        addopts = ["-p", "no:cacheprovider"]
        zokio_machines = ["machines/lock.py"]
        """
    )
    write(pytester.path, "machines/lock.py", LOCK)
    write(pytester.path, "machines/__init__.py", "")
    write(pytester.path, "tests/test_other.py", "def test_other(): pass\n")
    return pytester


def names(result: pytest.RunResult) -> list[str]:
    """The tests that a `--collect-only -q` lists."""
    return [line for line in result.outlines if "::" in line]


def of_lock(tasks: int, *verdicts: str, machine: str = "LockMachine") -> list[str]:
    """The names of the tests of one configuration."""
    return [f"machines/lock.py::{machine}::{name}[tasks={tasks}]" for name in verdicts or VERDICTS]


def test_each_property_of_each_configuration_is_a_test(project: pytest.Pytester) -> None:
    result = project.runpytest_inprocess("--collect-only", "-q")
    assert names(result) == ["tests/test_other.py::test_other", *of_lock(1), *of_lock(2)]


def test_the_failure_is_the_counterexample_at_the_line_of_the_property(
    project: pytest.Pytester,
) -> None:
    result = project.runpytest_inprocess("-v")
    result.assert_outcomes(passed=8, failed=1)
    result.stdout.fnmatch_lines(
        [
            "*LockMachine.mutual_exclusion?tasks=2?*",
            "mutual_exclusion is violated",
            "1. look(task=0)*",
            "4. take(task=1)*",
            "FAILED machines/lock.py::LockMachine::mutual_exclusion?tasks=2?*",
        ]
    )
    assert "collection.py" not in result.stdout.str()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["tests"], ["tests/test_other.py::test_other"]),
        (["machines/lock.py"], [*of_lock(1), *of_lock(2)]),
        (["machines"], [*of_lock(1), *of_lock(2)]),
        (["."], [*of_lock(1), *of_lock(2), "tests/test_other.py::test_other"]),
        (["machines/lock.py::LockMachine"], [*of_lock(1), *of_lock(2)]),
        (
            ["machines/lock.py::LockMachine::every_state_is_seen"],
            [*of_lock(1, "every_state_is_seen"), *of_lock(2, "every_state_is_seen")],
        ),
        (
            ["machines/lock.py::LockMachine::mutual_exclusion[tasks=2]"],
            of_lock(2, "mutual_exclusion"),
        ),
        (["-k", "mutual_exclusion"], [*of_lock(1, VERDICTS[0]), *of_lock(2, VERDICTS[0])]),
        (["-m", "zokio"], [*of_lock(1), *of_lock(2)]),
    ],
)
def test_they_are_chosen_as_any_other_tests(
    project: pytest.Pytester, arguments: list[str], expected: list[str]
) -> None:
    assert names(project.runpytest_inprocess("--collect-only", "-q", *arguments)) == expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("machines/*.py", [*of_lock(1), *of_lock(2)]),
        ("machines.lock:ONE", of_lock(1)),
        ("machines/lock.py:NAMED", [*of_lock(1), *of_lock(2)]),
    ],
)
def test_a_target_is_a_pattern_a_module_or_a_file(
    project: pytest.Pytester, target: str, expected: list[str]
) -> None:
    write(project.path, "pyproject.toml", "[tool.pytest.ini_options]\ntestpaths = ['tests']\n")
    (project.path / "machines/__init__.py").unlink()
    result = project.runpytest_inprocess("--collect-only", "-q", "--zokio-machine", target)
    assert names(result) == ["tests/test_other.py::test_other", *expected]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("machines/none.py", "there is no file machines/none.py"),
        ("nothing:Here", "'nothing:Here' is neither a Python file nor module:NAME"),
        ("machines", "'machines' is neither a Python file nor module:NAME"),
    ],
)
def test_a_target_that_leads_nowhere_is_wrong_usage(
    project: pytest.Pytester, target: str, said: str
) -> None:
    result = project.runpytest_inprocess("--zokio-machine", target)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert f"zokio_machines: {said}" in result.stderr.str()


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("machines/lock.py:LokMachine", "has no LokMachine; did you mean LockMachine?"),
        ("machines/lock.py:LockMachine", "LockMachine needs a value of tasks"),
        ("broken.py", "NameError: name 'nonsense' is not defined"),
    ],
)
def test_a_machine_that_cannot_be_made_is_an_error_of_the_collection(
    project: pytest.Pytester, target: str, said: str
) -> None:
    write(project.path, "broken.py", "nonsense\n")
    result = project.runpytest_inprocess("--zokio-machine", target)
    result.assert_outcomes(errors=1)
    assert said in result.stdout.str()
    assert "collection.py" not in result.stdout.str()


def test_a_bug_in_a_machine_shows_the_users_traceback(project: pytest.Pytester) -> None:
    file = project.path / "machines/lock.py"
    result = project.runpytest_inprocess(f"{file}", "--zokio-machine", f"{file}:PredicateRaises")
    said = result.stdout.str()
    assert "the predicate divides raised ZeroDivisionError" in said
    assert f'File "{file}", line {line_of(file, "1 / (")}, in divides' in said
    assert "collection.py" not in said


def test_what_was_not_explored_to_its_end_fails_with_a_text_of_its_own(
    project: pytest.Pytester,
) -> None:
    result = project.runpytest_inprocess("machines", "--zokio-states-max", "1", "-k", "tasks")
    result.assert_outcomes(failed=8)
    result.stdout.fnmatch_lines(["*mutual_exclusion is incomplete: it held in the 2 states*"])
    write(
        project.path,
        "pytest.ini",
        "[pytest]\nzokio_machines = machines/lock.py\nzokio_states_max = many\n",
    )
    result = project.runpytest_inprocess("machines")
    assert "zokio_states_max is 'many': it is a number." in result.stdout.str()


def test_a_configuration_is_explored_once(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    explored = []

    def counted(machine: collection.AnyMachine, states_max: int | None) -> Report:
        explored.append(repr(machine))
        return check(machine, states_max=states_max)

    monkeypatch.setattr(collection, "check", counted)
    project.runpytest_inprocess("machines")
    assert explored == ["LockMachine(tasks=1)", "LockMachine(tasks=2)"]


def test_a_file_of_tests_may_hold_machines_too(project: pytest.Pytester) -> None:
    write(project.path, "tests/test_lock.py", LOCK + "\n\ndef test_that(): pass\n")
    target = "tests/test_lock.py:ONE"
    result = project.runpytest_inprocess("--zokio-machine", target, "tests/test_lock.py")
    result.assert_outcomes(passed=5)


def test_two_machines_of_one_name_are_told_apart(project: pytest.Pytester) -> None:
    write(
        project.path,
        "machines/lock.py",
        LOCK + "\nFIRST = ONE\n\n\nclass LockMachine(LockMachine):\n"
        "    pass\n\n\nBOTH = (FIRST, LockMachine(tasks=1))\n",
    )
    result = project.runpytest_inprocess(
        "--collect-only", "-q", "machines", "--zokio-machine", "machines/lock.py:BOTH"
    )
    assert "machines/lock.py::LockMachine::mutual_exclusion[tasks=1]" in names(result)
    assert len(set(names(result))) == len(names(result))


def test_the_junit_report_of_pytest_names_machine_and_property(project: pytest.Pytester) -> None:
    project.runpytest_inprocess("machines", "--junitxml=junit.xml")
    cases = list(parse(project.path / "junit.xml").iter("testcase"))
    found = {(case.get("classname"), case.get("name")) for case in cases}
    assert ("machines.lock.LockMachine", "mutual_exclusion[tasks=2]") in found
    (failure,) = [failure for case in cases for failure in case.iter("failure")]
    assert "4. take(task=1)" in (failure.text or "")


def test_what_stateful_tests_saw_is_told_and_written(project: pytest.Pytester) -> None:
    with user_folder(project.path):
        write(project.path, "tests/test_lock.py", STATEFUL.format(module="machines.lock"))
        result = project.runpytest_inprocess("tests", "--zokio-witness", "seen.json")
    result.assert_outcomes(passed=2)
    seen = json.loads((project.path / "seen.json").read_text())["machines"]["LockMachine"]
    assert set(seen["actions"]) == {"look", "take", "release"}
    assert min(seen["actions"].values()) > 0
    result.stdout.fnmatch_lines(["*what the stateful tests saw*", "LockMachine: look *"])
    assert "NEVER" not in result.stdout.str()


def test_workers_of_xdist_run_them_and_hand_over_what_they_saw(
    project: pytest.Pytester,
) -> None:
    write(project.path, "tests/test_lock.py", STATEFUL.format(module="machines.lock"))
    result = project.runpytest_subprocess("-n", "2", "--zokio-witness", "seen.json")
    result.assert_outcomes(passed=9, failed=1)
    seen = json.loads((project.path / "seen.json").read_text())["machines"]["LockMachine"]
    assert min(seen["actions"].values()) > 0
    result.stdout.fnmatch_lines(
        ["FAILED machines/lock.py::LockMachine::mutual_exclusion?tasks=2?*"]
    )


def test_projects_without_machines_load_nothing_of_zokio(tmp_path: Path) -> None:
    program = "def test_it():\n    import sys\n    assert 'zokio' not in sys.modules\n"
    write(tmp_path, "test_alone.py", program)
    result = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_alone.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
