"""The variables of a machine as its author describes them: name, type, meaning, first value.

A meaning is the comment behind the variable in its NamedTuple; where there is none, what the heads
of the machine's files say after its name (`owed`: somebody wants a poll). It reads source text, and
finds nothing, rather than something wrong, where there is no source.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from textwrap import dedent
from types import ModuleType
from typing import TypeVar

from zokio.model.diagnosis import initial_states, variables_of
from zokio.model.literal import literal
from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the states.

    Attributes:
        name: Its name.
        type: As it is written.
        meaning: What its author says of it; "" for nothing.
        first: Its value in the first initial state.
    """

    name: str
    type: str
    meaning: str
    first: str


def variables(machine: Machine[S]) -> list[Variable]:
    """Return the variables of a machine's states."""
    state = initial_states(machine)[0]
    heads = [
        inspect.getdoc(module) or "" for module in (*modules_of(machine), _module(type(state)))
    ]
    written = _fields(type(state))
    found = []
    for name, value in zip(variables_of(state), state, strict=True):
        kind, comment = written.get(name, ("", ""))
        meaning = comment or next(filter(None, (_meaning(name, head) for head in heads)), "")
        found.append(Variable(name, kind, meaning, literal(value)))
    return found


def modules_of(machine: Machine[S]) -> list[ModuleType]:
    """Return the files in which a machine and what it is built on are written, its own first."""
    classes = (each for each in type(machine).__mro__ if each not in Machine.__mro__)
    return list(dict.fromkeys(map(_module, classes)))


def _module(thing: type) -> ModuleType:
    return sys.modules[thing.__module__]


def _fields(state: type) -> dict[str, tuple[str, str]]:
    """Return by field: its type and the comment behind it."""
    try:
        source = dedent(inspect.getsource(state))
    except (OSError, TypeError):
        return {}
    lines = source.splitlines()
    return {name: (kind, _comment(lines[line - 1])) for name, kind, line in _annotated(source)}


def _annotated(source: str) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            last = node.end_lineno or node.lineno
            yield node.target.id, ast.unparse(node.annotation), last


def _comment(line: str) -> str:
    return line.partition("  # ")[2].strip()


def _meaning(name: str, head: str) -> str:
    """Return what a head says of a variable.

    It is said in a sentence, "`owed`: somebody wants a poll", up to the end of it or of the list's
    item; or in a list below "Variables:", a name and then its meaning, indented.
    """
    found = re.search(rf"`{re.escape(name)}`:\s(.+?)(?=[;.]\s|\.?$|\.?\n\n)", head, re.DOTALL)
    if found is not None:
        return " ".join(found.group(1).split())
    for item in re.findall(r"^ {4}(\w+(?:, \w+)*) {2,}(\S.*(?:\n {6,}\S.*)*)$", head, re.MULTILINE):
        names, said = item[0].split(", "), " ".join(item[1].split())
        if name in names:
            parts = said.split("; ")
            return parts[names.index(name)] if len(parts) == len(names) > 1 else said
    return ""
