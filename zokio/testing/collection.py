"""The properties of machines as pytest's tests.

Every configuration of every machine that is named in `zokio_machines` gives one test for each of
its verdicts: `spec/lock.py::LockMachine::mutual_exclusion[tasks=2]` (the constants come last, for
pytest reads names so). A configuration is explored once in a process, when its first test runs. It
guarantees that a machine that is named is tested by every `pytest` without arguments in the root
folder, wherever its file is, and that a name that leads nowhere is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from zokio.model import Machine, check
from zokio.model.blame import blame, location_of
from zokio.model.errors import ModelError
from zokio.model.literal import literal
from zokio.model.target import file_of_target, load_target
from zokio.model.verdicts import Verdict, verdict_names, verdicts

AnyMachine = Machine[Any]  # Any: tests are made without knowing the class of the states


class MachineCollection:
    """The hooks for one run: which files hold machines, and their tests."""

    def __init__(self, config: pytest.Config, targets: Sequence[str]) -> None:
        self.files: dict[Path, list[str]] = {}
        for target in targets:
            try:
                for file, loaded in _files_of(config.rootpath, target):
                    self.files.setdefault(file, []).append(loaded)
            except ModelError as error:
                raise pytest.UsageError(f"zokio_machines: {error}") from None
        whole = config.args_source is not pytest.Config.ArgsSource.ARGS
        if whole and config.invocation_params.dir == config.rootpath:
            config.args.extend(_outside(self.files, config))

    @pytest.hookimpl(wrapper=True)
    def pytest_collect_file(
        self, file_path: Path, parent: pytest.Collector
    ) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
        """Collect a file that holds machines; as a file of tests only if it is named like one.

        pytest takes every file that is an argument for a file of tests.
        """
        collectors = yield
        targets = self.files.get(file_path.resolve())
        if targets is None:
            return collectors
        machines: MachineFile = MachineFile.from_parent(parent, path=file_path, targets=targets)
        if not any(file_path.match(name) for name in parent.config.getini("python_files")):
            collectors = [one for one in collectors if not isinstance(one, pytest.Module)]
        return [*collectors, machines]


def _files_of(root: Path, target: str) -> Iterator[tuple[Path, str]]:
    """Yield the files that an entry of the configuration means, each with the target to load."""
    where, colon, name = target.partition(":")
    if not where.endswith(".py"):
        yield file_of_target(target, root), target
        return
    found = sorted(root.glob(where)) if not Path(where).is_absolute() else [Path(where)]
    if not found or not all(file.is_file() for file in found):
        raise ModelError(f"there is no file {where} (looked for from {root}).")
    for file in found:
        yield file.resolve(), f"{file}{colon}{name}"


def _outside(files: Iterable[Path], config: pytest.Config) -> Iterator[str]:
    """Yield the files that the folders which pytest goes through do not hold."""
    folders = [(config.invocation_params.dir / arg).resolve() for arg in config.args]
    for file in files:
        if not any(file.is_relative_to(folder) for folder in folders):
            yield str(file)


class MachineFile(pytest.File):
    """A file with machines."""

    def __init__(self, *, targets: Sequence[str], **given: Any) -> None:  # Any: pytest's own
        super().__init__(**given)
        self.targets = targets

    def collect(self) -> Iterator[MachineTests]:
        """Yield the machines that the targets name in this file, with all configurations."""
        configurations: dict[str, list[AnyMachine]] = {}
        for machine in self._machines():
            configurations.setdefault(machine.title, []).append(machine)
        for title, machines in configurations.items():
            tests: MachineTests = MachineTests.from_parent(self, name=title, machines=machines)
            yield tests

    def _machines(self) -> list[AnyMachine]:
        found: dict[str, AnyMachine] = {}
        for target in self.targets:
            try:
                machines = load_target(target)
            except ModelError as error:
                raise self.CollectError(blame(error)) from None
            for machine in machines:
                kind = type(machine)
                found.setdefault(f"{kind.__module__}.{kind.__qualname__} {machine!r}", machine)
        return list(found.values())


class MachineTests(pytest.Collector):
    """A machine with its configurations."""

    def __init__(self, *, machines: Sequence[AnyMachine], **given: Any) -> None:  # Any: pytest's
        super().__init__(**given)
        self.machines = machines

    def collect(self) -> Iterator[PropertyTest]:
        """Yield a test for each verdict, one configuration after another."""
        limit = _states_max(self.config)
        used: Counter[str] = Counter()
        for machine in self.machines:
            constants = _constants(machine)
            used[constants] += 1
            if used[constants] > 1:  # machines of one name from two places
                constants += f"#{used[constants]}"
            explored = Explored(machine, limit)
            for verdict in verdict_names(machine):
                name = f"{verdict}[{constants}]" if constants else verdict
                test: PropertyTest = PropertyTest.from_parent(
                    self, name=name, explored=explored, verdict=verdict
                )
                yield test


def _constants(machine: AnyMachine) -> str:
    """Return `tasks=2,pollers=1`."""
    return ",".join(f"{name}={literal(v)}" for name, v in machine.configuration.items())


def _states_max(config: pytest.Config) -> int | None:
    given = config.getoption("zokio_states_max")
    if given is None:
        given = config.getini("zokio_states_max") or None
    try:
        return None if given is None else int(given)
    except ValueError:
        raise pytest.UsageError(f"zokio_states_max is {given!r}: it is a number.") from None


class Explored:
    """A configuration that is explored when it is first asked, and then remembered."""

    def __init__(self, machine: AnyMachine, states_max: int | None) -> None:
        self.machine = machine
        self.states_max = states_max

    def verdict(self, name: str) -> Verdict:
        """Return the verdict of that name."""
        found = self._found
        if isinstance(found, Exception):
            raise found
        return found[name]

    @cached_property
    def _found(self) -> dict[str, Verdict] | Exception:
        # A machine that raises is not explored once more for each of its tests.
        try:
            report = check(self.machine, states_max=self.states_max)
        except Exception as error:
            return error
        return {verdict.name: verdict for verdict in verdicts(self.machine, report)}


class PropertyFailedError(AssertionError):
    """A verdict other than "holds"; its text is the whole failure."""


class PropertyTest(pytest.Item):
    """One verdict of one configuration."""

    def __init__(self, *, explored: Explored, verdict: str, **given: Any) -> None:  # Any: pytest's
        super().__init__(**given)
        self.explored = explored
        self.verdict = verdict
        self.add_marker("zokio")

    def runtest(self) -> None:
        """Explore, if it was not done yet, and fail unless the verdict is that it holds."""
        verdict = self.explored.verdict(self.verdict)
        if verdict.outcome != "holds":
            raise PropertyFailedError(verdict.text)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Return the counterexample, or where the machine is wrong; Any: as pytest declares it."""
        error = excinfo.value
        if isinstance(error, PropertyFailedError):
            return str(error)
        told = blame(error) if isinstance(error, Exception) else None
        return super().repr_failure(excinfo, style) if told is None else told

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Return where the property is written."""
        machine = type(self.explored.machine)
        name = f"{machine.__name__}.{self.name}"
        where = location_of(getattr(machine, self.verdict, machine))
        if where is None:
            return self.path, None, name
        return Path(where.file), where.line - 1, name
