"""The pytest plugin of a process that runs with a planted bug.

It loads the changed text in place of the file, and writes down which tests failed with which error.
It is loaded by `-p` before conftest.py, and so before anything imports zokio. Nothing but
`run_mutant` uses it.
"""

from __future__ import annotations

import builtins
import importlib.util
import json
import linecache
import os
import sys
from collections.abc import Generator, Sequence
from dis import get_instructions
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.mutants.mutant import MUTANT_VARIABLE, RECORD_VARIABLE, ROOT, Mutant

# The first failure is enough: no shrinking. The same examples on every run.
settings.register_profile(
    "mutants",
    database=None,
    deadline=None,
    derandomize=True,
    max_examples=100,
    phases=(Phase.explicit, Phase.generate, Phase.target),
    report_multiple_bugs=False,
    suppress_health_check=(HealthCheck.too_slow,),
)


class ChangedSource(SourceFileLoader):
    """Loads a module from the changed text of its file; compiled files are neither read nor made.

    Tracebacks name the real file, and show the lines of the changed text.
    """

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(ROOT / mutant.file))
        self.mutant = mutant
        self.loaded = False

    def get_code(self, fullname: str) -> CodeType:
        """The code of the changed text."""
        text = self.mutant.mutate(Path(self.path).read_text())
        # Without a time of change it is never compared with the file.
        linecache.cache[self.path] = (len(text), None, text.splitlines(keepends=True), self.path)
        code: CodeType = compile(text, self.path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """Load the module, and see that its functions use no name that nobody defines.

        At run time such a `NameError` might look like a failure that the bug has caused.
        """
        super().exec_module(module)
        undefined = _global_names(self.get_code(module.__name__)) - vars(module).keys()
        undefined -= vars(builtins).keys() | {"__annotations__"}  # a class body makes its own
        if undefined:
            raise NameError(f"{self.mutant.name}: nobody defines {', '.join(sorted(undefined))}")
        self.loaded = True


def _global_names(code: CodeType) -> set[str]:
    """The names that a code, or one inside of it, takes from the module."""
    inner = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    instructions = list(get_instructions(code))
    own = {each.argval for each in instructions if each.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    own -= {each.argval for each in instructions if each.opname == "STORE_NAME"}  # a class's own
    return own.union(*map(_global_names, inner))


class PlantedBug(MetaPathFinder):
    """Finds the one module that is changed, before anybody else does."""

    def __init__(self, loader: ChangedSource) -> None:
        self.loader = loader

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of the changed module; None for every other."""
        if fullname != self.loader.mutant.module:
            return None
        return importlib.util.spec_from_file_location(
            fullname, self.loader.path, loader=self.loader
        )


class Recorder:
    """Writes down what failed, and whether the changed module was loaded at all."""

    def __init__(self, loader: ChangedSource) -> None:
        self.loader = loader
        self.failures: list[dict[str, str]] = []

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.failed and call.excinfo is not None:
            lines = str(call.excinfo.value).splitlines() or [""]
            self.failures.append(
                {
                    "test": report.nodeid,
                    "when": call.when,
                    "error": call.excinfo.type.__name__,
                    "message": " ".join(lines[:3]),
                }
            )
        return report

    def pytest_unconfigure(self) -> None:
        record = {"loaded": self.loader.loaded, "failures": self.failures}
        Path(os.environ[RECORD_VARIABLE]).write_text(json.dumps(record))


def pytest_configure(config: pytest.Config) -> None:
    """Watch the tests of this process."""
    config.pluginmanager.register(Recorder(LOADER))


def _plant() -> ChangedSource:
    mutant = Mutant(**json.loads(os.environ[MUTANT_VARIABLE]))
    assert mutant.module not in sys.modules, f"{mutant.module} was imported before the bug was in"
    loader = ChangedSource(mutant)
    sys.meta_path.insert(0, PlantedBug(loader))
    return loader


LOADER = _plant()
