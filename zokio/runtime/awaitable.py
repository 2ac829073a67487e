"""What may be spawned: coroutines, and anything that can be awaited."""

from __future__ import annotations

from collections.abc import Awaitable
from inspect import isawaitable
from types import CoroutineType
from typing import Any, TypeVar, cast

from zokio.errors import NotAwaitableError, UsageError

T = TypeVar("T")


async def _drive(awaitable: Awaitable[T]) -> T:
    return await awaitable


def as_coroutine(awaitable: Awaitable[T], who: str) -> CoroutineType[Any, Any, T]:
    """`awaitable` as a native coroutine, named after it.

    Raises:
        NotAwaitableError: it is none; `who` names the function that was given it.
    """
    if type(awaitable) is CoroutineType:
        return awaitable
    if isawaitable(awaitable):  # also generators made coroutines by `types.coroutine`
        coroutine = cast("CoroutineType[Any, Any, T]", _drive(awaitable))
        kind = type(awaitable)
        coroutine.__qualname__ = getattr(awaitable, "__qualname__", kind.__qualname__)
        return coroutine
    raise NotAwaitableError(f"{who} takes a coroutine, not {awaitable!r}{_advice(awaitable)}")


def discard(awaitable: object) -> None:
    """A coroutine that was refused will never run: the error says so, Python need not warn too."""
    if type(awaitable) is CoroutineType:
        awaitable.close()


def as_coroutines(
    awaitables: tuple[Awaitable[Any], ...], who: str
) -> list[CoroutineType[Any, Any, Any]]:
    """Each as `as_coroutine` gives it; all are looked at before one is started.

    Raises:
        NotAwaitableError: one is nothing that can be awaited.
        UsageError: one is there twice. In both cases all of them were discarded.
    """
    coroutines: list[CoroutineType[Any, Any, Any]] = []
    try:
        for each in awaitables:
            coroutines.append(as_coroutine(each, who))
        if len(set(coroutines)) < len(coroutines):
            raise UsageError(f"{who} was given one coroutine twice; call the function twice")
    except UsageError:
        for refused in (*coroutines, *awaitables):
            discard(refused)
        raise
    return coroutines


def _advice(thing: object) -> str:
    if callable(thing):
        return "; call it: write f() and not f"
    return "; write it as an `async def` and call that"
