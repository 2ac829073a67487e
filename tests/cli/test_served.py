"""What `zokio serve` is to serve: found, told apart, or refused with a word that helps."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from zokio.cli import main
from zokio.cli.exit_codes import USAGE
from zokio.cli.served import load_served
from zokio.errors import UsageError

MODULE = "served_by_these_tests"
TEXT = """
from functools import partial

async def handler(request): ...
async def application(scope, receive, send): ...
async def anything(*arguments): ...
async def two(request, more): ...
async def bound(value, request): ...
async def more(request, level=1): ...

class Application:
    async def __call__(self, scope, receive, send): ...
    async def handle(self, request): ...

object_with_call = Application()
half = partial(bound, 1)
number = 7
says_nothing = max
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[str]:
    """A folder with modules to serve; afterwards nothing of them is imported."""
    (tmp_path / f"{MODULE}.py").write_text(TEXT)
    (tmp_path / "broken_for_these_tests.py").write_text("def fail():\n    1 / 0\n\nfail()\n")
    (tmp_path / "hungry_for_these_tests.py").write_text("import no_such_module_at_all\n")
    modules, path = set(sys.modules), [*sys.path]
    yield str(tmp_path)
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if name.endswith("these_tests"):
            del sys.modules[name]


@pytest.mark.parametrize(
    ("name", "interface"),
    [
        ("handler", "handler"),
        ("application", "asgi"),
        ("object_with_call", "asgi"),
        ("object_with_call.handle", "handler"),
        ("half", "handler"),
        ("more", "handler"),
    ],
)
def test_its_parameters_say_what_it_is(folder: str, name: str, interface: str) -> None:
    assert load_served(f"{MODULE}:{name}", folder).interface == interface


def test_whoever_knows_better_says_so(folder: str) -> None:
    assert load_served(f"{MODULE}:anything", folder, "asgi").interface == "asgi"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("handler", "MODULE:NAME"),
        (":handler", "MODULE:NAME"),
        (f"{MODULE}:", "MODULE:NAME"),
        (f"{MODULE}:nothing", f"there is no 'nothing' in '{MODULE}'"),
        (f"{MODULE}:handler.nothing", "there is no 'nothing' in 'handler'"),
        ("no_such_module_at_all:handler", "there is no module 'no_such_module_at_all' in"),
        ("no_such_module_at_all.inside:handler", "there is no module 'no_such_module_at_all' in"),
        (f"{MODULE}:number", "is int, which nobody can call"),
        (f"{MODULE}:anything", "may be both.*--interface"),
        (f"{MODULE}:two", "may be neither.*--interface"),
        (f"{MODULE}:Application", "may be neither.*--interface"),
        (f"{MODULE}:says_nothing", "may be neither"),
    ],
)
def test_what_cannot_be_served_is_refused(folder: str, target: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        load_served(target, folder)


@pytest.mark.parametrize(
    ("module", "last_line", "frames"),
    [
        ("broken_for_these_tests", "ZeroDivisionError: division by zero", 2),
        ("hungry_for_these_tests", "ModuleNotFoundError: No module named 'no_such_module_at_", 1),
    ],
)
def test_a_module_that_raises_has_its_own_traceback_shown(
    folder: str, module: str, last_line: str, frames: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["serve", f"{module}:handler", "--app-dir", folder]) == USAGE
    told = capsys.readouterr().err
    assert last_line in told
    assert told.count("  File ") == told.count(f"{module}.py") == frames
    assert told.splitlines()[-1] == f"zokio: importing {module!r} failed, see above"
