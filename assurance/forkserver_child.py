"""The child of the fork server: takes over one change, runs tests, tells how they went.

It tells through a pipe, one line of JSON for each thing: `{"begins": test}` and
`{"ended": test, ...}` for each test, and at last `{"over": ...}`. It never returns.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import sys
from collections.abc import Callable, Generator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import NoReturn

import pytest

from assurance.code_patch import NotInPlaceError, patch

MEMORY_MAX_BYTES = 1 << 30
"""What a child may take beyond what its parent has."""

# What is kept when a child imports everything anew: it does not depend on the runtime.
INDEPENDENT = ("zokio.model", "spec", "tests.stateful.edge_cover", "assurance")
IMPORTED_ANEW = ("zokio", "tests")

# Raised by a change that does not even run, as opposed to one that runs wrongly.
NOT_A_FINDING = {"ImportError", "ModuleNotFoundError", "NameError", "SyntaxError"}
NOT_A_FINDING |= {"UnboundLocalError", "CollectError"}

# pytest warns that it comes too late to rewrite the assertions of what is imported already.
HYPOTHESIS_IS_LOADED = ("-W", "ignore::pytest.PytestAssertRewriteWarning")

Tell = Callable[[dict[str, object]], None]


def run_child(descriptor: int, work: Callable[[Tell], None]) -> NoReturn:
    """Do `work` in this process, which was just forked, and end it."""
    code = 1
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1):
            os.dup2(nothing, standard)
        _limit_memory()

        def tell(message: dict[str, object]) -> None:
            os.write(descriptor, json.dumps(message).encode() + b"\n")

        work(tell)
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        os._exit(code)


def _limit_memory() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + MEMORY_MAX_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Teller:
    """A pytest plugin that tells when a test begins and how it ended."""

    def __init__(self, tell: Tell) -> None:
        self.tell = tell
        self.failure: dict[str, str] | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and self.failure is None and call.excinfo is not None:
            self.failure = _described(call.excinfo.value)
        return report

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.failure = None
        self.tell({"begins": nodeid})

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.tell({"ended": nodeid, "failure": self.failure})

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module of tests that cannot be imported."""
        if report.failed:
            text = str(report.longrepr).splitlines() or [""]
            error = text[-1].removeprefix("E").strip()
            name = error.partition(":")[0].rpartition(".")[2]
            self.tell({"begins": report.nodeid})
            self.tell({"ended": report.nodeid, "failure": {"error": name, "message": error}})


def _described(error: BaseException) -> dict[str, str]:
    while isinstance(error, BaseExceptionGroup):  # what stands in it says more
        error = error.exceptions[0]
    lines = str(error).splitlines() or [""]
    return {"error": type(error).__name__, "message": lines[0][:200]}


def run_in_place(
    items: Sequence[pytest.Item], teller: Teller, *, module: str, before: str, after: str
) -> bool:
    """Run collected tests with the change made in place; False if it cannot be made there."""
    try:
        patch(importlib.import_module(module), before, after)
    except (NotInPlaceError, SyntaxError):
        return False
    run_items(items, teller)
    return True


def run_items(items: Sequence[pytest.Item], teller: Teller) -> None:
    """Run collected tests as pytest does, up to the first that fails."""
    following: list[pytest.Item | None] = [*items[1:], None]
    for item, next_item in zip(items, following, strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=next_item)
        if teller.failure is not None:
            return


def run_cold(tests: Sequence[str], teller: Teller, *, module: str, path: str, after: str) -> None:
    """Forget zokio and the tests, and run pytest anew with the changed file."""
    for name in list(sys.modules):
        if _within(name, IMPORTED_ANEW) and not _within(name, INDEPENDENT):
            del sys.modules[name]
    gc.collect()  # what their end has to say is none of the tests' business
    sys.meta_path.insert(0, ChangedFile(module, path, after))
    try:
        importlib.import_module(module)
    except Exception as error:
        teller.tell({"begins": "import"})
        teller.tell(
            {"ended": "import", "failure": {"error": "ImportError", "message": repr(error)}}
        )
        return
    options = ["-x", "-q", "-p", "no:cacheprovider", "--capture=no", *HYPOTHESIS_IS_LOADED]
    pytest.main([*options, *tests], plugins=[teller])


def _within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


class ChangedFile(MetaPathFinder):
    """Finds one module before anybody else does, with the changed text."""

    def __init__(self, module: str, path: str, text: str) -> None:
        self.module = module
        self.path = path
        self.text = text

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of the changed module; None for every other."""
        if fullname != self.module:
            return None
        loader = ChangedText(fullname, self.path, self.text)
        return spec_from_file_location(fullname, self.path, loader=loader)


class ChangedText(SourceFileLoader):
    """Loads a module from a text; compiled files are neither read nor made."""

    def __init__(self, module: str, path: str, text: str) -> None:
        super().__init__(module, path)
        self.text = text

    def get_code(self, fullname: str) -> CodeType:
        """The code of the changed text."""
        code: CodeType = compile(self.text, self.path, "exec", dont_inherit=True)
        return code
