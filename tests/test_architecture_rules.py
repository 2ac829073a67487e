"""Each rule of architecture_rules.py can fail: a good small tree passes, and a bad one does not."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import ModuleType

import pytest

from tests import architecture_rules as rules

pytestmark = pytest.mark.interpreted

CONTRACTS = Path(__file__).resolve().parent.parent / "pyproject.toml"
LAYERS = (
    "cli",
    "core",
    "env",
    "explore",
    "model",
    "net",
    "reactor",
    "runtime",
    "scheduler",
    "testing",
    "timers",
)


def plant(root: Path, path: str, text: str = '"""Planted."""\n') -> Path:
    """Write one file of a small tree, and the packages above it."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    for folder in file.relative_to(root).parents:
        if folder != Path():
            (root / folder / "__init__.py").touch()
    file.write_text(text)
    return root


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("zokio/core/task.py", "zokio.runtime"),
        ("zokio/timers/queue.py", "zokio.reactor"),
        ("zokio/reactor/epoll.py", "zokio.scheduler"),
        ("zokio/runtime/runtime.py", "zokio.net"),
        ("zokio/model/machine.py", "zokio.core"),
        ("spec/task.py", "zokio.core"),
        ("zokio/explore/world.py", "zokio.core"),
    ],
)
def test_an_import_against_the_layers_breaks_a_contract(
    tmp_path: Path, importer: str, imported: str
) -> None:
    for layer in LAYERS:
        plant(tmp_path, f"zokio/{layer}/__init__.py")
    plant(tmp_path, "spec/__init__.py")
    shutil.copy(CONTRACTS, tmp_path)
    before = rules.lint_imports(tmp_path)
    assert before.returncode == 0, before.stdout + before.stderr
    plant(tmp_path, importer, f"import {imported}\n")
    assert rules.lint_imports(tmp_path).returncode == 1


def test_a_folder_that_is_in_no_layer_breaks_a_contract(tmp_path: Path) -> None:
    plant(tmp_path, "zokio/model/__init__.py")
    plant(tmp_path, "zokio/explore/__init__.py")
    plant(tmp_path, "zokio/testing/__init__.py")
    plant(tmp_path, "zokio/attic/__init__.py")
    plant(tmp_path, "spec/__init__.py")
    shutil.copy(CONTRACTS, tmp_path)
    result = rules.lint_imports(tmp_path)
    assert result.returncode == 1 and "attic" in result.stdout


@pytest.mark.parametrize("statement", ["import time", "from time import sleep"])
def test_an_import_beside_its_door_is_found(tmp_path: Path, statement: str) -> None:
    plant(tmp_path, "zokio/env/clock.py", "import time\n")
    assert rules.closed_doors(tmp_path, "time", ("zokio/env/",), {}) == []
    plant(tmp_path, "zokio/core/task.py", f"def late():\n    {statement}\n")
    assert len(rules.closed_doors(tmp_path, "time", ("zokio/env/",), {})) == 1
    assert rules.closed_doors(tmp_path, "time", ("zokio/env/",), {"zokio/core/task.py": ""}) == []


def test_a_foreign_import_of_the_model_checker_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "zokio/model/a.py", "import json\ndef later():\n    import hypothesis\n")
    plant(tmp_path, "zokio/model/c.py", "if TYPE_CHECKING:\n    import hypothesis\n")
    allowed = rules.STANDARD_LIBRARY | {"zokio.model"}
    assert rules.foreign_imports(tmp_path, "zokio/model", allowed) == []
    plant(tmp_path, "zokio/model/b.py", "from zokio.core import task\nimport hypothesis\n")
    assert len(rules.foreign_imports(tmp_path, "zokio/model", allowed)) == 2


