"""Small helpers for the immutable tuples that states are made of.

They guarantee a new tuple and an error for what is not there. They deliberately know nothing of
machines: a specification may use any other pure function in their place.
"""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def put(values: tuple[T, ...], index: int, value: T) -> tuple[T, ...]:
    """Return `values` with `value` at `index`.

    Raises:
        IndexError: `index` is not in `range(len(values))`; negative indices are refused too.
    """
    if not 0 <= index < len(values):
        raise IndexError(f"put: index {index} is outside of a tuple of {len(values)} values")
    if type(values) is not tuple and hasattr(values, "_put"):
        edited: tuple[T, ...] = values._put(index, value)  # the search asks what an effect reads
        return edited
    return (*values[:index], value, *values[index + 1 :])


def drop(values: tuple[T, ...], value: T) -> tuple[T, ...]:
    """Return `values` without the first occurrence of `value`.

    Raises:
        ValueError: `value` does not occur.
    """
    if value not in values:
        raise ValueError(f"drop: {value!r} is not in {values!r}")
    index = values.index(value)
    return values[:index] + values[index + 1 :]
