"""The functions that a machine is made of, and the part that each of them plays.

From the actions and claims of some machines this file follows the names that their functions use:
methods (`self.owe`, `super().owe`, `Base.owe`) and functions of the packages in which the machines'
classes stand. A function that an action needs is behaviour, even if a claim uses it too; the rest
is judgement. It deliberately follows nothing that is chosen at run time (`getattr`, tables of
functions), nor `initial` and `domains`, which are bounds and not behaviour.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Literal

from zokio.model.actions import GUARD_MARK, Action
from zokio.model.errors import ModelError
from zokio.model.machine import Machine

AnyMachine = Machine[Any]  # Any: whoever mutates machines does not know their states

Role = Literal["guard", "effect", "helper", "claim", "claim helper"]
BEHAVIOUR: tuple[Role, ...] = ("guard", "effect", "helper")


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """A function with its part in the machines.

    Attributes:
        function: The function itself; a method is the plain function of its class.
        role: What it is to the machines that use it.
        syntax: Its syntax tree, without decorators, annotations and docstring.
        claims: The claims that are decided with its help.
    """

    function: FunctionType
    role: Role
    syntax: ast.FunctionDef
    claims: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name that reports show: `Lock.can_take`."""
        return self.function.__qualname__.rpartition("<locals>.")[2]


def targets_of(machines: Iterable[AnyMachine]) -> list[Target]:
    """Return the functions of the machines, behaviour first, in the order of their use.

    Raises:
        ModelError: The source of a function cannot be read.
    """
    finder = _Finder()
    roles: dict[FunctionType, Role] = {}
    claims: dict[FunctionType, dict[str, None]] = {}
    machines = list(machines)
    for machine in machines:
        for function, role in _behaviour(machine):
            roles[function] = role
        for function in finder.closure(type(machine), [f for f, _ in _behaviour(machine)]):
            is_guard = hasattr(function, GUARD_MARK)  # one that an override goes on from
            roles.setdefault(function, "guard" if is_guard else "helper")
    for machine in machines:
        for name, claim in machine.claims.items():
            methods = [name] if claim.after is None else [name, claim.after]
            first = [getattr(type(machine), method) for method in methods]
            for function in first:
                roles.setdefault(function, "claim")
            for function in finder.closure(type(machine), first):
                roles.setdefault(function, "claim helper")
                claims.setdefault(function, {})[name] = None
    return [
        Target(function, role, finder.syntax(function), tuple(claims.get(function, ())))
        for function, role in roles.items()
    ]


def _behaviour(machine: AnyMachine) -> Iterator[tuple[FunctionType, Role]]:
    for action in machine.actions:
        guard = machine.definition.guards.get(action.name)
        if guard is not None:
            yield getattr(type(machine), guard), "guard"
        if isinstance(action.effect, FunctionType):
            yield action.effect, "effect"


class _Finder:
    """Follows the names in functions; each function is parsed once."""

    def __init__(self) -> None:
        self._parsed: dict[FunctionType, ast.FunctionDef] = {}

    def syntax(self, function: FunctionType) -> ast.FunctionDef:
        if function not in self._parsed:
            self._parsed[function] = parsed(function)
        return self._parsed[function]

    def closure(self, machine: type, first: Iterable[FunctionType]) -> list[FunctionType]:
        """Return `first` and the functions that they need, as this class resolves names."""
        found = dict.fromkeys(first)
        waiting = list(found)
        while waiting:
            for used in self._used(machine, waiting.pop(0)):
                if used not in found:
                    found[used] = None
                    waiting.append(used)
        return list(found)

    def _used(self, machine: type, function: FunctionType) -> Iterator[FunctionType]:
        names = function.__globals__
        for node in ast.walk(self.syntax(function)):
            if isinstance(node, ast.Attribute):
                yield from _methods(machine, node, names)
            elif isinstance(node, ast.Name):
                value = names.get(node.id)
                if isinstance(value, FunctionType) and _is_ours(machine, value):
                    yield value


def _methods(
    machine: type, node: ast.Attribute, names: dict[str, object]
) -> Iterator[FunctionType]:
    match node.value:
        case ast.Name(id="self"):
            found = [inspect.getattr_static(machine, node.attr, None)]
        case ast.Call(func=ast.Name(id="super")):
            found = [vars(klass).get(node.attr) for klass in machine.__mro__]
        case ast.Name(id=name) if isinstance(klass := names.get(name), type):
            found = [inspect.getattr_static(klass, node.attr, None)]
        case _:
            return
    for value in found:
        method = value.effect if isinstance(value, Action) else value
        if isinstance(method, FunctionType) and _is_ours(machine, method):
            yield method


def _is_ours(machine: type, function: FunctionType) -> bool:
    """Whether the function stands in a module, or in the package, of a class of the machine."""
    modules = {k.__module__ for k in machine.__mro__ if k not in Machine.__mro__}
    packages = {module.rpartition(".")[0] for module in modules} - {""}
    home = function.__module__
    return home in modules or home.rpartition(".")[0] in packages


def parsed(function: FunctionType) -> ast.FunctionDef:
    """Return the bare syntax tree of a function.

    Raises:
        ModelError: There is no source, or it is no plain `def`.
    """
    name = function.__qualname__
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError) as error:
        raise ModelError(
            f"the source of {name} cannot be read ({error}): write the machine in a file."
        ) from error
    found = tree.body[0]
    if not isinstance(found, ast.FunctionDef):
        raise ModelError(f"{name} is no plain function: write it as a def of its own.")
    found.decorator_list = []
    found.returns = None
    for node in ast.walk(found.args):
        if isinstance(node, ast.arg):
            node.annotation = None
    if ast.get_docstring(found) is not None:
        found.body = found.body[1:] or [ast.Pass()]
    return found
