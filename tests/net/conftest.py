"""`run`: a coroutine on a fresh runtime, on each reactor in turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio

# Any: the tests run coroutines of every type, and look at what comes out.
Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture(params=("epoll", "poll", "select", "simulated"))
def run(request: pytest.FixtureRequest) -> Run:
    config = zokio.RuntimeConfig(reactor=request.param)
    return lambda coroutine: zokio.run(coroutine, config=config)
