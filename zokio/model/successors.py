"""The successor function of a machine, written out and compiled once per search.

Calling every guard in a loop over the instances costs more than the guards themselves. So this
file generates one flat function, with a line per instance, that returns the `(instance, state)`
pairs of all enabled instances. It checks on every transition that the effect returned a state of
the same class and left alone what it did not declare to write. When anything is wrong it only
raises: `diagnosis.py` then finds out what, slowly and in words.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar

from zokio.model.machine import Machine

S = TypeVar("S", bound=tuple[Hashable, ...])

Successors = Callable[[S], list[tuple[int, S]]]


class BadEffectError(Exception):
    """An effect returned something else than a state, or wrote what it did not declare."""


def successor_function(machine: Machine[S], state: S) -> Successors[S]:
    """Return the compiled successor function; `state` is any state of the machine."""
    names: dict[str, object] = {"State": type(state), "BadEffectError": BadEffectError}
    lines = ["def successors(s):", " found = []", " add = found.append"]
    for number, step in enumerate(machine.instances()):
        effect, guard = f"effect_{step.name}", f"guard_{step.name}"
        names[effect], names[guard] = machine.effect_of(step.name), machine.guard_of(step.name)
        arguments = ["s"]
        for place, value in enumerate(step.arguments):
            names[f"a{number}_{place}"] = value
            arguments.append(f"a{number}_{place}")
        call = ", ".join(arguments)
        if names[guard] is not None:
            lines.append(f" if {guard}({call}):")
        else:
            lines.append(" if True:")
        lines.append(f"  n = {effect}({call})")
        lines.append(f"  if {_wrong(type(state), step.action.writes)}: raise BadEffectError")
        lines.append(f"  add(({number}, n))")
    lines.append(" return found")
    return _compile("\n ".join(lines), names)


def _wrong(state: type, writes: tuple[str, ...]) -> str:
    """Return the condition under which `n` is no allowed successor of `s`."""
    variables: tuple[str, ...] = getattr(state, "_fields", ())
    kept = [place for place, name in enumerate(variables) if name not in writes]
    # Unchanged variables are nearly always the same object: identity first, equality second.
    changed = [f"n[{place}] is not s[{place}] and n[{place}] != s[{place}]" for place in kept]
    return " or ".join(["n.__class__ is not State", *changed])


def _compile(source: str, names: dict[str, object]) -> Successors[S]:
    # The names become parameters of an enclosing function: closure cells are read faster than
    # globals, and there is no limit on their number.
    scope: dict[str, Callable[..., Successors[S]]] = {}
    text = f"def make({', '.join(names)}):\n {source}\n return successors"
    exec(compile(text, "<successors of a machine>", "exec"), {}, scope)
    return scope["make"](*names.values())
