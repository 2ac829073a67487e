"""Running on the simulated reactor: no descriptors, time that passes in no time, the same order."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

import zokio

T = TypeVar("T")


def simulated() -> zokio.RuntimeConfig:
    """The configuration, with as many workers as the tests are run with."""
    return zokio.RuntimeConfig(reactor="simulated")


def run_simulated(coroutine: Awaitable[T]) -> T:
    """`zokio.run` on the simulated reactor."""
    return zokio.run(coroutine, config=simulated())


def simulated_runtime() -> zokio.Runtime:
    """A runtime to take single steps of, in one thread; to be shut down or used in `with`."""
    return zokio.Runtime(zokio.RuntimeConfig(workers=0, reactor="simulated"))


async def value(result: T) -> T:
    """A coroutine that ends at once."""
    return result


async def forever() -> None:
    """A coroutine that waits until it is cancelled."""
    await zokio.sleep(float("inf"))


def run_with(workers: int, coroutine: Awaitable[T]) -> T:
    """`run_simulated` with so many workers."""
    return zokio.run(coroutine, config=zokio.RuntimeConfig(reactor="simulated", workers=workers))
