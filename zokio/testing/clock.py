"""Virtual time for tests: a program that sleeps for an hour runs in no time, always the same way.

The clock stands still while any task can go on, and jumps to the next deadline when all of them
wait (trio calls that autojump). Sockets are in memory. A program in which everybody waits for
nothing that can come fails with DeadlockError instead of hanging.

What it does not replace: files, subprocesses and `spawn_blocking`, which take real time.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from zokio.runtime.config import RuntimeConfig
from zokio.runtime.runtime import Runtime

P = ParamSpec("P")
T = TypeVar("T")

# Any: what a coroutine yields and is sent is the runtime's business.
AsyncFunction = Callable[P, Coroutine[Any, Any, T]]


def virtual_runtime(config: RuntimeConfig | None = None) -> Runtime:
    """A runtime in virtual time; use it in `with`.

    Args:
        config: its settings, but for `reactor`; the defaults if None.
    """
    return Runtime(replace(config or RuntimeConfig(), reactor="simulated"))


@overload
def virtual_time(function: AsyncFunction[P, T], /) -> Callable[P, T]: ...
@overload
def virtual_time(
    *, config: RuntimeConfig | None = None
) -> Callable[[AsyncFunction[P, T]], Callable[P, T]]: ...
def virtual_time(
    function: AsyncFunction[P, T] | None = None, /, *, config: RuntimeConfig | None = None
) -> Callable[P, T] | Callable[[AsyncFunction[P, T]], Callable[P, T]]:
    """Make an `async def` a function that runs it in virtual time, on a runtime of its own.

        @zokio.testing.virtual_time
        async def test_it_gives_up_after_an_hour(): ...

    Each call starts at 0 of `zokio.time.now()`. The parameters stay, so pytest fills in fixtures.

    Args:
        config: settings of the runtime, but for `reactor`: `virtual_time(config=...)`.

    Raises, when the function is called:
        DeadlockError: every task waits, and nothing can wake one.
        BaseException: whatever the function raises.
    """

    def decorate(function: AsyncFunction[P, T]) -> Callable[P, T]:
        @wraps(function)
        def run_in_virtual_time(*args: P.args, **kwargs: P.kwargs) -> T:
            with virtual_runtime(config) as runtime:
                return runtime.block_on(function(*args, **kwargs))

        return run_in_virtual_time

    return decorate if function is None else decorate(function)
