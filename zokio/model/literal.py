"""Values as text that is the same in every run.

`repr` of a set follows the hash seed; here sets are sorted by the text of their elements, and enum
members are shown by their name. The text is for people and for comparing; it is not parsed back.
"""

from __future__ import annotations

from enum import Enum


def literal(value: object) -> str:
    """Return the text of a value."""
    if isinstance(value, frozenset):
        return "{" + ", ".join(sorted(map(literal, value))) + "}"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, tuple):
        return _tuple(value)
    return repr(value)


def _tuple(value: tuple[object, ...]) -> str:
    if hasattr(value, "_fields"):
        return f"{type(value).__name__}({assignments(named_values(value), sign='=')})"
    inside = ", ".join(map(literal, value))
    return f"({inside},)" if len(value) == 1 else f"({inside})"


def named_values(state: tuple[object, ...]) -> dict[str, str]:
    """Return the text of each variable of a NamedTuple, by name."""
    names: tuple[str, ...] = getattr(state, "_fields", ())
    return {name: literal(value) for name, value in zip(names, state, strict=True)}


def assignments(values: dict[str, str], *, sign: str = " = ") -> str:
    """Return `turn = 0, at = ('idle', 'idle')`."""
    return ", ".join(f"{name}{sign}{text}" for name, text in values.items())
