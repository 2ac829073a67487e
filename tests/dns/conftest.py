"""What the tests of names have in common."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import zokio

# Any: the tests run coroutines of every type, and look at what comes out.
Run = Callable[[Awaitable[Any]], Any]


@pytest.fixture(params=("epoll", "select"))
def run(request: pytest.FixtureRequest) -> Run:
    """`zokio.run` on the reactors that wait for edges, and for levels."""
    config = zokio.RuntimeConfig(reactor=request.param)
    return lambda coroutine: zokio.run(coroutine, config=config)
