"""Cancelling an operation at its n-th suspension point, for n = 1, 2, 3, ..."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from functools import partial
from types import coroutine
from typing import Any, TypeVar

from zokio.errors import Cancelled
from zokio.runtime.scope import CancelScope

T = TypeVar("T")


async def cancelled_at(number: int, operation: Awaitable[T]) -> tuple[bool, T | None]:
    """Await `operation`, and cancel it when it suspends for the `number`-th time.

    Returns:
        Whether it was cancelled, and otherwise its value: then it suspends less often than that.
    """

    def on_suspension(count: int) -> None:
        if count == number:
            scope.cancel()

    value = None
    with CancelScope() as scope:
        value = await _counted(operation, on_suspension)
    return scope.cancelled_caught, value


async def until_it_is_cancelled_no_more(attempt: Callable[[int], Awaitable[bool]]) -> int:
    """Cancel at the first suspension, the second, and so on; at how many it was tried."""
    number = 1
    while await attempt(number):
        number += 1
    return number


@coroutine
def _counted(
    operation: Awaitable[T], on_suspension: Callable[[int], None]
) -> Generator[Any, None, T]:  # Any: signals to the scheduler, handed on unseen
    """Hand every suspension of `operation` on, with its number told before."""
    inner = operation.__await__()
    go_on: Callable[[], Any] = partial(next, inner)
    count = 0
    while True:
        try:
            signal = go_on()
        except StopIteration as stop:
            value: T = stop.value
            return value
        count += 1
        on_suspension(count)
        try:
            yield signal
            go_on = partial(next, inner)
        except Cancelled as error:
            go_on = partial(_raised_in, inner, error)


def _raised_in(inner: Generator[Any, Any, Any], error: BaseException) -> Any:
    return inner.throw(error)
