"""Machines by name: `package.module:Machine`, `path/to/file.py:Machine`, or all of a file.

What stands behind the colon is a machine's class, a machine, several of them (`CONFIGURATIONS`), or
a mapping of names to machines; without a colon, `CONFIGURATIONS` of the file, or every machine's
class that the file defines. It guarantees that a mistake in the target is a `TargetError` that says
what there is instead. It deliberately does not check anything, and imports the file like any other.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from types import ModuleType
from typing import Any

from zokio.model.errors import ModelError
from zokio.model.machine import Machine

AnyMachine = Machine[Any]  # Any: a target is loaded without knowing the class of its states

ALL = "CONFIGURATIONS"


class TargetError(ModelError):
    """The target names no machine."""


def is_target(text: str) -> bool:
    """Tell whether this names a file or a module, and not a specification of this project."""
    return ":" in text or text.endswith(".py")


def load_target(target: str, constants: Mapping[str, object] | None = None) -> list[AnyMachine]:
    """Import the file that `target` names and return its machines.

    Args:
        target: `module:NAME`, `path/to/file.py:NAME` or `path/to/file.py`.
        constants: What a class is made with; only for targets that name a class.

    Raises:
        TargetError: There is no such file, module or machine, or it cannot be imported.
        ModelError: A machine cannot be made with these constants, or is written wrongly.
    """
    where, _, name = target.partition(":")
    module = import_file(Path(where)) if where.endswith(".py") else _import_module(where)
    if not name and not where.endswith(".py"):
        raise TargetError(f"{target} names no machine: write {where}:NAME.")
    found = _find(module, where, name) if name else _all_of(module, where)
    machines = list(_machines(found, name or ALL, where, constants or {}))
    if not machines:
        raise TargetError(f"{target} is empty: there is nothing to check.")
    return machines


def file_of_target(target: str, root: Path) -> Path:
    """Return the file of the module that a target `module:NAME` names, without importing it.

    Args:
        target: The target.
        root: A folder in which modules are looked for, too; it stays in the search path.

    Raises:
        TargetError: There is no such module, or it is no Python file.
    """
    name, colon, _ = target.partition(":")
    _search_in(root)
    try:
        spec = importlib.util.find_spec(name) if colon else None
    except (ImportError, ValueError):  # a package above it is missing or broken
        spec = None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise TargetError(f"{target!r} is neither a Python file nor module:NAME of a module.")
    return Path(spec.origin).resolve()


def constant(assignment: str) -> tuple[str, object]:
    """Return the name and the value of `name=value`, whose value is a Python literal.

    Raises:
        TargetError: It is something else.
    """
    name, sign, text = assignment.partition("=")
    if not sign or not name.isidentifier():
        raise TargetError(f"{assignment!r} sets nothing: write name=value, as in tasks=3.")
    try:
        return name, ast.literal_eval(text)
    except (ValueError, SyntaxError) as error:
        raise TargetError(
            f"{text!r} in {assignment!r} is no Python literal: write numbers and tuples as they "
            f"are and text in quotes, as in {name}=\"'text'\"."
        ) from error


def import_file(file: Path) -> ModuleType:
    """Import a file under its dotted name where it is in a package, else under its own name.

    Raises:
        TargetError: There is no such file, or it cannot be imported.
    """
    path = file.resolve()
    if not path.is_file():
        raise TargetError(f"there is no file {file}.")
    package = _package_of(path)
    if package:
        root = path.parents[len(package)]
        _search_in(root)
        return _import_module(".".join([*package, path.stem]))
    _search_in(path.parent)
    known = sys.modules.get(path.stem)
    if known is not None and _file_of(known) == path:
        return known
    # A file of the name of a module that is there already must not replace it.
    name = path.stem if known is None and path.stem not in sys.stdlib_module_names else f"{path}"
    return sys.modules[name] if name in sys.modules else _execute(name, path)


def _execute(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:  # for type checkers: a .py file always has a loader
        raise TargetError(f"{path} is no Python file.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        del sys.modules[name]
        _refuse(path.name, error)
        raise
    return module


def _import_module(name: str) -> ModuleType:
    if not all(part.isidentifier() for part in name.split(".")):
        raise TargetError(f"{name!r} is neither a module nor a file: write module:NAME.")
    try:
        return importlib.import_module(name)
    except BaseException as error:
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            raise TargetError(
                f"there is no module {error.name}: it was looked for in the current folder and "
                "wherever Python finds modules."
            ) from None
        _refuse(name, error)
        raise


def _refuse(name: str, error: BaseException) -> None:
    """Turn what a user's file raises when it is imported into a TargetError, except a Ctrl-C."""
    if isinstance(error, ModelError | KeyboardInterrupt):
        return
    raise TargetError(f"{name} cannot be imported: {type(error).__name__}: {error}") from error