@pytest.mark.parametrize("statement", ["import spec.task", "from spec.task import Task"])
def test_a_specification_that_names_its_package_is_found(tmp_path: Path, statement: str) -> None:
    plant(tmp_path, "spec/join.py", "from .task import Task\nfrom . import task\n")
    assert rules.absolute_imports_of_spec(tmp_path) == []
    plant(tmp_path, "spec/join.py", f"{statement}\n")
    assert len(rules.absolute_imports_of_spec(tmp_path)) == 1


def test_an_import_from_the_door_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "zokio/core/task.py", "from zokio import errors\nimport zokio.core\n")
    plant(tmp_path, "zokio/errors.py")
    assert rules.imports_of_the_door(tmp_path) == []
    plant(tmp_path, "zokio/core/join.py", "from zokio import spawn\n")
    assert len(rules.imports_of_the_door(tmp_path)) == 1


def test_a_long_file_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "zokio/short.py", "x = 1\n" * rules.LINES_MAX)
    assert rules.long_files(tmp_path) == []
    plant(tmp_path, "spec/long.py", "x = 1\n" * (rules.LINES_MAX + 1))
    assert len(rules.long_files(tmp_path)) == 1


def test_a_module_without_docstring_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "zokio/bare.py", "# A comment is no docstring.\n")
    (tmp_path / "zokio/__init__.py").write_text('"""Documented."""\n')
    assert len(rules.undocumented_modules(tmp_path)) == 1


@pytest.mark.parametrize("path", ["zokio/_hidden.py", "zokio/_hidden/open.py", "spec/_hidden.py"])
def test_a_hidden_module_is_found(tmp_path: Path, path: str) -> None:
    assert any("_hidden" in message for message in rules.hidden_modules(plant(tmp_path, path)))


def test_a_dead_module_is_found(tmp_path: Path) -> None:
    plant(tmp_path, "zokio/__init__.py", "from zokio.core import used\n")
    plant(tmp_path, "zokio/core/used.py", "from . import helper\n")
    plant(tmp_path, "zokio/core/helper.py")
    plant(tmp_path, "zokio/core/tested.py")
    plant(tmp_path, "tests/test_it.py", "def test() -> None:\n    import zokio.core.tested\n")
    assert rules.dead_modules(tmp_path) == []
    plant(tmp_path, "zokio/core/dead.py", "from zokio.core import friend\n")
    plant(tmp_path, "zokio/core/friend.py", "from zokio.core import dead\n")
    assert [message.split()[0] for message in rules.dead_modules(tmp_path)] == [
        "zokio/core/dead.py",
        "zokio/core/friend.py",
    ]


def test_a_public_name_without_docstring_is_found() -> None:
    module = ModuleType("module")
    exec("class A:\n  'doc'\n  def method(self): ...\ndef f(): ...", module.__dict__)
    assert rules.undocumented_names(module, ["A", "f"]) == [
        "A.method has no docstring",
        "f has no docstring",
    ]


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("# type: ignore[arg-type]", False),
        ("# type: ignore[arg-type]  # the library has no types for it", True),
        ("# noqa: E501", False),
        ("# noqa: E501, F401 - the table is wider than a line", True),
        ("# pragma: no cover", False),
        ("# pragma: no cover - needs another kernel", True),
    ],
)
def test_a_silencer_without_reason_is_found(tmp_path: Path, comment: str, explained: bool) -> None:
    plant(tmp_path, "tests/test_it.py", f"x = 1  {comment}\n")
    assert (rules.unexplained_silencers(tmp_path) == []) is explained


@pytest.mark.parametrize("mark", ["# TODO later", "# FIXME", "raise NotImplementedError"])
def test_unfinished_work_is_found(tmp_path: Path, mark: str) -> None:
    assert len(rules.unfinished(plant(tmp_path, "zokio/core/task.py", f"{mark}\n"))) == 1


def test_a_readme_without_a_command_is_found(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("Run `make demo`.\n")
    assert len(rules.missing_from_readme(tmp_path, ("make demo", "make test"))) == 1
