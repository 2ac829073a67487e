"""Where the loops of an executed action came by, so that the twin of one turn can be held to it.

The methods with loops are compiled again with a call at the head of each loop; nothing else in
them changes. `for` loops say also what is left to go through.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable
from types import FunctionType
from typing import Any

from proofs.symbolic.interpreter import definition_of
from zokio.model import Action, Machine

# Any: states and what stands in them.
Head = tuple[Any, tuple[Any, ...]]


class Recorder:
    """The heads of every loop of one action, by the loop's title, in the order of execution."""

    def __init__(self) -> None:
        self.heads: dict[str, list[Head]] = {}
        self._numbers: dict[str, int] = {}

    def clear(self) -> None:
        self.heads = {}
        self._numbers = {}

    def begin(self, name: str) -> str:
        """A loop of this function begins; its title."""
        self._numbers[name] = self._numbers.get(name, 0) + 1
        title = f"{name}.{self._numbers[name]}"
        self.heads[title] = []
        return title

    def head(self, title: str, state: Any, left: Iterable[Any]) -> None:
        """The loop is at its head."""
        self.heads[title].append((state, tuple(left)))


class Marked(ast.NodeTransformer):
    """Adds the calls."""

    def __init__(self, name: str) -> None:
        self.name = name

    def visit_While(self, node: ast.While) -> list[ast.stmt]:
        node.body = [*parsed("recorder.head(title, state, ())"), *node.body]
        return [*self.begin(), node, *parsed("recorder.head(title, state, ())")]

    def visit_For(self, node: ast.For) -> list[ast.stmt]:
        all_of_them = [ast.Assign([ast.Name("them", ast.Store())], node.iter)]
        node.iter = ast.Call(ast.Name("enumerate", ast.Load()), [ast.Name("them", ast.Load())], [])
        node.target = ast.Tuple([ast.Name("place", ast.Store()), node.target], ast.Store())
        node.body = [*parsed("recorder.head(title, state, them[place:])"), *node.body]
        return [*self.begin(), *all_of_them, node, *parsed("recorder.head(title, state, ())")]

    def begin(self) -> list[ast.stmt]:
        return parsed(f"title = recorder.begin({self.name!r})")


def parsed(text: str) -> list[ast.stmt]:
    """Statements."""
    return ast.parse(text).body


def recorded(machine: Machine[Any], functions: Iterable[str]) -> tuple[Machine[Any], Recorder]:
    """A machine of the same configuration whose loops are recorded."""
    recorder = Recorder()
    methods = {name: marked(getattr(type(machine), name), recorder) for name in functions}
    kind = type(type(machine).__name__, (type(machine),), methods)
    return kind(**machine.configuration), recorder


def marked(found: Any, recorder: Recorder) -> FunctionType:
    """The function with the calls in it."""
    function = found.effect if isinstance(found, Action) else found
    node = copy.deepcopy(definition_of(function))
    node.decorator_list = []
    module = ast.Module([Marked(node.name).visit(node)], [])
    space: dict[str, Any] = {**function.__globals__, "recorder": recorder}
    exec(compile(ast.fix_missing_locations(module), f"<{node.name}>", "exec"), space)
    made: FunctionType = space[node.name]
    return made