def _package_of(path: Path) -> list[str]:
    """Return the names of the packages that a file is in, the outermost first."""
    names: list[str] = []
    for folder in path.parents:
        if not (folder / "__init__.py").is_file():
            break
        names.insert(0, folder.name)
    return names


def _search_in(folder: Path) -> None:
    # At the end: a user's file that is called like a module of the library must not hide it.
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _file_of(module: ModuleType) -> Path | None:
    file = getattr(module, "__file__", None)
    return None if file is None else Path(file).resolve()


def _find(module: ModuleType, where: str, name: str) -> object:
    found: object = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise TargetError(f"{where} has no {name}{_instead(module, name)}")
        found = getattr(found, part)
    return found


def _instead(module: ModuleType, name: str) -> str:
    machines = [machine.__name__ for machine in machine_classes(module)]
    known = [key for key, value in vars(module).items() if isinstance(value, Machine | tuple)]
    close = get_close_matches(name, [*machines, *known], n=1)
    if close:
        return f"; did you mean {close[0]}?"
    return f": its machines are {', '.join(machines)}." if machines else ", and no machine at all."


def _all_of(module: ModuleType, where: str) -> object:
    found = getattr(module, ALL, None) or machine_classes(module)
    if not found:
        raise TargetError(f"{where} defines no machine: a machine is a subclass of Machine.")
    return found


def machine_classes(module: ModuleType) -> list[type[AnyMachine]]:
    """Return the classes of machines that a module defines itself, in order of definition."""
    return [
        value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, Machine)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    ]


def _machines(
    found: object, name: str, where: str, constants: Mapping[str, object]
) -> Iterator[AnyMachine]:
    if isinstance(found, type) and issubclass(found, Machine):
        yield _made(found, constants)
    elif isinstance(found, Machine):
        if constants:
            raise TargetError(
                f"{where}:{name} is a machine that has its constants: {found!r}. "
                f"Set constants of its class, {where}:{found.title}."
            )
        yield found
    elif isinstance(found, Mapping):
        for key, value in found.items():
            yield from _machines(value, f"{name}[{key!r}]", where, constants)
    elif isinstance(found, Iterable) and not isinstance(found, str | bytes):
        for number, value in enumerate(found):
            yield from _machines(value, f"{name}[{number}]", where, constants)
    else:
        raise TargetError(
            f"{where}:{name} is no machine but {_kind(found)}: a target is a subclass of Machine, "
            "an instance of one, or several of these."
        )


def _made(machine: type[AnyMachine], constants: Mapping[str, object]) -> AnyMachine:
    known = machine.definition.constants
    missing = [name for name in known if name not in constants and not hasattr(machine, name)]
    if missing:
        raise TargetError(
            f"{machine.__name__} needs a value of {' and of '.join(missing)}: give it by "
            f"`--set {missing[0]}=...`, or name a machine that has it."
        )
    return machine(**constants)


def _kind(value: object) -> str:
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"a {type(value).__name__}"
